"""Deadlines: golden cases from the law and the calendar, and what must hold for every calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.lib.calendars import calendar_from, china_calendar, named
from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import (
    FARTHEST_DAYS,
    LONGEST_DAYS,
    Calendar,
    Pause,
    Unit,
    due,
    elapsed,
    is_open,
    next_opening,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CN = china_calendar()
ALWAYS = named("always")
LUNCH = [["09:00", "12:00"], ["13:00", "18:00"]]
OFFICE = calendar_from(
    {
        "timezone": "Asia/Shanghai",
        "weekly": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), LUNCH),
        "holidays": ["2026-10-01", "2026-10-02"],
        "special": {"2026-10-10": [["09:00", "18:00"]], "2026-11-25": []},
    }
)
NIGHTS = calendar_from({"weekly": {"mon": [["22:00", "06:00"]], "fri": [["22:00", "06:00"]]}})
BERLIN = calendar_from(
    {"timezone": "Europe/Berlin", "weekly": {day: [["00:00", "24:00"]] for day in ("sat", "sun", "mon")}}
)
WILD = calendar_from(
    {
        "timezone": "America/New_York",
        "weekly": {"mon": [["01:30", "02:30"], ["23:00", "01:00"]], "wed": [["08:00", "20:00"]], "sun": LUNCH},
        "holidays": ["2026-11-23"],
        "special": {"2026-11-01": [["00:30", "02:30"]], "2027-03-14": [["01:30", "03:30"]]},
    }
)
CALENDARS = st.sampled_from([CN, ALWAYS, OFFICE, NIGHTS, BERLIN, WILD])
MOMENTS = st.integers(0, 550 * 86_400 * 10).map(
    lambda tenths: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(milliseconds=100 * tenths)
)
SPANS = st.integers(0, 60 * 3600)


@st.composite
def pauses(draw: st.DrawFn) -> list[Pause]:
    begins = draw(st.lists(st.tuples(MOMENTS, st.integers(0, 90 * 3600)), max_size=4))
    return [Pause(begin, begin + timedelta(seconds=length)) for begin, length in begins]


def at(text: str) -> datetime:
    """A wall-clock time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due_date(start: str, amount: int, unit: Unit, calendar: Calendar = CN) -> date:
    return due(at(f"{start} 10:00"), amount, unit, calendar).at.astimezone(SHANGHAI).date()


GOLDEN_WORKING_DAYS = [
    ("2026-09-28", 7, "2026-10-13"),
    ("2026-09-30", 7, "2026-10-15"),
    ("2026-02-13", 7, "2026-03-02"),
    ("2026-02-14", 7, "2026-03-03"),  # a make-up Saturday
    ("2026-04-30", 7, "2026-05-13"),
    ("2026-01-03", 7, "2026-01-12"),  # a Saturday off
    ("2026-12-21", 7, "2026-12-30"),
    ("2026-09-18", 10, "2026-10-09"),
    ("2026-02-10", 10, "2026-03-02"),
    ("2026-05-01", 15, "2026-05-25"),
]


@pytest.mark.parametrize(("start", "amount", "expected"), GOLDEN_WORKING_DAYS)
def test_cp8_working_days_know_make_up_days(start: str, amount: int, expected: str) -> None:
    assert due_date(start, amount, Unit.WORKING_DAYS) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2026-08-02", "2026-10-08"), ("2026-08-04", "2026-10-08"), ("2026-06-30", "2026-08-29")],
)
def test_cp8_sixty_natural_days_roll_past_holidays_but_not_weekends(start: str, expected: str) -> None:
    assert due_date(start, 60, Unit.NATURAL_DAYS) == date.fromisoformat(expected)


def test_rolling_past_weekends_is_a_setting() -> None:
    rolled = due(at("2026-06-30 10:00"), 60, Unit.NATURAL_DAYS, CN, roll_weekends=True)
    assert rolled.at.astimezone(SHANGHAI).date() == date(2026, 8, 31)


def test_day_counts_end_at_the_last_instant_of_the_local_day() -> None:
    end = due(at("2026-11-20 23:59"), 1, Unit.WORKING_DAYS, CN).at
    assert end.tzinfo is UTC
    assert end == at("2026-11-24 00:00") - timedelta(microseconds=1)


