"""Reading a roster: who is expected when (OP12). Pure.

One line a shift: agent number, date, from, to, and if wanted what that person can do. A shift that ends before it
begins ends the next day. A roster is taken as a whole or not at all: every fault is named with its line, so that one
look at the file is enough.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from huiyin.domain.routing.hours import ZONE

COLUMNS: Final = ("agent_no", "date", "from", "to")
SKILLS: Final = "skills"  # may be missing: "recharge:3 vip:2"
LONGEST: Final = timedelta(hours=16)
MOST_LINES: Final = 20_000
_AT: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SKILL: Final = re.compile(r"([a-z][a-z0-9_]{0,23}):([1-5])")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line: a code and what stands there."""

    line: int
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One shift as it was read."""

    number: int
    agent_no: str
    starts_at: datetime
    ends_at: datetime
    skills: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roster:
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


class _Wrong(Exception):
    """A cell that cannot be read."""


def read(text: str, known: frozenset[str]) -> Roster:
    """The shifts in a CSV text, and every fault. `known`: agent numbers of people who work here."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = columns
    wrong = [name for name in COLUMNS if name not in columns]
    wrong += [name for name in columns if name not in (*COLUMNS, SKILLS)]
    if wrong:
        return Roster((), tuple(Fault(1, "column", name[:40]) for name in wrong))
    lines, faults = list[Line](), list[Fault]()
    for number, row in enumerate(rows, start=2):
        if number > MOST_LINES:
            faults.append(Fault(number, "too_long"))
            break
        try:
            lines.append(_line(number, row, known))
        except _Wrong as fault:
            faults.append(Fault(number, *fault.args))
    faults += _overlaps(lines)
    return Roster(tuple(lines), tuple(sorted(faults, key=lambda fault: fault.line)))


def _line(number: int, row: Mapping[str | None, object], known: frozenset[str]) -> Line:
    cells = {name: str(row.get(name) or "").strip() for name in (*COLUMNS, SKILLS)}
    if None in row:
        raise _Wrong("more_cells")
    if cells["agent_no"] not in known:
        raise _Wrong("agent_unknown", cells["agent_no"][:20])
    day = _day(cells["date"])
    starts, ends = day + _at(cells["from"]), day + _at(cells["to"])
    ends = ends if ends > starts else ends + timedelta(days=1)
    if ends - starts > LONGEST:
        raise _Wrong("too_many_hours", f"{cells['from']}–{cells['to']}")
    return Line(number, cells["agent_no"], starts, ends, dict(_skills(cells[SKILLS])))


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZONE)
    except ValueError:
        raise _Wrong("date", text[:20]) from None


def _at(text: str) -> timedelta:
    match = _AT.fullmatch(text)
    if match is None:
        raise _Wrong("time", text[:20])
    return timedelta(hours=int(match[1]), minutes=int(match[2]))


def _skills(text: str) -> Iterator[tuple[str, int]]:
    for word in text.split():
        match = _SKILL.fullmatch(word)
        if match is None:
            raise _Wrong("skill", word[:40])
        yield match[1], int(match[2])


def _overlaps(lines: list[Line]) -> list[Fault]:
    """Nobody is in two shifts at once."""
    by_person: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_person[line.agent_no].append(line)
    found = []
    for theirs in by_person.values():
        theirs.sort(key=lambda line: line.starts_at)
        found += [Fault(late.number, "overlaps", str(soon.number)) for soon, late in pairwise(theirs)
                  if late.starts_at < soon.ends_at]  # fmt: skip
    return found
