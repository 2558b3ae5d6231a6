"""Holding an item out to somebody, and what becomes of that. Matter of the item and of the person are locked together,
so that two offers never fill one last place and an answer meets no other answer."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.actions.ending import end_offer, who_rings
from huiyin.domain.routing.actions.presence import rest
from huiyin.domain.routing.events import ItemOffered, OfferAccepted, OfferDeclined
from huiyin.domain.routing.loads import loads
from huiyin.domain.routing.models import Item, Offer, Seat
from huiyin.domain.routing.states import ItemState, Kind, OfferState, Presence
from huiyin.domain.routing.tries import Tries
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

_CODE = re.compile(r"[a-z][a-z_]{0,31}")
MOST = 100  # offers that are expired in one go
CASE_TIMES = 3  # a case rings so many times as long: it is read before it is taken, and nobody waits on a line for it
OURS = timedelta(seconds=10)  # an offer found over later than this rang while we or the database stood still


_WAITING = often.Read(
    lambda pk: Item.objects.select_related("queue").filter(pk=pk, state=ItemState.WAITING.value)
)  # fmt: skip
_ASKED = often.Read(lambda pk: Person.objects.filter(pk=pk))
# the item changes hands and the offer comes into being together, or nothing does
_HOLD_OUT = """
WITH held AS (UPDATE routing_item SET state = 'offered' WHERE id = %s AND state = 'waiting' RETURNING id)
INSERT INTO routing_offer (item_id, agent_id, state, made_at, expires_at, device, reason, why)
SELECT held.id, %s, 'pending', %s, %s, '', '', %s FROM held RETURNING id
"""


@journal.verb
def offer(item_id: int, agent_id: int, why: Sequence[dict[str, Any]], *, now: datetime) -> Offer | None:
    """Ask one person to take a waiting item. None where it no longer waits or they have no place for it: the router
    decided on what it knew, the rows decide."""
    item, person = _WAITING.first(item_id), _ASKED.first(agent_id)
    if item is None or person is None or agent_id in item.barred:
        return None
    matter = _lock(item.matter_id, person)
    here = loads([agent_id], now)[agent_id]
    if not here.works_here or here.presence is not Presence.AVAILABLE or here.room(here.rules).get(item.kind, 0) < 1:
        return None
    made = Offer(item=item, agent=person, made_at=now, why=list(why))
    rings_s = item.queue.offer_s * (CASE_TIMES if item.kind == Kind.CASE else 1)
    made.expires_at = now + timedelta(seconds=here.rules.offer_s(rings_s))
    rows = often.run(_HOLD_OUT, [item_id, agent_id, now, made.expires_at, Jsonb(made.why)])
    if not rows:
        return None
    made.pk = rows[0][0]
    offered = ItemOffered(item=item_id, offer=made.pk, agent_no=person.agent_no, expires=made.expires_at)
    tell = ("queue", f"agent:{person.agent_no}", *who_rings(item.kind))
    journal.record(matter, offered, by="system", now=now, tell=tell)
    return made


def _lock(matter_id: int, person: Person) -> Matter:
    """The item's matter; that of the person is locked with it."""
    return next(one for one in journal.lock(matter_id, person.matter_id) if one.pk == matter_id)


@journal.verb
def accept(offer_id: int, person: Person, device: str, *, now: datetime) -> Item:
    """Take what is offered. Raises Offer.DoesNotExist, Refusal `not_yours`, `offer_taken_here` (another window of the
    same person was first), `offer_gone`."""
    held = _mine(offer_id, person)
    matter = _lock(held.item.matter_id, person)
    pending = Offer.objects.filter(pk=offer_id, state=OfferState.PENDING, expires_at__gt=now)
    if not pending.update(state=OfferState.ACCEPTED, answered_at=now, device=device):
        return _too_late(held, device)
    item = held.item
    Item.objects.filter(pk=item.pk).update(state=ItemState.TAKEN, agent=person, taken_at=now)
    item.refresh_from_db()
    Seat.objects.filter(person=person).update(idle_since=None)
    tell = ("queue", f"agent:{person.agent_no}", f"router:a{person.pk}")
    journal.record(matter, taken(item, held.pk, person, now), by=person.by, now=now, tell=tell)
    return item