def test_the_start_day_is_the_local_one() -> None:
    """23:00 UTC on Thursday is Friday in Shanghai."""
    start = datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert due(start, 1, Unit.WORKING_DAYS, CN).at.astimezone(SHANGHAI).date() == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("start", "amount", "unit"),
    [
        ("2026-12-25 10:00", 10, Unit.WORKING_DAYS),
        ("2026-12-31 17:00", 2 * 3600, Unit.WORKING_SECONDS),
        ("2026-11-20 10:00", 60, Unit.NATURAL_DAYS),
        ("2003-06-02 10:00", 1, Unit.WORKING_DAYS),
    ],
)
def test_cp8_a_year_nobody_announced_is_estimated(start: str, amount: int, unit: Unit) -> None:
    assert due(at(start), amount, unit, CN).estimated


@pytest.mark.parametrize(
    ("start", "amount", "unit"),
    [
        ("2026-12-30 10:00", 1, Unit.WORKING_DAYS),
        ("2026-12-31 10:00", 3600, Unit.WORKING_SECONDS),
        ("2026-11-20 10:00", 90 * 86_400, Unit.SECONDS),
        ("2026-11-20 10:00", 41, Unit.NATURAL_DAYS),
    ],
)
def test_what_stays_in_announced_years_is_not_estimated(start: str, amount: int, unit: Unit) -> None:
    assert not due(at(start), amount, unit, CN).estimated


def test_an_inline_calendar_is_taken_at_its_word() -> None:
    assert not due(at("2027-12-31 10:00"), 9, Unit.WORKING_DAYS, OFFICE).estimated


@pytest.mark.parametrize(
    ("start", "seconds", "expected"),
    [
        ("2026-11-23 11:00", 3600, "2026-11-23 12:00"),  # used up exactly at the closing before lunch
        ("2026-11-23 11:00", 3601, "2026-11-23 13:00:01"),
        ("2026-11-23 12:30", 60, "2026-11-23 13:01"),
        ("2026-11-23 17:00", 2 * 3600, "2026-11-24 10:00"),
        ("2026-11-24 17:30", 3600, "2026-11-26 09:30"),  # the 25th is closed by a special date
        ("2026-09-30 17:30", 3600, "2026-10-05 09:30"),  # two holidays and a weekend
        ("2026-10-09 18:00", 9 * 3600, "2026-10-10 18:00"),  # a special Saturday without lunch
        ("2026-11-22 10:00", 0, "2026-11-22 10:00"),
    ],
)
def test_working_seconds_pass_only_in_opening_hours(start: str, seconds: int, expected: str) -> None:
    assert due(at(start), seconds, Unit.WORKING_SECONDS, OFFICE).at == at(expected)


@pytest.mark.parametrize(
    ("start", "seconds", "expected"),
    [
        ("2026-11-23 23:00", 7 * 3600, "2026-11-24 06:00"),
        ("2026-11-24 05:00", 3600, "2026-11-24 06:00"),  # Tuesday morning is still Monday's shift
        ("2026-11-24 05:00", 3601, "2026-11-27 22:00:01"),
        ("2026-11-28 01:00", 6 * 3600, "2026-11-30 23:00"),
    ],
)
def test_overnight_hours_run_into_the_next_day(start: str, seconds: int, expected: str) -> None:
    assert due(at(start), seconds, Unit.WORKING_SECONDS, NIGHTS).at == at(expected)


def test_the_night_before_a_holiday_is_worked_to_its_end() -> None:
    nightly = calendar_from({"weekly": {"mon": [["22:00", "06:00"]]}, "holidays": ["2026-11-24"]})
    assert is_open(at("2026-11-24 05:59"), nightly)


def test_a_pause_outside_opening_hours_adds_nothing() -> None:
    night = Pause(at("2026-11-23 18:00"), at("2026-11-24 09:00"))
    lunch = Pause(at("2026-11-24 12:00"), at("2026-11-24 13:00"))
    start = at("2026-11-23 17:00")
    assert due(start, 6 * 3600, Unit.WORKING_SECONDS, OFFICE, [night, lunch]) == due(
        start, 6 * 3600, Unit.WORKING_SECONDS, OFFICE
    )


def test_a_pause_inside_opening_hours_shifts_by_its_open_part() -> None:
    pause = Pause(at("2026-11-23 11:30"), at("2026-11-23 13:30"))
    end = due(at("2026-11-23 11:00"), 3600, Unit.WORKING_SECONDS, OFFICE, [pause]).at
    assert end == at("2026-11-23 14:00")


def test_time_used_up_when_a_pause_begins_is_due_at_that_moment() -> None:
    pause = Pause(at("2026-11-23 12:00"), at("2026-11-23 20:00"))
    assert due(at("2026-11-23 11:00"), 3600, Unit.SECONDS, ALWAYS, [pause]).at == at("2026-11-23 12:00")


