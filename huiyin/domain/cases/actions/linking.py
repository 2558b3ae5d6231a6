"""Joining the order that a case is about, where it was filed without one: without it nothing can be given."""

from datetime import datetime

from huiyin.domain.cases.actions.steps import Doer, begin
from huiyin.domain.cases.events import OrderNamed, OrderUnknown
from huiyin.domain.cases.lifecycle import Verb
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.responsibility import finding_from
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order
from huiyin.lib.errors import Refusal
from huiyin.lib.paste import entries
from huiyin.lib.postgresql.often import change

LONGEST_NUMBER = 64


def finding_on(order: Order | None) -> dict[str, str]:
    """CP2: who is responsible, as far as the order's own facts say; columns of a case."""
    found = finding_from(order.situation if order else "")
    return {"responsible": found.responsible.value, "responsible_reason": found.reason}


@verb
def name_order(case: Case, order_no: str, doer: Doer, *, now: datetime) -> None:
    """Say which order a case is about, by its number or one of a bill, as people write them. Like filing it never waits
    for the shop: an order that we have not met is asked for by the worker, which joins it and its records. A number
    the shop does not know may be corrected. Other cases that named the order wait for the worker: their matters are not
    locked here."""
    begun, number = begin(case, Verb.LINK_ORDER, doer, now=now), order_no.strip()
    if not number:
        raise Refusal("nothing_written")
    if len(number) > LONGEST_NUMBER:
        raise Refusal("too_long", limit=LONGEST_NUMBER, length=len(number))
    order = _known(number)
    if order is None:
        change(case, order_no=number)
        journal.defer("look_at_order", order_no=number)
    else:
        _join(case, order)
    journal.record(begun.matter, OrderNamed(order=order.pk if order else None), by=doer.by, now=now)


def _known(number: str) -> Order | None:
    numbers = [number, *(one.value for one in entries(number) if one.by == "order_no")]
    found = {order.order_no: order for order in Order.objects.filter(order_no__in=numbers)}
    return next((found[one] for one in numbers if one in found), None)


@verb
def link_order(order: Order, *, now: datetime, named: str = "") -> None:
    """Cases that named this order before we knew it, by its number, one of its bills or as `named`, now point at it,
    and get its records as evidence."""
    numbers = {order.order_no, *order.bill_nos, named} - {""}
    for case, matter in _waiting(numbers):
        was_asked = _is_asked_for(matter)
        _join(case, order)
        if was_asked:
            journal.record(matter, OrderNamed(order=order.pk), by="system", now=now)


@verb
def order_unknown(number: str, *, now: datetime) -> None:
    """The shop knows no order that somebody named: say so where the page says that we ask."""
    for _, matter in _waiting({number}):
        if _is_asked_for(matter):
            journal.record(matter, OrderUnknown(), by="shop", now=now)


def _waiting(numbers: set[str]) -> list[tuple[Case, Matter]]:
    """Cases without an order that named one of these numbers, their matters locked."""
    rows = Case.objects.filter(order__isnull=True, order_no__in=numbers)
    matters = {one.pk: one for one in journal.lock(*rows.values_list("matter_id", flat=True))}
    return [(case, matters[case.matter_id]) for case in rows.filter(matter__in=matters).order_by("matter")]


def _join(case: Case, order: Order) -> None:
    """One update: a row that is written twice asks for its foreign keys once more, and so waits for who holds them."""
    is_open = case.responsible == "unclear" and not case.responsible_reason
    change(case, order=order, order_no=order.order_no, **(finding_on(order) if is_open else {}))
    journal.defer("gather_evidence", matter_id=case.matter_id)


def _is_asked_for(matter: Matter) -> bool:
    """Whether the last word on the order, said after the filing, is that the shop is asked for it."""
    told = journal.facts_of(matter, OrderNamed.name, OrderUnknown.name)
    return bool(told) and told[-1].name == OrderNamed.name and told[-1].data["order"] is None
