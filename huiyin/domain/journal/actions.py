"""Opening matters, locking them, recording what happened and who looked."""

import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from huiyin.domain.journal.chain import Link, next_hash
from huiyin.domain.journal.events import Event, Look
from huiyin.domain.journal.models import Access, Fact, Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.journal.queries import access_link
from huiyin.domain.journal.registry import REACTIONS
from huiyin.lib import numbers
from huiyin.lib.money import Money

SLOT_S = 600  # one row per person, item and ten minutes in the access ledger
_DICE = random.SystemRandom()


def open_matter(topic: str, now: datetime) -> Matter:
    """A new matter with a number of its own. Two of 10¹⁰ numbers meet about never; then the dice roll again."""
    for _ in range(5):
        try:
            with transaction.atomic():
                return Matter.objects.create(no=numbers.new(_DICE), topic=topic, opened_at=now)
        except IntegrityError:
            continue
    raise RuntimeError("no free matter number in five tries")


def lock(*ids: int) -> list[Matter]:
    """Lock matters in ascending id, before anything else in the transaction, so that actions cannot deadlock."""
    found = list(Matter.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk"))
    if len(found) != len(set(ids)):
        raise Matter.DoesNotExist(f"matters {sorted(ids)}")
    return found


def lock_one(matter_id: int) -> Matter:
    """Lock one matter."""
    return lock(matter_id)[0]


def record(matter: Matter, event: Event, *, by: str, now: datetime) -> Fact:
    """Append a fact to a locked matter's chain, run the reactions that belong to this transaction, defer the others.

    Nudges the matter and the desk: everybody who looks at them reads again after the commit.
    """
    return record_all(matter, [event], by=by, now=now)[0]


def record_all(matter: Matter, events: Sequence[Event], *, by: str, now: datetime) -> list[Fact]:
    """As `record`, for several that happened together: one write each for the chain's head and the facts."""
    if not events:
        return []
    plain = [(event.name, _plain(asdict(event))) for event in events]
    facts = Fact.objects.bulk_create(_appended(matter, plain, by, now))
    for fact, event in zip(facts, events, strict=True):
        _react(fact, event)
    nudge(f"matter:{matter.no}", "desk")
    return facts


def _appended(matter: Matter, plain: Sequence[tuple[str, Any]], by: str, now: datetime) -> list[Fact]:
    """Move the head of the chain. Another object of the same row may have moved it in this transaction: then follow."""
    links, head = [], matter.head_hash
    for seq, (name, data) in enumerate(plain, matter.head_seq + 1):
        link = Link(seq=seq, name=name, by=by, at=now, data=data)
        head = next_hash(head, matter.no, link)
        links.append(replace(link, hash=head))
    at_head = Matter.objects.filter(pk=matter.pk, head_seq=matter.head_seq)
    if not at_head.update(head_seq=links[-1].seq, head_hash=head):
        matter.refresh_from_db()
        return _appended(matter, plain, by, now)
    matter.head_seq, matter.head_hash = links[-1].seq, head
    return [
        Fact(matter=matter, seq=link.seq, name=link.name, by=by, at=now, data=link.data, hash=link.hash)
        for link in links
    ]


def _react(fact: Fact, event: Event) -> None:
    for react in REACTIONS.at_once.get(type(event), ()):
        react(fact, event)
    for plan in REACTIONS.later.get(type(event), ()):
        if job := plan(fact, event):
            defer(job[0], **job[1])


def defer(task: str, **arguments: Any) -> None:
    """Put a job into the queue, in this transaction. Jobs are defined in `daemons/worker.py` and named here by text."""
    from procrastinate.contrib.django import app

    app.configure_task(task).defer(**arguments)


def defer_in(seconds: int, task: str, **arguments: Any) -> None:
    """Put a job into the queue that begins in so many seconds, in this transaction."""
    from procrastinate.contrib.django import app

    app.configure_task(task, schedule_in={"seconds": seconds}).defer(**arguments)


def note_access(matter_id: int, item: str, look: Look, *, by: str, now: datetime) -> None:
    """Somebody looked at something of a matter: `case`, `evidence:3`, `dossier`, `contact`. Once per person, item and
    ten minutes; locks nothing and nudges nobody."""
    slot = int(now.timestamp()) // SLOT_S
    row = Access(matter_id=matter_id, item=item, kind=look.value, by=by, at=now, slot=slot)
    Access.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def link_accesses(most: int = 200) -> int:
    """Join new rows of the access ledger to the chains of their matters, one process at a time; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('huiyin:accesses'))")
    new = list(Access.objects.filter(seq__isnull=True).select_related("matter").order_by("pk")[:most])
    heads = {row.matter_id: row for row in _last_linked({row.matter_id for row in new})}
    for row in new:
        before = heads.get(row.matter_id)
        row.seq = (before.seq or 0) + 1 if before else 1
        row.hash = next_hash(before.hash if before else "", row.matter.no, access_link(row))  # after its place is known
        heads[row.matter_id] = row
    Access.objects.bulk_update(new, ["seq", "hash"])
    return len(new)


def _last_linked(matters: set[int]) -> list[Access]:
    linked = Access.objects.filter(matter__in=matters, seq__isnull=False)
    return list(linked.order_by("matter", "-seq").distinct("matter"))


def _plain(value: Any) -> Any:
    """What JSON can hold: times as ISO text, amounts as text in yuan."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()} if set(value) != {"fen"} else str(Money(**value))
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value
