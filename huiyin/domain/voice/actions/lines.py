"""Lines that exist from the start, and the menu as somebody has changed it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from huiyin.domain.journal.nudges import nudge
from huiyin.domain.voice.menu import Menu as Rules
from huiyin.domain.voice.models import Line, Menu
from huiyin.domain.voice.shipped import DEFAULT, LINES
from huiyin.lib.postgresql import often

_LINES = often.Read(lambda numbers: Line.objects.filter(number__among=numbers))


@transaction.atomic
def ship_lines() -> None:
    """Make the shipped lines that are not there. Those that are belong to the operator and stay as they are."""
    known = set(Line.objects.values_list("number", flat=True))
    rows = [Line(**one.columns()) for one in LINES if one.number not in known]
    Line.objects.bulk_create(rows, ignore_conflicts=True)


def line_for(dialled: str) -> Line:
    """The line that was dialled; what is none is the default line. Shipped ones are made where there are none."""
    found = {one.number: one for one in _LINES([dialled[:24], DEFAULT])}
    if DEFAULT not in found:
        ship_lines()
        found = {one.number: one for one in _LINES([dialled[:24], DEFAULT])}
    return found.get(dialled) or found[DEFAULT]


@transaction.atomic
def keep_line(number: str, *, now: datetime, **values: Any) -> Line:
    """Write a line; `values` are its columns."""
    line, _ = Line.objects.update_or_create(number=number, defaults=values)
    nudge("calls")
    return line


@transaction.atomic
def keep_menu(table: dict[str, Any], *, by: str, now: datetime) -> Menu:
    """A new version of the menu, which counts from now on. Raises MenuFault with everything that is wrong."""
    Rules.parse(table)
    Menu.objects.filter(is_active=True).update(is_active=False)
    kept = Menu.objects.create(table=table, by=by, at=now)
    nudge("calls")
    return kept
