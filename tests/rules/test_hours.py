"""When a queue answers (CH6, OP12): several spans a day, nights, make-up days."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.routing.hours import ZONE, is_open, opens_at, rules_from
from huiyin.lib.calendars import named
from huiyin.lib.errors import Refusal

OFFICE = [{"days": "work", "from": "09:00", "to": "12:00"}, {"days": "work", "from": "13:30", "to": "22:00"}]
NIGHT = [{"days": [4, 5], "from": "20:00", "to": "02:00"}]  # Friday and Saturday


def working(day: date) -> bool:
    return named("cn").is_working_day(day)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("rules", "when", "is_so"),
    [
        ([], "2026-11-22T03:00", True),
        (OFFICE, "2026-11-23T09:00", True),
        (OFFICE, "2026-11-23T12:00", False),
        (OFFICE, "2026-11-23T13:30", True),
        (OFFICE, "2026-11-23T22:00", False),
        (OFFICE, "2026-11-22T10:00", False),  # a Sunday
        (OFFICE, "2026-10-10T10:00", True),  # a Saturday worked in exchange for the National Day
        (OFFICE, "2026-10-01T10:00", False),
        ([{"days": "rest", "from": "10:00", "to": "16:00"}], "2026-10-01T10:00", True),
        (NIGHT, "2026-11-21T01:59", True),  # the end of Friday's night
        (NIGHT, "2026-11-21T02:00", False),
        (NIGHT, "2026-11-23T01:00", False),  # Sunday's night is nobody's
        ([{"days": "all", "from": "00:00", "to": "24:00"}], "2026-11-22T23:59", True),
    ],
)
def test_op12_a_queue_answers_in_its_hours(rules: list[dict[str, object]], when: str, is_so: bool) -> None:
    assert is_open(rules_from(rules), at(when), working) is is_so


@pytest.mark.parametrize(
    ("rules", "when", "then"),
    [
        (OFFICE, "2026-11-23T12:10", "2026-11-23T13:30"),
        (OFFICE, "2026-11-20T22:00", "2026-11-23T09:00"),
        (OFFICE, "2026-09-30T23:00", "2026-10-08T09:00"),
        (OFFICE, "2026-11-23T10:00", "2026-11-23T10:00"),
    ],
)
def test_op12_it_says_when_somebody_answers_again(rules: list[dict[str, object]], when: str, then: str) -> None:
    assert opens_at(rules_from(rules), at(when), working) == at(then)


def test_a_queue_that_never_opens_says_nothing() -> None:
    assert (
        opens_at(rules_from([{"days": "rest", "from": "09:00", "to": "10:00"}]), at("2026-11-23T09:00"), lambda _: True)
        is None
    )


@pytest.mark.parametrize(
    "rule",
    [
        {"days": "work", "from": "09:00"},
        {"days": "work", "from": "9", "to": "10:00"},
        {"days": "work", "from": "09:00", "to": "09:00"},
        {"days": "work", "from": "24:00", "to": "10:00"},
        {"days": "work", "from": "09:00", "to": "24:01"},
        {"days": [], "from": "09:00", "to": "10:00"},
        {"days": [7], "from": "09:00", "to": "10:00"},
        {"days": [True], "from": "09:00", "to": "10:00"},
        {"days": "sometimes", "from": "09:00", "to": "10:00"},
        {"days": "work", "from": "09:00", "to": "10:00", "why": ""},
        "work",
    ],
)
def test_what_cannot_be_read_is_named(rule: object) -> None:
    with pytest.raises(Refusal, match="hours_invalid") as no:
        rules_from([OFFICE[0], rule])
    assert no.value.params == {"number": 2}


MINUTES = st.integers(0, 1439)


@given(days=st.sampled_from(["work", "rest", "all"]), opens=MINUTES, closes=MINUTES, later=st.integers(0, 100_000))
def test_the_next_opening_is_open_and_nothing_before_it_is(days: str, opens: int, closes: int, later: int) -> None:
    if opens == closes:
        return
    text = [f"{one // 60:02}:{one % 60:02}" for one in (opens, closes)]
    rules = rules_from([{"days": days, "from": text[0], "to": text[1]}])
    when = at("2026-02-10T00:00") + timedelta(minutes=later)
    found = opens_at(rules, when, working)
    assert found is not None
    assert found >= when
    assert is_open(rules, found, working)
    assert found == when or not is_open(rules, found - timedelta(minutes=1), working)
