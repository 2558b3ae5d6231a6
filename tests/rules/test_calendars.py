"""Calendars: what the API may send, what it must not, and the holidays of China."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.lib.calendars import HolidayYear, calendar_from, china_calendar, holiday_year_from, import_years, named
from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import Unit, due

NINE_TO_SIX = [["09:00", "18:00"]]
MAKE_UP_DAYS_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
HOLIDAY_CN_2027 = {
    "year": 2027,
    "papers": ["https://example.invalid/notice"],
    "days": [
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-03", "isOffDay": False},
    ],
}


def refusal_of(data: object) -> str:
    with pytest.raises(Refusal) as refused:
        calendar_from(data)
    return refused.value.code


def test_cp8_make_up_days_are_worked_and_holidays_are_not() -> None:
    cn = china_calendar()
    assert all(cn.is_working_day(date.fromisoformat(day)) for day in MAKE_UP_DAYS_2026)
    assert not cn.is_working_day(date(2026, 10, 1))
    assert cn.is_holiday(date(2026, 10, 3))
    assert not cn.is_holiday(date(2026, 11, 21))  # an ordinary Saturday


def test_named_calendars_are_read_once() -> None:
    assert calendar_from("cn") is named("cn")
    assert calendar_from("always") is named("always")
    assert refusal_of("mars") == "calendar_name_unknown"


def test_an_imported_year_is_known_and_may_change_the_december_before() -> None:
    year = holiday_year_from(HOLIDAY_CN_2027)
    cn = china_calendar((year,))
    start = datetime(2026, 12, 30, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    end = due(start, 1, Unit.WORKING_DAYS, cn)
    assert (end.at.astimezone(cn.zone).date(), end.estimated) == (date(2027, 1, 3), False)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "calendar_shape"),
        ({"year": "2027", "days": []}, "holidays_year_invalid"),
        ({"year": True, "days": []}, "holidays_year_invalid"),
        ({"year": 2027, "days": []}, "holidays_not_announced"),
        ({"year": 2027, "days": [{"date": "2027-13-01", "isOffDay": True}]}, "calendar_date_invalid"),
        ({"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": 1}]}, "calendar_shape"),
        ({"year": 2027, "days": [{"date": "2031-01-01", "isOffDay": True}]}, "holidays_wrong_year"),
        ({"year": 2027}, "calendar_shape"),
    ],
)
def test_an_unannounced_or_broken_year_is_refused(data: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        holiday_year_from(data)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "calendar_shape"),
        ([], "calendar_shape"),
        ({1: 2}, "calendar_shape"),
        ({}, "calendar_never_open"),
        ({"weekly": {"mon": []}}, "calendar_never_open"),
        ({"weekly": {}, "special": {"2026-01-01": []}}, "calendar_never_open"),
        ({"weekly": {"mon": NINE_TO_SIX}, "color": 1}, "calendar_key_unknown"),
        ({"weekly": {"monday": NINE_TO_SIX}}, "calendar_day_unknown"),
        ({"weekly": {"mon": "09:00-18:00"}}, "calendar_shape"),
        ({"weekly": {"mon": [["09:00"]]}}, "calendar_hours_invalid"),
        ({"weekly": {"mon": [["09:00", "24:01"]]}}, "calendar_hours_invalid"),
        ({"weekly": {"mon": [["25:00", "26:00"]]}}, "calendar_hours_invalid"),
        ({"weekly": {"mon": [["09:00", "09:00"]]}}, "calendar_hours_invalid"),
        ({"weekly": {"mon": [["24:00", "06:00"]]}}, "calendar_hours_invalid"),
        ({"weekly": {"mon": [["９:00", "18:00"]]}}, "calendar_hours_invalid"),
        ({"weekly": {"mon": [[9, 18]]}}, "calendar_hours_invalid"),
        ({"weekly": {"mon": [["09:00", "12:00"], ["11:59", "18:00"]]}}, "calendar_hours_overlap"),
        ({"weekly": {"mon": [["22:00", "06:00"]], "tue": [["05:00", "09:00"]]}}, "calendar_hours_overlap"),
        ({"weekly": {"sun": [["22:00", "06:00"]], "mon": [["05:00", "09:00"]]}}, "calendar_hours_overlap"),
        (
            {"weekly": {"mon": [["22:00", "06:00"]]}, "special": {"2026-11-24": [["05:00", "09:00"]]}},
            "calendar_hours_overlap",
        ),
        ({"weekly": {"mon": [["00:00", "00:01"]] * 25}}, "calendar_too_big"),
        ({"weekly": {"mon": NINE_TO_SIX}, "holidays": ["2026-10-01"] * 5001}, "calendar_too_big"),
        ({"weekly": {"mon": NINE_TO_SIX}, "holidays": ["2026-02-30"]}, "calendar_date_invalid"),
        ({"weekly": {"mon": NINE_TO_SIX}, "holidays": ["20261001"]}, "calendar_date_invalid"),
        ({"weekly": {"mon": NINE_TO_SIX}, "holidays": ["9999-12-31"]}, "calendar_date_invalid"),
        ({"weekly": {"mon": NINE_TO_SIX}, "holidays": {"2026-10-01": 1}}, "calendar_shape"),
        ({"weekly": {"mon": NINE_TO_SIX}, "timezone": "Mars/Olympus"}, "calendar_zone_unknown"),
        ({"weekly": {"mon": NINE_TO_SIX}, "timezone": "../../etc/passwd"}, "calendar_zone_unknown"),
        ({"weekly": {"mon": NINE_TO_SIX}, "timezone": "America"}, "calendar_zone_unknown"),
        ({"weekly": {"mon": NINE_TO_SIX}, "timezone": ""}, "calendar_zone_unknown"),
        ({"weekly": {"mon": NINE_TO_SIX}, "timezone": None}, "calendar_zone_unknown"),
    ],
)
def test_a_bad_calendar_is_refused_saying_what_is_wrong(data: object, code: str) -> None:
    assert refusal_of(data) == code


def test_hours_that_touch_do_not_overlap() -> None:
    touching = {"mon": [["09:00", "12:00"], ["12:00", "24:00"]], "tue": [["00:00", "08:00"], ["22:00", "00:00"]]}
    calendar = calendar_from({"timezone": "UTC", "weekly": touching})
    assert len(calendar.spans_on(date(2026, 11, 23))) == 2
    assert calendar.hours_on(date(2026, 11, 24))[1] == (22 * 3600, 24 * 3600)


def test_special_hours_win_over_a_holiday() -> None:
    calendar = calendar_from(
        {"weekly": {"mon": NINE_TO_SIX}, "holidays": ["2026-11-23"], "special": {"2026-11-23": NINE_TO_SIX}}
    )
    assert calendar.is_working_day(date(2026, 11, 23))
    assert not calendar.is_holiday(date(2026, 11, 23))


def test_imported_years_win_over_older_ones() -> None:
    changed = HolidayYear(2026, off=frozenset({date(2026, 10, 10)}), worked=frozenset({date(2026, 10, 3)}))
    cn = china_calendar((changed,))
    assert not cn.is_working_day(date(2026, 10, 10))
    assert cn.is_working_day(date(2026, 10, 3))


LEAVES = st.sampled_from([None, True, 0, 1e300, "", "09:00", "18:00", "24:00", "2026-10-01", "UTC", "\ud800", "a" * 99])
KEYS = st.sampled_from(["weekly", "mon", "sun", "holidays", "special", "timezone", "2026-10-01"])
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)


@given(JSON)
def test_any_json_is_a_calendar_or_refused(data: object) -> None:
    try:
        calendar = calendar_from(data)
    except Refusal as refused:
        assert refused.code.startswith("calendar_")
    else:
        assert any(calendar.weekly) or calendar.special


def test_cp8_an_imported_year_is_no_longer_estimated() -> None:
    """2027 as the State Council might announce it: the deadline becomes certain."""
    start = datetime(2027, 1, 4, 2, tzinfo=UTC)
    assert due(start, 3, Unit.WORKING_DAYS, named("cn")).estimated
    day = {"name": "x", "date": "2027-01-06", "isOffDay": True}
    try:
        assert import_years([json.dumps({"year": 2027, "days": [day]}), '{"year": 2028, "days": []}']) == [2027]
        known = due(start, 3, Unit.WORKING_DAYS, named("cn"))
        assert not known.estimated
        assert known.at.astimezone(ZoneInfo("Asia/Shanghai")).date() == date(2027, 1, 8)
    finally:
        import_years([])


def test_cp8_a_broken_year_is_refused() -> None:
    with pytest.raises(Refusal, match="holidays_invalid"):
        import_years(["{"])