def test_overlapping_pauses_count_once() -> None:
    pauses = [
        Pause(at("2026-11-23 10:00"), at("2026-11-23 12:00")),
        Pause(at("2026-11-23 11:00"), at("2026-11-23 13:00")),
    ]
    assert due(at("2026-11-23 09:00"), 2 * 3600, Unit.SECONDS, ALWAYS, pauses).at == at("2026-11-23 14:00")


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        ("2026-11-23 10:00", "2026-11-26 10:00", "2026-11-26"),  # Tuesday and Wednesday are whole, so they do not count
        ("2026-11-24 00:00", "2026-11-25 00:00", "2026-11-25"),
        ("2026-11-24 00:01", "2026-11-25 23:59", "2026-11-24"),  # no whole day
        ("2026-11-28 00:00", "2026-11-30 00:00", "2026-11-24"),  # a weekend later
    ],
)
def test_pauses_take_whole_local_days_out_of_day_counts(begins: str, ends: str, expected: str) -> None:
    pause = Pause(at(begins), at(ends))
    end = due(at("2026-11-23 09:00"), 1, Unit.WORKING_DAYS, CN, [pause]).at
    assert end.astimezone(SHANGHAI).date() == date.fromisoformat(expected)


def test_several_pauses_each_take_their_days_out() -> None:
    days = [("2026-11-24 00:00", "2026-11-25 00:00"), ("2026-11-26 00:00", "2026-11-27 12:00")]
    stops = [Pause(at(begins), at(ends)) for begins, ends in reversed(days)]
    end = due(at("2026-11-23 09:00"), 3, Unit.NATURAL_DAYS, CN, stops).at
    assert end.astimezone(SHANGHAI).date() == date(2026, 11, 28)


def test_summer_time_moves_the_hours_and_never_a_span() -> None:
    """Berlin puts the clock back on 2026-10-25 and forward on 2027-03-28: days of 25 and 23 hours."""
    berlin = ZoneInfo("Europe/Berlin")
    saturday = datetime(2026, 10, 24, 12, tzinfo=berlin)
    assert due(saturday, 86_400, Unit.SECONDS, BERLIN).at.astimezone(berlin).hour == 11
    sunday = elapsed(datetime(2026, 10, 25, tzinfo=berlin), datetime(2026, 10, 26, tzinfo=berlin), BERLIN)
    spring = elapsed(datetime(2027, 3, 28, tzinfo=berlin), datetime(2027, 3, 29, tzinfo=berlin), BERLIN)
    assert (sunday, spring) == (25 * 3600, 23 * 3600)
    assert due(saturday, 1, Unit.NATURAL_DAYS, BERLIN).at == datetime(2026, 10, 25, 22, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-23 12:00", "2026-11-23 13:00"),
        ("2026-11-23 17:59:59", "2026-11-23 17:59:59"),
        ("2026-11-21 10:00", "2026-11-23 09:00"),
        ("2026-11-24 18:00", "2026-11-26 09:00"),
    ],
)
def test_next_opening_is_now_while_open(moment: str, opening: str) -> None:
    assert next_opening(at(moment), OFFICE) == at(opening)
    assert is_open(at(moment), OFFICE) == (moment == opening)


def test_a_calendar_that_never_opens_again_does_not_loop() -> None:
    once = calendar_from({"weekly": {}, "special": {"2026-01-05": [["09:00", "10:00"]]}})
    assert next_opening(at("2026-02-01 10:00"), once) is None
    for unit in (Unit.WORKING_SECONDS, Unit.WORKING_DAYS):
        with pytest.raises(Refusal) as refused:
            due(at("2026-02-01 10:00"), 1, unit, once)
        assert refused.value.code == "deadline_too_far"


