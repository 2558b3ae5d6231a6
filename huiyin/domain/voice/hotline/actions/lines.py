"""Numbers that can be called."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.models import Queue
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.actions.lines import keep_line
from huiyin.domain.voice.hotline.actions.holding import hold
from huiyin.domain.voice.hotline.events import LineChanged
from huiyin.domain.voice.hotline.queries import TIERS, Columns, columns_of, live
from huiyin.domain.voice.hotline.tables import fingerprint
from huiyin.domain.voice.models import Line
from huiyin.domain.voice.shipped import DEFAULT
from huiyin.lib.errors import Refusal

NUMBER = re.compile(r"\+?[0-9a-z]{1,23}")
TAKEN = frozenset({"echo"})  # the echo test of the softphone
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as somebody saw it when they began to change it."""

    number: str
    mark: str  # tables.fingerprint of its columns


@journal.verb
def add_line(number: str, columns: Columns, person: Person, *, now: datetime) -> Line:
    """One more number. Raises Refusal `line_number_invalid`, `line_taken`, `too_many_lines` and those of `_check`."""
    matter = hold(person)
    if not NUMBER.fullmatch(number) or number in TAKEN:
        raise Refusal("line_number_invalid")
    if Line.objects.filter(number=number).exists():
        raise Refusal("line_taken", number=number)
    if Line.objects.count() >= MOST_LINES:
        raise Refusal("too_many_lines", limit=MOST_LINES)
    _check(columns)
    return _kept(matter, number, columns, LineChanged(line=number, verb="add"), person, now)


@journal.verb
def change_line(seen: Seen, columns: Columns, person: Person, *, now: datetime) -> Line:
    """What is to hold for a number from now on. Raises Refusal `line_gone`, `line_changed` where somebody else has
    taken it away or changed it since it was `seen`, and those of `_check`."""
    matter = hold(person)
    line = Line.objects.filter(number=seen.number).first()
    if line is None:
        raise Refusal("line_gone", number=seen.number)
    before = columns_of(line)
    if before == columns:
        return line
    if fingerprint(asdict(before)) != seen.mark:
        raise Refusal("line_changed", number=seen.number)
    _check(columns)
    old, new = asdict(before), asdict(columns)
    changed = LineChanged(line=seen.number, verb="change", columns=tuple(one for one in new if new[one] != old[one]))
    return _kept(matter, seen.number, columns, changed, person, now)


@journal.verb
def remove_line(number: str, person: Person, *, now: datetime) -> None:
    """Who calls it is taken on the usual line from now on. Raises Refusal `line_is_default`. Harmless to repeat."""
    matter = hold(person)
    if number == DEFAULT:
        raise Refusal("line_is_default")
    if Line.objects.filter(number=number).delete()[0]:
        journal.record(matter, LineChanged(line=number, verb="remove"), by=person.by, now=now, tell=("calls", "queue"))


def _kept(
    matter: Matter, number: str, columns: Columns, changed: LineChanged, person: Person, now: datetime
) -> Line:  # fmt: skip
    line = keep_line(number, now=now, **asdict(columns))
    journal.record(matter, changed, by=person.by, now=now, tell=("calls", "queue"))
    return line


def _check(columns: Columns) -> None:
    """Raises Refusal `line_title_missing`, `queue_unknown`, `line_tier_unknown`, `line_node_unknown`."""
    if not columns.title or not columns.title_en:
        raise Refusal("line_title_missing")
    if not Queue.objects.filter(slug=columns.queue).exists():
        raise Refusal("queue_unknown", queue=columns.queue[:24])
    if columns.tier not in TIERS:
        raise Refusal("line_tier_unknown")
    if columns.node and columns.node not in live().table["nodes"]:
        raise Refusal("line_node_unknown", node=columns.node)
