"""A roster is read as a whole, and every fault has its line (OP12)."""

from datetime import datetime, timedelta

import pytest

from huiyin.domain.routing.hours import ZONE
from huiyin.domain.routing.roster import Fault, read

KNOWN = frozenset({"1024", "1025"})
HEAD = "agent_no,date,from,to"


def test_op12_a_shift_is_read() -> None:
    (line,) = read(f"{HEAD}\n1024,2026-11-23,09:00,18:00\n", KNOWN).lines
    assert (line.agent_no, line.starts_at) == ("1024", datetime(2026, 11, 23, 9, tzinfo=ZONE))
    assert line.ends_at - line.starts_at == timedelta(hours=9)


def test_op12_a_night_shift_ends_the_next_day() -> None:
    (line,) = read(f"{HEAD}\n1024,2026-11-23,22:00,06:00\n", KNOWN).lines
    assert line.ends_at == datetime(2026, 11, 24, 6, tzinfo=ZONE)


def test_skills_and_a_mark_of_the_spreadsheet_are_understood() -> None:
    (line,) = read(f"\ufeff{HEAD},skills\r\n1024,2026-11-23,9:00,18:00,recharge:3 vip:1\r\n", KNOWN).lines
    assert line.skills == {"recharge": 3, "vip": 1}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("9999,2026-11-23,09:00,18:00", "agent_unknown"),
        (",2026-11-23,09:00,18:00", "agent_unknown"),
        ("1024,2026-02-30,09:00,18:00", "date"),
        ("1024,23.11.2026,09:00,18:00", "date"),
        ("1024,2026-11-23,9,18:00", "time"),
        ("1024,2026-11-23,09:00,24:00", "time"),
        ("1024,2026-11-23,09:00", "time"),
        ("1024,2026-11-23,09:00,09:00", "too_many_hours"),
        ("1024,2026-11-23,06:00,23:00", "too_many_hours"),
        ("1024,2026-11-23,09:00,18:00,recharge:3,more", "more_cells"),
        ("1024,2026-11-23,09:00,18:00,recharge:6", "skill"),
        ("1024,2026-11-23,09:00,18:00,充值:3", "skill"),
    ],
)
def test_a_fault_names_its_line(row: str, code: str) -> None:
    roster = read(f"{HEAD},skills\n1025,2026-11-23,09:00,18:00,\n{row}\n", KNOWN)
    assert [(fault.line, fault.code) for fault in roster.faults] == [(3, code)]


def test_nobody_is_in_two_shifts_at_once() -> None:
    text = f"{HEAD}\n1024,2026-11-23,22:00,06:00\n1025,2026-11-24,05:00,12:00\n1024,2026-11-24,05:00,12:00\n"
    assert read(text, KNOWN).faults == (Fault(4, "overlaps", "2"),)


@pytest.mark.parametrize("text", ["", "agent_no,date\n", "1024,2026-11-23,09:00,18:00\n", f"{HEAD},team\n"])
def test_a_file_without_its_columns_is_refused_at_once(text: str) -> None:
    roster = read(text, KNOWN)
    assert roster.lines == ()
    assert {fault.code for fault in roster.faults} == {"column"}
