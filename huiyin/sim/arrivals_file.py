"""Real arrivals from a file: `arrived_s,handle_s,patience_s,tier,skill`. What cannot be read is said, never guessed."""

import csv
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huiyin.sim.contacts import Contact

COLUMNS: Final = ("arrived_s", "handle_s", "patience_s", "tier", "skill")
LONGEST_NAME: Final = 64
LARGEST_S: Final = 1e12  # seconds since 1970 fit, and sums of a few stay exact to the millisecond
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One place that cannot be read. Lines count from 1, the header included."""

    line: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.problem}" if self.column else self.problem


class Malformed(Exception):
    """The file says something that cannot be meant; `faults` says where."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def read(path: Path) -> list[Contact]:
    """The contacts of this file by time; none for an empty file. Raises OSError, or Malformed with every fault."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as wrong:
        line = path.read_bytes()[: wrong.start].count(b"\n") + 1
        raise Malformed([Fault(line, "", f"line {line}: this is not UTF-8 text; save the file as CSV UTF-8")]) from None


def parse(text: str) -> list[Contact]:
    """The contacts of this text by time; those of the same instant in the order of the file."""
    lines = csv.reader(text.splitlines(keepends=True), strict=True)
    faults: list[Fault] = []
    try:
        header = [name.strip() for name in next(lines, [])]
        contacts = list(_contacts(header, lines, faults)) if any(header) else []
    except csv.Error as wrong:
        raise Malformed([Fault(lines.line_num, "", f"line {lines.line_num}: {wrong}")]) from None
    if faults:
        raise Malformed(faults)
    return sorted(contacts, key=lambda contact: contact.arrived_s)


def _contacts(header: list[str], lines: Iterator[list[str]], faults: list[Fault]) -> Iterator[Contact]:
    places = _places(header)
    for row in lines:
        if not any(cell.strip() for cell in row):
            continue
        line: int = lines.line_num  # type: ignore[attr-defined]  # csv.reader has it
        if len(row) != len(header):
            faults.append(Fault(line, "", f"line {line}: {len(row)} columns where the header has {len(header)}"))
            continue
        contact = _contact(line, {name: row[place].strip() for name, place in places.items()}, faults)
        if contact is not None:
            yield contact


def _places(header: list[str]) -> dict[str, int]:
    """Where each column stands. Columns that we do not know stay unread."""
    wrong = [Fault(1, name, "this column is missing") for name in COLUMNS if name not in header]
    wrong += [Fault(1, name, "this column stands there twice") for name in COLUMNS if header.count(name) > 1]
    if wrong:
        raise Malformed(wrong)
    return {name: header.index(name) for name in COLUMNS}


def _contact(line: int, row: Mapping[str, str], faults: list[Fault]) -> Contact | None:
    found = len(faults)

    def number(column: str, otherwise: float | None = None) -> float:
        if not row[column] and otherwise is not None:
            return otherwise
        try:
            return _seconds(row[column])
        except ValueError as wrong:
            faults.append(Fault(line, column, str(wrong)))
            return 0.0

    for column in ("tier", "skill"):
        if len(row[column]) > LONGEST_NAME or not row[column].isprintable():
            faults.append(Fault(line, column, f"not a name of at most {LONGEST_NAME} characters"))
    contact = Contact(
        number("arrived_s"),
        number("handle_s"),
        number("patience_s", math.inf),
        row["tier"] or "ordinary",
        ((row["skill"], 1),) if row["skill"] else (),
    )
    return contact if len(faults) == found else None


def _seconds(text: str) -> float:
    if not text:
        raise ValueError("a number of seconds is missing")
    if not _NUMBER.fullmatch(text):
        raise ValueError(f'"{text[:LONGEST_NAME]}" is not a number of seconds')
    seconds = float(text)
    if seconds < 0:
        raise ValueError(f"{text} is less than 0 seconds")
    if seconds > LARGEST_S:
        raise ValueError(f"{text} is too large")
    return seconds
