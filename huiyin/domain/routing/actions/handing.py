"""From one to another: to a queue, to an agent, to somebody who leads; and away from somebody who is gone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.routing.actions.ending import end_item, withdraw_pending
from huiyin.domain.routing.actions.offers import taken
from huiyin.domain.routing.actions.waiting import Want, again, enqueue, leave_queue
from huiyin.domain.routing.events import ItemHandedOver
from huiyin.domain.routing.models import Item, Lease, Seat
from huiyin.domain.routing.queries import open_item, presence_now
from huiyin.domain.routing.shipped import SUPERVISOR
from huiyin.domain.routing.states import OPEN, ItemState, Kind, OfferState, Presence
from huiyin.domain.routing.terms import TERMS
from huiyin.domain.routing.tries import Tries
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal

GONE_AFTER = timedelta(seconds=60)  # without any lease; then somebody else goes on
HANDED_STICKY = timedelta(seconds=60)  # a named colleague is waited for this long
# why an item leaves whose place another one keeps: it was wanted so, or they gave up and will be called
KEPT = frozenset({"call_back", "changed_channel", "hung_up"})
LOST_STICKY = timedelta(seconds=30)  # whoever was gone has it back when they come in this time


@dataclass(frozen=True, slots=True)
class _Handing:
    """Whereto, why, and who says so."""

    to: str
    why: str
    by: str


@journal.verb
def hand_over(item: Item, to: str, *, by: str, now: datetime, why: str) -> Item:
    """Pass an open item on, `to` being `queue:vip`, `agent:1024` or `supervisor`; the new item that waits in its place.

    Raises Refusal `handed_nowhere`, `queue_unknown`, `agent_unknown`, `agent_away`, `item_over`; to those who lead
    `complained_about` where it is about that agent, which is nobody else's business.
    """
    matter = _lock_open(item)
    _refuse_barred(item, to, by)
    want = _destination(item, to, now)
    whereto = f"queue:{SUPERVISOR}" if to == "supervisor" else to
    return _pass_on(item, matter, want, _Handing(whereto, why, by), now=now)


def _lock_open(item: Item) -> Matter:
    matter = journal.lock_one(item.matter_id)
    item.refresh_from_db()
    if item.state not in OPEN:
        raise Refusal("item_over")
    return matter


def _destination(item: Item, to: str, now: datetime) -> Want:
    kind, _, name = to.partition(":")
    due = now + timedelta(seconds=TERMS["handed_over"])
    if kind == "supervisor" or (kind == "queue" and name):
        return again(item, queue=name or SUPERVISOR, skills={}, due_at=due)
    if kind == "agent" and name:
        return again(item, prefers=_colleague(item, name, now), due_at=due)
    raise Refusal("handed_nowhere")


def _refuse_barred(item: Item, to: str, by: str) -> None:
    lead = Person.objects.filter(agent_no=by.removeprefix("staff:"), is_active=True).first()
    if item.kind == Kind.CASE or lead is None or not lead.leads or lead.pk in item.barred:
        return
    if Person.objects.filter(agent_no=to.removeprefix("agent:"), pk__in=item.barred).exists():
        raise Refusal("complained_about", agent_no=to.removeprefix("agent:")[:8])


def _colleague(item: Item, agent_no: str, now: datetime) -> Person:
    found = Person.objects.filter(agent_no=agent_no, is_active=True).first()
    if found is None or found.pk in item.barred or found.pk == item.agent_id:
        raise Refusal("agent_unknown", agent=agent_no[:8])
    if item.kind != Kind.CASE and presence_now(found, now) is Presence.OFFLINE:
        raise Refusal("agent_away", agent=agent_no)
    return found


def _pass_on(item: Item, matter: Matter, want: Want, handing: _Handing, *, now: datetime) -> Item:
    why, before = handing.why, item.agent.agent_no if item.agent else ""
    withdraw_pending(item, matter, why, now=now)
    end_item(item, ItemState.DONE, why, now=now)
    new = enqueue(matter, want, by=handing.by, now=now)
    if want.prefers:
        sticky = now + (LOST_STICKY if why == "agent_away" else HANDED_STICKY)
        Item.objects.filter(pk=new.pk).update(sticky_until=sticky)
        new.sticky_until = sticky
    handed = ItemHandedOver(item=item.pk, new=new.pk, kind=item.kind, before=before, to=handing.to, why=why)
    theirs = (f"agent:{before}", f"router:a{item.agent_id}") if before else ()
    journal.record(matter, handed, by=handing.by, now=now, tell=("queue", *theirs))
    return new


@journal.verb
def keep_away(matter: Matter, people: Collection[int], *, now: datetime) -> None:
    """CP21: these people are not asked about what waits on this matter, and what one of them has in hand as a chat goes
    to somebody who leads. Harmless to repeat."""
    locked = journal.lock_one(matter.pk)
    item = open_item(matter) if people else None
    if item is None or set(people) <= set(item.barred):
        return
    item.barred = sorted({*item.barred, *people})
    Item.objects.filter(pk=item.pk).update(barred=item.barred)
    if item.state == ItemState.TAKEN and item.kind == Kind.CHAT and item.agent_id in people:
        want = again(item, queue=SUPERVISOR, skills={}, due_at=now + timedelta(seconds=TERMS["handed_over"]))
        _pass_on(item, locked, want, _Handing(f"queue:{SUPERVISOR}", "complained_about", "system"), now=now)
    elif item.offers.filter(state=OfferState.PENDING, agent__in=people).exists():
        withdraw_pending(item, locked, "complained_about", now=now)
        Item.objects.filter(pk=item.pk).update(state=ItemState.WAITING)
    nudge(f"router:i{item.pk}")


@journal.verb
def call_back(item: Item, *, by: str, now: datetime) -> Item:
    """HL5: whoever waits hangs up and keeps the place; the call-back is due when an answer was. Raises Refusal
    `item_over`."""
    return change_kind(item, Kind.CALLBACK, "call_back", by=by, now=now)


@journal.verb
def change_kind(item: Item, kind: Kind, why: str, *, by: str, now: datetime) -> Item:
    """HL16: whoever waits goes on waiting another way, as `kind`, from the same place; `why` is one of `KEPT`. Raises
    Refusal `item_over`."""
    matter = _lock_open(item)
    if item.state == ItemState.TAKEN:
        raise Refusal("item_over")
    if item.kind == kind:
        return item
    leave_queue(item, why, by=by, now=now)
    kept = again(item, kind=kind.value, arrived_at=item.arrived_at, due_at=item.due_at)
    return enqueue(matter, kept, by=by, now=now)


@journal.verb
def take_at_once(item: Item, person: Person, *, by: str, now: datetime) -> Item:
    """What somebody has begun themselves is in their hands, however full they are. Raises Refusal `item_over`,
    `kept_out`."""
    matter = _lock_open(item)
    if person.pk in item.barred:
        raise Refusal("kept_out")
    return _take(item, matter, person, by=by, now=now)


def return_lost(now: datetime, tries: Tries | None = None) -> list[Item]:
    """Chats whose agent has been gone for a minute on every device wait again, for that agent first."""
    tries = tries or Tries()
    theirs = Lease.objects.filter(person=OuterRef("agent"))
    gone = Exists(theirs) & ~Exists(theirs.filter(expires_at__gt=now - GONE_AFTER))
    lost = Item.objects.filter(gone, state=ItemState.TAKEN, kind=Kind.CHAT).exclude(pk__in=tries.resting("item", now))
    found = tries.each("item", lost.select_related("agent", "queue", "buyer"), lambda one: _return(one, now), now=now)
    return [new for _, new in found if new]


@journal.verb
def _return(item: Item, now: datetime) -> Item | None:
    matter = journal.lock_one(item.matter_id)
    if not Item.objects.filter(pk=item.pk, state=ItemState.TAKEN).exists():
        return None
    want = again(item, prefers=item.agent, due_at=now)
    return _pass_on(item, matter, want, _Handing(f"queue:{item.queue.slug}", "agent_away", "system"), now=now)


@journal.verb
def take_over(item: Item, person: Person, *, by: str, now: datetime) -> Item:
    """Somebody who leads takes an open item into their own hands, whoever has it and however full they are.

    Raises Refusal `only_leads`, `item_over`, `kept_out`.
    """
    if not person.leads:
        raise Refusal("only_leads")
    matter = _lock_open(item)
    if person.pk in item.barred:
        raise Refusal("kept_out")
    if item.agent_id == person.pk:
        return item
    if item.state == ItemState.TAKEN:
        handing = _Handing(f"agent:{person.agent_no}", "taken_over", by)
        item = _pass_on(item, matter, again(item), handing, now=now)
    return _take(item, matter, person, by=by, now=now)


def _take(item: Item, matter: Matter, person: Person, *, by: str, now: datetime) -> Item:
    withdraw_pending(item, matter, "taken_over", now=now)
    Item.objects.filter(pk=item.pk).update(state=ItemState.TAKEN, agent=person, taken_at=now)
    item.refresh_from_db()
    Seat.objects.filter(person=person).update(idle_since=None)
    tell = ("queue", f"agent:{person.agent_no}", f"router:i{item.pk}", f"router:a{person.pk}")
    journal.record(matter, taken(item, None, person, now), by=by, now=now, tell=tell)
    return item
