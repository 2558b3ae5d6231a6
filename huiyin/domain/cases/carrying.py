"""Carrying out what was agreed and looking whether it has arrived (CP18). The worker calls this, outside transactions.

Everything may run twice. What the shop cannot do, or where there is no order, a person does; then a person says that it
has arrived.
"""

from datetime import datetime, timedelta

from huiyin.domain.cases import actions
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.giving import Gift, Wish, planned
from huiyin.domain.cases.models import DemandItem
from huiyin.domain.cases.offers import GIVES, Arrival, arrival
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.queries import live_remedy
from huiyin.domain.orders.shop import Shop
from huiyin.domain.orders.situations import Situation, judge
from huiyin.lib.errors import Refusal, Rejected, Unavailable

MOST = 50  # items of one round: the others wait a second
SOON, LATER, OLD = timedelta(seconds=60), timedelta(minutes=10), timedelta(hours=1)
SYSTEM, SHOP = Doer("system"), Doer("shop")
_UNDER_WAY = {"requested", "approved", "executing", "needs_person"}


def due(now: datetime) -> list[int]:
    """Agreed items whose turn it is. Served by the index `item_check`."""
    return list(DemandItem.objects.filter(check_at__lte=now).order_by("check_at").values_list("pk", flat=True)[:MOST])


def look(item_id: int, *, shop: Shop, now: datetime) -> None:
    """Begin what was agreed, or see whether it has arrived."""
    rows = DemandItem.objects.select_related("case__order__matter", "case__matter", "remedy__order__matter")
    item = rows.filter(pk=item_id).first()
    if item is None:
        return None
    if item.state == ItemState.ACCEPTED:
        return _carry_out(item, shop, now)
    if item.state == ItemState.CARRYING_OUT and item.remedy is not None:
        return _follow(item, item.remedy, shop, now)
    return None


def _carry_out(item: DemandItem, shop: Shop, now: datetime) -> None:
    order = item.case.order
    if order is None or ItemKind(item.offer_kind) not in GIVES:
        return actions.start(item, None, now=now)
    try:
        order, plan = planned(order, _wish(item, order), shop=shop, now=now)
    except Unavailable:
        return actions.look_later(item, at=now + SOON)
    except (Refusal, Rejected) as no:
        return _cannot(item, order, no.code, now)
    return actions.carry(item, order, plan, now=now)


def _wish(item: DemandItem, order: Order) -> Wish:
    return Wish(_gift(item, order), f"item {item.no}", item.offer_amount)


def _gift(item: DemandItem, order: Order) -> Gift:
    kind = ItemKind(item.offer_kind)
    if kind is ItemKind.REFUND:
        return Gift.REFUND
    if kind is ItemKind.COMPENSATION:
        return Gift.COUPON
    return Gift.MAKE_UP if order.situation == Situation.SHORT_AMOUNT else Gift.REISSUE


def _cannot(item: DemandItem, order: Order, code: str, now: datetime) -> None:
    """The same thing is under way already: follow that. Else it cannot be done, and the agent must offer another."""
    if code == "remedy_under_way":
        return actions.start(item, live_remedy(order), now=now)
    return actions.fail(item, code, SYSTEM, now=now)


def _follow(item: DemandItem, remedy: Remedy, shop: Shop, now: datetime) -> None:
    if remedy.state == "failed":
        return actions.fail(item, remedy.detail or "remedy_failed", SHOP, now=now)
    if remedy.state in _UNDER_WAY:
        return actions.look_later(item, at=now + SOON)
    if _was_checked(remedy):
        return actions.arrive(item, SYSTEM, now=now, verified="person")
    found = _arrival(remedy, remedy.order)
    if found is Arrival.ON_ITS_WAY:
        found = _arrival(remedy, _asked_again(remedy.order, shop, now))
    if found is Arrival.ARRIVED:
        return actions.arrive(item, SHOP, now=now, verified="shop")
    if found is Arrival.FAILED:
        return actions.fail(item, "refund_failed", SHOP, now=now)
    return actions.look_later(item, at=now + (SOON if now - remedy.asked_at < OLD else LATER))


def _was_checked(remedy: Remedy) -> bool:
    """Done by hand, and a second person has compared the proof."""
    task = getattr(remedy, "task", None)
    return task is not None and task.checked_at is not None


def _arrival(remedy: Remedy, order: Order) -> Arrival:
    return arrival(remedy.kind, remedy.key, remedy.detail, order.snapshot)


def _asked_again(order: Order, shop: Shop, now: datetime) -> Order:
    try:
        snapshot = shop.order(order.order_no)
    except (Unavailable, Rejected):
        return order
    return orders.keep_order(snapshot, judge(snapshot, now), now=now) if snapshot is not None else order