@pytest.mark.parametrize(
    ("start", "amount", "unit", "pause", "code"),
    [
        (at("2026-11-22 10:00"), -1, Unit.SECONDS, None, "amount_invalid"),
        (at("2026-11-22 10:00"), 1.5, Unit.SECONDS, None, "amount_invalid"),
        (at("2026-11-22 10:00"), True, Unit.SECONDS, None, "amount_invalid"),
        (at("2026-11-22 10:00"), LONGEST_DAYS + 1, Unit.NATURAL_DAYS, None, "amount_too_large"),
        (at("2026-11-22 10:00"), 10**30, Unit.WORKING_SECONDS, None, "amount_too_large"),
        (at("2026-11-22 10:00").replace(tzinfo=None), 1, Unit.SECONDS, None, "time_without_zone"),
        (datetime.min.replace(tzinfo=UTC), 1, Unit.SECONDS, None, "time_out_of_range"),
        (datetime.max.replace(tzinfo=UTC), 1, Unit.NATURAL_DAYS, None, "time_out_of_range"),
        (at("2026-11-22 10:00"), 1, Unit.SECONDS, ("2026-11-23 10:00", "2026-11-23 09:00"), "pause_invalid"),
        (at("2026-11-22 10:00"), 1, Unit.SECONDS, ("2026-11-22 10:00", "2199-11-23 09:00"), "deadline_too_far"),
        (at("2026-11-22 10:00"), 1, Unit.NATURAL_DAYS, ("2026-11-22 10:00", "2199-11-23 09:00"), "deadline_too_far"),
    ],
)
def test_impossible_requests_are_refused_with_a_code(
    start: datetime, amount: int, unit: Unit, pause: tuple[str, str] | None, code: str
) -> None:
    given_pauses = [Pause(at(pause[0]), at(pause[1]))] if pause else []
    with pytest.raises(Refusal) as refused:
        due(start, amount, unit, CN, given_pauses)
    assert refused.value.code == code


def test_too_many_pauses_are_refused() -> None:
    pause = Pause(at("2026-11-22 10:00"), at("2026-11-22 10:01"))
    with pytest.raises(Refusal, match="too_many_pauses"):
        due(at("2026-11-22 10:00"), 1, Unit.SECONDS, ALWAYS, [pause] * 1_001)


def test_the_longest_terms_are_answered() -> None:
    assert due_date("2026-11-22", LONGEST_DAYS, Unit.NATURAL_DAYS) > date(2036, 11, 1)
    assert due_date("2026-11-22", LONGEST_DAYS, Unit.WORKING_DAYS) < date(2026, 11, 22) + timedelta(FARTHEST_DAYS)


@given(MOMENTS, SPANS, CALENDARS, pauses())
def test_what_was_granted_has_passed_when_it_is_due(
    start: datetime, seconds: int, calendar: Calendar, stops: list[Pause]
) -> None:
    end = due(start, seconds, Unit.WORKING_SECONDS, calendar, stops).at
    assert elapsed(start, end, calendar, stops) == seconds
    assert seconds == 0 or elapsed(start, end - timedelta(microseconds=1), calendar, stops) < seconds


@given(MOMENTS, SPANS, CALENDARS, pauses())
def test_what_has_passed_is_never_due_later(
    start: datetime, length: int, calendar: Calendar, stops: list[Pause]
) -> None:
    end = start + timedelta(seconds=length)
    passed = elapsed(start, end, calendar, stops)
    assert 0 <= passed <= length
    assert due(start, passed, Unit.WORKING_SECONDS, calendar, stops).at <= end


@given(MOMENTS, SPANS, SPANS, CALENDARS)
def test_elapsed_time_adds_up(start: datetime, first: int, second: int, calendar: Calendar) -> None:
    start = start.replace(microsecond=0)
    middle, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    parts = elapsed(start, middle, calendar) + elapsed(middle, end, calendar)
    assert parts == elapsed(start, end, calendar)


@given(MOMENTS, st.integers(0, 40), st.integers(0, 40), st.sampled_from(Unit), CALENDARS, pauses())
def test_more_time_is_never_due_earlier(
    start: datetime, amount: int, more: int, unit: Unit, calendar: Calendar, stops: list[Pause]
) -> None:
    assert due(start, amount, unit, calendar, stops).at <= due(start, amount + more, unit, calendar, stops).at


@given(MOMENTS, st.integers(0, 40), st.sampled_from(Unit), CALENDARS, pauses())
def test_a_pause_never_makes_a_deadline_earlier(
    start: datetime, amount: int, unit: Unit, calendar: Calendar, stops: list[Pause]
) -> None:
    assert start <= due(start, amount, unit, calendar).at <= due(start, amount, unit, calendar, stops).at


@given(MOMENTS, CALENDARS)
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime, calendar: Calendar) -> None:
    opening = next_opening(moment, calendar)
    assert opening is not None
    assert is_open(opening, calendar)
    assert elapsed(moment, opening, calendar) == 0


@given(MOMENTS, st.integers(1, 15))
def test_a_count_of_working_days_ends_on_a_working_day(start: datetime, amount: int) -> None:
    end = due(start, amount, Unit.WORKING_DAYS, CN).at.astimezone(SHANGHAI).date()
    assert CN.is_working_day(end)
    first = start.astimezone(SHANGHAI).date()
    assert sum(CN.is_working_day(first + timedelta(n)) for n in range(1, (end - first).days + 1)) == amount