def taken(item: Item, offer_id: int | None, person: Person, now: datetime) -> OfferAccepted:
    """The fact that somebody has an item now."""
    waited = max(0, int((now - item.arrived_at).total_seconds()))
    return OfferAccepted(item=item.pk, offer=offer_id, agent_no=person.agent_no, waited_s=waited, kind=item.kind)


def _mine(offer_id: int, person: Person) -> Offer:
    held = Offer.objects.select_related("item").get(pk=offer_id)
    if held.agent_id != person.pk:
        raise Refusal("not_yours")
    return held


def _too_late(held: Offer, device: str) -> Item:
    """The same window saying it twice is no news; another window was slower; or it is over."""
    held.refresh_from_db()
    if held.state != OfferState.ACCEPTED:
        raise Refusal("offer_gone", state=held.state if held.state != OfferState.PENDING else OfferState.EXPIRED.value)
    if held.device != device:
        raise Refusal("offer_taken_here", elsewhere=True)
    held.item.refresh_from_db()
    return held.item


@journal.verb
def decline(offer_id: int, person: Person, reason: str = "", *, now: datetime) -> None:
    """Not now: somebody else is asked, and this person not again for a minute. `reason` is a code. Raises as
    `accept`, and Refusal `reason_unknown`."""
    if reason and not _CODE.fullmatch(reason):
        raise Refusal("reason_unknown")
    held = _mine(offer_id, person)
    matter = _lock(held.item.matter_id, person)
    pending = Offer.objects.filter(pk=offer_id, state=OfferState.PENDING)
    if not pending.update(state=OfferState.DECLINED, answered_at=now, reason=reason):
        held.refresh_from_db()
        if held.state == OfferState.DECLINED:
            return
        raise Refusal("offer_gone", state=held.state)
    _back(held.item_id)
    declined = OfferDeclined(item=held.item_id, offer=held.pk, agent_no=person.agent_no, reason=reason)
    tell = ("queue", f"agent:{person.agent_no}", f"router:i{held.item_id}", f"router:a{person.pk}")
    journal.record(matter, declined, by=person.by, now=now, tell=tell)


def _back(item_id: int) -> None:
    Item.objects.filter(pk=item_id, state=ItemState.OFFERED).update(state=ItemState.WAITING)


def expire_due(now: datetime, tries: Tries | None = None) -> list[Offer]:
    """End the offers whose time is up; whoever did not answer goes on a break, so that nobody waits for an empty
    chair. Not so when it was us who stood still: else everybody who was asked would be gone with the first step after
    it. Returns those that ended here; one that cannot be ended stops no other."""
    tries = tries or Tries()
    due = Offer.objects.filter(state=OfferState.PENDING, expires_at__lte=now).order_by("expires_at")
    due = due.exclude(pk__in=tries.resting("offer", now)).select_related("item", "agent")[:MOST]
    return [one for one, ended in tries.each("offer", due, lambda one: _expire(one, now), now=now) if ended]


@journal.verb
def _expire(one: Offer, now: datetime) -> bool:
    matter = _lock(one.item.matter_id, one.agent)
    if not end_offer(one, matter, OfferState.EXPIRED, "no_answer", now=now):
        return False
    _back(one.item_id)
    if now - one.expires_at <= OURS and not _answered_another(one):
        rest(one.agent, "no_answer", now=now)
    return True


def _answered_another(one: Offer) -> bool:
    """What rang beside a case was answered: they are not away. Served by `offer_by_agent`."""
    answered = (OfferState.ACCEPTED, OfferState.DECLINED)
    return Offer.objects.filter(agent=one.agent_id, made_at__gte=one.made_at, state__in=answered).exists()


@journal.verb
def withdraw(offer_id: int, reason: str, *, now: datetime) -> bool:
    """Take a pending offer back: whoever was asked is not here any more. Whether it was pending."""
    one = Offer.objects.select_related("item", "agent").get(pk=offer_id)
    matter = _lock(one.item.matter_id, one.agent)
    if not end_offer(one, matter, OfferState.WITHDRAWN, reason, now=now):
        return False
    _back(one.item_id)
    return True
