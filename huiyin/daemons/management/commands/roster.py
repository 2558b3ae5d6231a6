"""`huiyin roster import FILE [--dry-run]`: who is expected when, from a CSV."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.domain.routing.actions import keep_roster
from huiyin.domain.routing.roster import Roster, read
from huiyin.domain.staff.models import Person

LARGEST = 5_000_000
SAYS = {
    "column": "there must be the columns agent_no, date, from, to (and skills, if wanted): “{value}”",
    "more_cells": "the line has more cells than the first one",
    "agent_unknown": "nobody with the agent number “{value}” works here",
    "date": "“{value}” is no date; write 2026-11-23",
    "time": "“{value}” is no time; write 09:00",
    "too_many_hours": "nobody works {value}: a shift has 16 hours at most",
    "skill": "“{value}” is no skill with a level; write recharge:3",
    "overlaps": "this person is in the shift of line {value} at that time",
    "too_long": "the file has more than 20 000 lines",
}


class Command(BaseCommand):
    """Takes the whole file or nothing of it, and names every fault with its line."""

    help = "Imports a roster: CSV with agent_no, date, from, to and, if wanted, skills."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["import"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *_args: Any, file: Path, dry_run: bool, **_options: Any) -> None:
        roster = read(_text(file), frozenset(Person.objects.filter(is_active=True).values_list("agent_no", flat=True)))
        if roster.faults:
            self._complain(roster)
        people = len({line.agent_no for line in roster.lines})
        if dry_run:
            self.stdout.write(f"{len(roster.lines)} shifts of {people} people would be written; nothing was changed.")
            return
        self.stdout.write(f"{keep_roster(roster.lines)} shifts of {people} people are written.")

    def _complain(self, roster: Roster) -> None:
        for fault in roster.faults:
            self.stderr.write(f"line {fault.line}: {SAYS[fault.code].format(value=fault.value)}")
        raise CommandError(f"{len(roster.faults)} faults; nothing was written.")


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise CommandError(f"{file} is larger than 5 MB: split it.")
        return file.read_bytes().decode("utf-8")
    except OSError as trouble:
        raise CommandError(f"{file} cannot be read: {trouble.strerror}.") from trouble
    except UnicodeDecodeError as trouble:
        raise CommandError(f"{file} is not UTF-8 (byte {trouble.start}). Save it as “CSV UTF-8”.") from trouble
