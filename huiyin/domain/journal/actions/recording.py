"""Opening matters, locking them, recording what happened, deferring what leaves the process."""

import random
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from huiyin.domain.journal.actions.chapter import Job
from huiyin.domain.journal.actions.chapter import current as current_chapter
from huiyin.domain.journal.chain import Link, next_hash
from huiyin.domain.journal.events import Event
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.journal.registry import REACTIONS
from huiyin.lib import numbers
from huiyin.lib.money import Money
from huiyin.lib.postgresql import often

_DICE = random.SystemRandom()


def open_matter(topic: str, now: datetime) -> Matter:
    """A new matter with a number of its own. Two of 10¹⁰ numbers meet about never; then the dice roll again."""
    for _ in range(5):
        matter = Matter(no=numbers.new(_DICE), topic=topic, opened_at=now)
        if not often.insert_unless_there(matter):
            continue
        if (chapter := current_chapter()) is not None:
            chapter.opened.add(matter.pk)
        return _held(matter)
    raise RuntimeError("no free matter number in five tries")


_LOCKED = often.Read(lambda pk: Matter.objects.select_for_update().filter(pk=pk))


def lock(*ids: int) -> list[Matter]:
    """Lock matters in ascending id, before anything else in the transaction, so that actions cannot deadlock. Within a
    verb a matter is locked and read once."""
    wanted = sorted(set(ids))
    chapter = current_chapter()
    if chapter is not None and chapter.matters.keys() >= set(wanted):
        return [chapter.matters[pk] for pk in wanted]
    if len(wanted) == 1:
        found = _LOCKED(wanted[0])
    else:
        found = list(Matter.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise Matter.DoesNotExist(f"matters {wanted}")
    return [_held(matter) for matter in found]


def lock_one(matter_id: int) -> Matter:
    """Lock one matter."""
    return lock(matter_id)[0]


def _held(matter: Matter) -> Matter:
    """The one object of a locked matter in this verb: its head runs ahead of its row."""
    chapter = current_chapter()
    return matter if chapter is None else chapter.matters.setdefault(matter.pk, matter)


def _ours(matter: Matter) -> Matter:
    """Within a verb the object of this matter that holds its lock."""
    chapter = current_chapter()
    return matter if chapter is None else chapter.matters.get(matter.pk) or lock_one(matter.pk)


def record(matter: Matter, event: Event, *, by: str, now: datetime, tell: Sequence[str] = ("desk",)) -> Fact:
    """Append a fact to a locked matter's chain, run the reactions that belong to this transaction, defer the others.

    Nudges the matter and the desk (or the topics of `tell`): who looks at them reads again after the commit. Within a
    `verb` the fact is written with all others at its end: until then it has no `pk`; `fact.key` names it.
    """
    return record_all(matter, [event], by=by, now=now, tell=tell)[0]


def record_all(
    matter: Matter, events: Sequence[Event], *, by: str, now: datetime, tell: Sequence[str] = ("desk",)
) -> list[Fact]:  # fmt: skip
    """As `record`, for several that happened together."""
    if not events:
        return []
    ours, plain = _ours(matter), [(event.name, _plain(event)) for event in events]
    chapter = current_chapter()
    facts = _linked(ours, plain, by, now) if chapter else often.insert(_appended(ours, plain, by, now))
    matter.head_seq, matter.head_hash = ours.head_seq, ours.head_hash
    if chapter:
        chapter.facts += facts
    for fact, event in zip(facts, events, strict=True):
        _react(fact, event)
    nudge(f"matter:{matter.no}", *tell)
    return facts


def _linked(matter: Matter, plain: Sequence[tuple[str, Any]], by: str, now: datetime) -> list[Fact]:
    """The next facts of a chain; moves the head of the object, not of the row."""
    facts = []
    for seq, (name, data) in enumerate(plain, matter.head_seq + 1):
        link = Link(seq=seq, name=name, by=by, at=now, data=data)
        matter.head_seq, matter.head_hash = seq, next_hash(matter.head_hash, matter.no, link)
        facts.append(Fact(matter=matter, seq=seq, name=name, by=by, at=now, data=data, hash=matter.head_hash))
    return facts


def _appended(matter: Matter, plain: Sequence[tuple[str, Any]], by: str, now: datetime) -> list[Fact]:
    """As `_linked`, and the row's head too. Another object of it may have moved it in this transaction: then follow."""
    before = matter.head_seq
    facts = _linked(matter, plain, by, now)
    at_head = Matter.objects.filter(pk=matter.pk, head_seq=before)
    if at_head.update(head_seq=matter.head_seq, head_hash=matter.head_hash):
        return facts
    matter.refresh_from_db()
    return _appended(matter, plain, by, now)


def _react(fact: Fact, event: Event) -> None:
    for react in REACTIONS.at_once.get(type(event), ()):
        react(fact, event)
    for plan in REACTIONS.later.get(type(event), ()):
        if job := plan(fact, event):
            defer(job[0], **job[1])


def defer(task: str, **arguments: Any) -> None:
    """Put a job into the queue, in this transaction. Jobs are defined in `daemons/worker.py` and named here by text."""
    chapter = current_chapter()
    if chapter is not None:
        chapter.jobs.append(Job(task, arguments))
        return
    from procrastinate.contrib.django import app

    app.configure_task(task).defer(**arguments)


def defer_in(seconds: int, task: str, **arguments: Any) -> None:
    """Put a job into the queue that begins in so many seconds, in this transaction."""
    from procrastinate.contrib.django import app

    app.configure_task(task, schedule_in={"seconds": seconds}).defer(**arguments)


def _plain(value: Any) -> Any:
    """What JSON can hold: times as ISO text, amounts as text in yuan."""
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return {key: _plain(inner) for key, inner in value.items()}
