"""Telling people about broken promises: one message per person, however many broke.

Whoever answers for a case now (after a breach that is somebody one step up) is told. After an outage we wait until
everything that is due has been broken, so that one message says it all; then a person hears at most once in a quarter
of an hour. Without a mail address the desk says it in a banner.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from huiyin.domain.cases.models import Case
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices.actions import Owed
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.clocks import Breach, digests
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import due_now
from huiyin.domain.staff.models import Person

SETTLES = timedelta(seconds=30)  # breaches of one outage come in within this
QUIET = timedelta(minutes=15)  # a person hears at most this often
MOST_NAMED = 50  # matters that one message lists; it counts all


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is to hear of, the oldest breach first."""

    person: Person
    breaches: tuple[Promise, ...]

    @property
    def numbers(self) -> list[str]:
        """The matters, each once."""
        return list(dict.fromkeys(breach.matter.no for breach in self.breaches))


def digests_due(now: datetime) -> list[Digest]:
    """One digest per person with a mail address who has not heard yet; none while promises are still being broken."""
    if due_now(now, most=1):
        return []
    waiting = list(_untold().exclude(matter__case__owner__email=""))
    if not waiting or max(one.ended_at or now for one in waiting) > now - SETTLES:
        return []
    heard = _heard_lately(now)
    return [one for one in _by_person(waiting) if one.person.pk not in heard]


def send_due(*, now: datetime) -> int:
    """Owe every due digest as one mail; returns how many. Killed in between, the next round goes on."""
    due = digests_due(now)
    for digest in due:
        tell(digest, now=now)
    return len(due)


@transaction.atomic
def tell(digest: Digest, *, now: datetime) -> None:
    """One mail, and the breaches in it count as told, or neither."""
    params = {"count": len(digest.breaches), "matters": digest.numbers[:MOST_NAMED]}
    once = f"digest:{digest.person.pk}:{digest.breaches[0].pk}:{digest.breaches[-1].pk}"
    notices.owe(Owed("digest", once, params), {"email": digest.person.email}, now=now)
    promises.mark_told([breach.pk for breach in digest.breaches], now=now)


def untold_to(person: Person) -> Digest:
    """What the banner at this person's desk says; empty when there is nothing."""
    return Digest(person, tuple(_untold().filter(matter__case__owner=person)))


def noticed(person: Person, *, now: datetime) -> None:
    """The person has read the banner."""
    promises.mark_told([breach.pk for breach in untold_to(person).breaches], now=now)


def _untold() -> QuerySet[Promise]:
    broken = Promise.objects.filter(state="broken", obligor="us", told_at__isnull=True)
    owned = broken.filter(matter__case__owner__isnull=False)
    return owned.select_related("matter", "matter__case", "matter__case__owner").order_by("due", "pk")


def _heard_lately(now: datetime) -> set[int]:
    told = Promise.objects.filter(state="broken", told_at__gt=now - QUIET)
    owners = Case.objects.filter(matter__in=told.values("matter"), owner__isnull=False)
    return set(owners.values_list("owner", flat=True))


def _by_person(waiting: Iterable[Promise]) -> list[Digest]:
    by_id = {one.pk: one for one in waiting}
    owners = {one.pk: owner for one in by_id.values() if (owner := one.matter.case.owner) is not None}
    told = digests(Breach(owners[pk].agent_no, pk, by_id[pk].due) for pk in owners)
    return [
        Digest(owners[theirs[0].promise_id], tuple(by_id[breach.promise_id] for breach in theirs))
        for theirs in told.values()
    ]
