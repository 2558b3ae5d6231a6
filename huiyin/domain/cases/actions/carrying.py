"""Carrying out what was agreed, until it has arrived (CP18). `cases/carrying.py` calls the shop in between."""

from datetime import datetime, timedelta

from huiyin.domain.cases.actions import promising
from huiyin.domain.cases.actions.items import UNDER_WAY, settle
from huiyin.domain.cases.actions.steps import Doer, begin, chosen, move, set_item
from huiyin.domain.cases.demand import ItemState
from huiyin.domain.cases.events import ItemArrived, ItemFailed, ItemStarted
from huiyin.domain.cases.lifecycle import State, Verb
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.plans import Plan
from huiyin.domain.staff.models import Person

LOOK_AGAIN = timedelta(seconds=60)


@verb
def carry(item: DemandItem, order: Order, plan: Plan, *, now: datetime) -> None:
    """Ask for the remedy of an agreed item, once: the remedy and the item that points at it are one transaction."""
    matters = {one.pk: one for one in journal.lock(item.case.matter_id, order.matter_id)}
    row = DemandItem.objects.select_related("case").filter(pk=item.pk, state=ItemState.ACCEPTED).first()
    if row is None:
        return
    giver = Person.objects.filter(agent_no=row.offered_by.removeprefix("staff:"), is_active=True).first()
    person = giver if row.offered_by.startswith("staff:") else None
    remedy = orders.ask_remedy(order, plan, by=row.offered_by, now=now, person=person, reason=f"item {row.no}")
    _start(row, remedy, now)
    event = ItemStarted(no=row.no, remedy=remedy.pk)
    journal.record(matters[row.case.matter_id], event, by="system", now=now)


@verb
def start(item: DemandItem, remedy: Remedy | None, *, now: datetime) -> None:
    """An agreed item is being carried out, by a remedy that is under way already or by a person."""
    matter = journal.lock_one(item.case.matter_id)
    row = DemandItem.objects.filter(pk=item.pk, state=ItemState.ACCEPTED).first()
    if row is None:
        return
    _start(row, remedy, now)
    event = ItemStarted(no=row.no, remedy=remedy.pk if remedy else None)
    journal.record(matter, event, by="system", now=now)


def _start(item: DemandItem, remedy: Remedy | None, now: datetime) -> None:
    check_at = now + LOOK_AGAIN if remedy else None
    set_item(item, ItemState.CARRYING_OUT, remedy=remedy, check_at=check_at)


def look_at_items_of(remedy_id: int, *, now: datetime) -> None:
    """A remedy has ended: the round looks at its items at once. Takes no lock, because its caller holds one."""
    DemandItem.objects.filter(remedy=remedy_id, state=ItemState.CARRYING_OUT).update(check_at=now)


def look_later(item: DemandItem, *, at: datetime) -> None:
    """When the round looks at it again. Takes no lock: it changes nothing that anybody decides by."""
    DemandItem.objects.filter(pk=item.pk, state__in=UNDER_WAY).update(check_at=at)


@verb
def arrive(item: DemandItem, doer: Doer, *, now: datetime, verified: str = "person") -> None:
    """It has arrived, by the shop's facts, by a person who looked, or by the buyer's own word. The last one closes the
    case."""
    case = Case.objects.get(pk=item.case_id)
    begun = begin(case, Verb.ARRIVE, doer, now=now)
    row = chosen(begun.items, [item.no], *UNDER_WAY)[0]
    set_item(row, ItemState.ARRIVED, arrived_at=now, check_at=None)
    promising.arrived(begun.matter, row, by=doer.by, now=now)
    event = ItemArrived(no=row.no, verified=verified, state=case.state)
    journal.record(begun.matter, event, by=doer.by, now=now)
    if case.state == State.CARRYING_OUT:
        settle(case, begun.matter, Verb.ARRIVE, by=doer.by, now=now)


@verb
def fail(item: DemandItem, reason: str, doer: Doer, *, now: datetime) -> None:
    """What was agreed could not be done: the item is open again and a new result is owed. The clock of what was agreed
    goes on, so that it breaks when nothing better comes in time."""
    case = Case.objects.get(pk=item.case_id)
    begun = begin(case, Verb.FAIL, doer, now=now)
    row = chosen(begun.items, [item.no], *UNDER_WAY)[0]
    set_item(row, ItemState.OPEN, remedy=None, check_at=None, decided_at=None)
    state = move(case, Verb.FAIL)
    event = ItemFailed(no=row.no, reason=reason[:48], state=state.value)
    journal.record(begun.matter, event, by=doer.by, now=now)
    promising.our_turn(case, begun.matter, by=doer.by, now=now)
