"""Joining the order that a case is about, where it was filed without one: without it nothing can be given."""

from datetime import datetime

from huiyin.domain.cases.actions.filing import link_order
from huiyin.domain.cases.actions.steps import Doer, begin, read_again
from huiyin.domain.cases.events import OrderNamed
from huiyin.domain.cases.lifecycle import Verb
from huiyin.domain.cases.models import Case
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.orders.models import Order
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql.often import change

LONGEST_NUMBER = 64


@verb
def name_order(case: Case, order_no: str, doer: Doer, *, now: datetime) -> None:
    """Say which order a case is about. Like filing it never waits for the shop: an order that we have not met is asked
    for by the worker, which joins it and its records. A number the shop does not know may be corrected."""
    begun, number = begin(case, Verb.LINK_ORDER, doer, now=now), order_no.strip()
    if not number:
        raise Refusal("nothing_written")
    if len(number) > LONGEST_NUMBER:
        raise Refusal("too_long", limit=LONGEST_NUMBER, length=len(number))
    change(case, order_no=number)
    order = Order.objects.filter(order_no=number).first()
    journal.record(begun.matter, OrderNamed(order=order.pk if order else None), by=doer.by, now=now)
    if order is None:
        journal.defer("look_at_order", order_no=number)
        return
    link_order(order)
    read_again(case, begun.matter)
