"""Deadlines through HTTP: the dates of the law and every shape of calendar."""

from typing import Any

import pytest

from tests.web.api.calling import Caller

pytestmark = pytest.mark.django_db

# facts/law-standards-channels.md §3: the start day is excluded, two sources agree
WORKING_DAYS = [
    (7, "2026-09-28", "2026-10-13"),
    (7, "2026-09-30", "2026-10-15"),
    (7, "2026-02-13", "2026-03-02"),
    (7, "2026-02-14", "2026-03-03"),
    (7, "2026-04-30", "2026-05-13"),
    (7, "2026-01-03", "2026-01-12"),
    (7, "2026-12-21", "2026-12-30"),
    (10, "2026-09-18", "2026-10-09"),
    (10, "2026-02-10", "2026-03-02"),
    (15, "2026-05-01", "2026-05-25"),
]
SHIFTS = {
    "timezone": "Asia/Shanghai",
    "weekly": {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2026-10-01"],
    "special": {"2026-10-10": [["09:00", "18:00"]]},
}


def due(api: Caller, **asked: Any) -> tuple[str, bool]:
    status, answer = api.post("/deadlines", asked)
    assert status == 200, answer
    assert answer.keys() == {"due", "estimated"}
    return answer["due"], answer["estimated"]


@pytest.mark.parametrize(("amount", "start", "end"), WORKING_DAYS)
def test_cp8_golden_working_days(api: Caller, amount: int, start: str, end: str) -> None:
    for at in (f"{start}T10:00:00+08:00", start):
        given = due(api, start=at, amount=amount, unit="working_days")
        assert given == (f"{end}T23:59:59.999999+08:00", False)


@pytest.mark.parametrize(("start", "end"), [("2026-08-02", "2026-10-08"), ("2026-08-04", "2026-10-08"),
                                            ("2026-06-30", "2026-08-29")])  # fmt: skip
def test_cp8_sixty_natural_days_roll_over_holidays_only(api: Caller, start: str, end: str) -> None:
    given = due(api, start=f"{start}T10:00:00+08:00", amount=60, unit="natural_days")
    assert given == (f"{end}T23:59:59.999999+08:00", False)


def test_cp8_a_year_nobody_announced_is_estimated(api: Caller) -> None:
    assert due(api, start="2026-12-28T10:00:00+08:00", amount=10, unit="working_days")[1] is True


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-09-30T17:00:00+08:00", 3600, "2026-09-30T18:00:00+08:00"),  # used up exactly at closing
        ("2026-09-30T17:00:00+08:00", 3601, "2026-10-02T09:00:01+08:00"),
        ("2026-09-30T11:30:00+08:00", 3600, "2026-09-30T13:30:00+08:00"),
        ("2026-10-09T17:30:00+08:00", 3600, "2026-10-10T09:30:00+08:00"),
        ("2026-09-30T09:00:00Z", 3600, "2026-09-30T18:00:00+08:00"),
        ("2026-09-30T17:00:00", 3600, "2026-09-30T18:00:00+08:00"),
    ],
)
def test_cp8_opening_hours_given_inline(api: Caller, start: str, amount: int, end: str) -> None:
    assert due(api, start=start, amount=amount, unit="working_seconds", calendar=SHIFTS) == (end, False)


def test_cp8_a_pause_outside_opening_hours_adds_nothing(api: Caller) -> None:
    asked = {"start": "2026-09-29T17:00:00+08:00", "amount": 7200, "unit": "working_seconds", "calendar": SHIFTS}
    night = {"start": "2026-09-29T18:00:00+08:00", "end": "2026-09-30T09:00:00+08:00"}
    morning = {"start": "2026-09-30T09:00:00+08:00", "end": "2026-09-30T09:30:00+08:00"}
    assert due(api, **asked, pauses=[night]) == due(api, **asked) == ("2026-09-30T10:00:00+08:00", False)
    assert due(api, **asked, pauses=[night, morning])[0] == "2026-09-30T10:30:00+08:00"


def test_cp8_a_night_shift_belongs_to_the_day_it_begins(api: Caller) -> None:
    night = {"timezone": "Asia/Shanghai", "weekly": {"fri": [["22:00", "06:00"]]}}
    given = due(api, start="2026-11-20T23:00:00+08:00", amount=7 * 3600, unit="working_seconds", calendar=night)
    assert given[0] == "2026-11-21T06:00:00+08:00"


def test_cp8_seconds_are_seconds_and_the_zone_is_the_calendars(api: Caller) -> None:
    assert due(api, start="2026-11-22T01:00:00Z", amount=90, unit="seconds")[0] == "2026-11-22T09:01:30+08:00"
    berlin = {"timezone": "Europe/Berlin", "weekly": {"mon": [["09:00", "17:00"]]}}
    given = due(api, start="2026-11-22T01:00:00Z", amount=90, unit="seconds", calendar=berlin)
    assert given[0] == "2026-11-22T02:01:30+01:00"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start": "soon"}, "time_invalid"),
        ({"start": "2026-13-01T00:00:00+08:00"}, "time_invalid"),
        ({"start": "0001-01-01T00:00:00+00:00"}, "time_out_of_range"),
        ({"start": 1}, "invalid"),
        ({"amount": -1}, "amount_invalid"),
        ({"amount": 10**30}, "amount_too_large"),
        ({"amount": 1.5}, "invalid"),
        ({"amount": True}, "invalid"),
        ({"amount": "7"}, "invalid"),
        ({"amount": None}, "invalid"),
        ({"unit": "weeks"}, "invalid"),
        ({"calendar": "mars"}, "calendar_name_unknown"),
        ({"calendar": []}, "invalid"),
        ({"calendar": {}}, "calendar_never_open"),
        ({"calendar": {"weekly": {"mon": [["18:00", "09:00", "10:00"]]}}}, "calendar_too_big"),
        ({"calendar": {"weekly": {"mon": [["9", "10"]]}}}, "calendar_hours_invalid"),
        ({"calendar": SHIFTS | {"timezone": "../../etc/passwd"}}, "calendar_zone_unknown"),
        ({"calendar": SHIFTS | {"holidays": ["2026-02-30"]}}, "calendar_date_invalid"),
        ({"pauses": [{"start": "2026-10-02T00:00:00Z", "end": "2026-10-01T00:00:00Z"}]}, "pause_invalid"),
        ({"pauses": [{"start": "2026-10-02T00:00:00Z"}]}, "invalid"),
        ({"pauses": {}}, "invalid"),
    ],
)
def test_what_is_no_deadline_is_said_to_be_none(api: Caller, change: dict[str, Any], code: str) -> None:
    asked = {"start": "2026-09-28T10:00:00+08:00", "amount": 7, "unit": "working_days"}
    status, problem = api.post("/deadlines", asked | change)
    assert (status, problem["code"]) == (422, code)
    assert problem["detail"]
