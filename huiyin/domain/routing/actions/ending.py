"""How items and offers end: steps that several verbs share, on a locked matter."""

from datetime import datetime

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.actions.presence import STEPPED_IN
from huiyin.domain.routing.events import OfferExpired
from huiyin.domain.routing.models import Item, Lease, Offer, Seat
from huiyin.domain.routing.states import ItemState, Kind, OfferState
from huiyin.lib.postgresql import often

_PENDING = often.Read(
    lambda item: Offer.objects.filter(item=item, state=OfferState.PENDING).select_related("agent", "item")
)  # fmt: skip


def end_item(item: Item, state: ItemState, why: str, *, now: datetime) -> None:
    """Close an item; whoever had it and has nothing else has been idle since."""
    often.change(item, state=state.value, ended_at=now, why_left=why)
    if item.agent_id and not Item.objects.filter(agent=item.agent_id, state=ItemState.TAKEN).exists():
        Seat.objects.filter(person=item.agent_id).update(idle_since=now)
        if Lease.objects.filter(person=item.agent_id, reason=STEPPED_IN, lost_at__isnull=True).exists():
            journal.defer("step_back", person_id=item.agent_id)  # their own matter is locked apart from this one


def withdraw_pending(item: Item, matter: Matter, reason: str, *, now: datetime) -> bool:
    """End the pending offer of an item, if it has one; whether it had."""
    pending = _PENDING.first(item.pk)
    return pending is not None and end_offer(pending, matter, OfferState.WITHDRAWN, reason, now=now)


def end_offer(offer: Offer, matter: Matter, state: OfferState, reason: str, *, now: datetime) -> bool:
    """Expire or withdraw an offer that is still pending; whether it was."""
    pending = Offer.objects.filter(pk=offer.pk, state=OfferState.PENDING)
    if not pending.update(state=state.value, answered_at=now, reason=reason):
        return False
    over = OfferExpired(item=offer.item_id, offer=offer.pk, agent_no=offer.agent.agent_no, reason=reason)
    tell = ("queue", f"agent:{offer.agent.agent_no}", f"router:a{offer.agent_id}", f"router:i{offer.item_id}")
    journal.record(matter, over, by="system", now=now, tell=(*tell, *who_rings(offer.item.kind)))
    return True


def who_rings(kind: str) -> tuple[str, ...]:
    """Offers of calls ring on phones: whoever makes them ring hears of each."""
    return ("calls",) if kind == Kind.CALL else ()
