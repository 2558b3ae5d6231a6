"""Carrying a remedy out at the shop, exactly once, whatever dies in between.

*Executing* is committed before the shop is called, always with the same idempotency key. When nobody knows whether the
call got through, the shop is asked what became of the key; a shop that cannot tell is a matter for a person.
"""

from datetime import datetime, timedelta

from huiyin.domain.orders import actions
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.shop import Receipt, ReceiptState, RemedyRequest, Shop
from huiyin.domain.orders.situations import judge
from huiyin.lib.errors import Rejected, Unavailable

TIME_OUT = timedelta(seconds=3)  # the longest our adapter waits for the shop
FORGOTTEN = TIME_OUT * 2  # an unknown key this old never arrived: send it again
GIVES_UP = timedelta(minutes=10)  # what we promised; then a person takes over


def carry_out(remedy_id: int, *, shop: Shop, now: datetime) -> None:
    """Carry out an approved remedy. Safe to call twice, also at the same time."""
    remedy = Remedy.objects.select_related("order").get(pk=remedy_id)
    if remedy.state == "executing":
        return resume(remedy, shop=shop, now=now)
    try:
        able = shop.capabilities().can
    except Unavailable:
        able = frozenset({remedy.kind})  # silence says nothing about its abilities: the call itself will tell
    if remedy.kind not in able:
        return actions.hand_to_person(remedy_id, "unsupported", now=now)
    request = actions.begin(remedy_id, now=now)
    if request is not None:
        _call(remedy, request, shop, now)
    return None


def resume(remedy: Remedy, *, shop: Shop, now: datetime) -> None:
    """After a crash or a silent shop: ask what became of the key, and send it again only if it never arrived."""
    age = now - (remedy.executing_at or now)
    try:
        receipt = shop.remedy_state(remedy.key)
    except Unavailable:
        if age > GIVES_UP:
            actions.hand_to_person(remedy.pk, "unclear", now=now)
        return None
    except Rejected:
        return actions.hand_to_person(remedy.pk, "state_unsupported", now=now)
    if receipt.state is not ReceiptState.UNKNOWN:
        return _finish(remedy, receipt, shop, now)
    request = actions.begin(remedy.pk, now=now) if age > FORGOTTEN else None
    if request is not None:
        _call(remedy, request, shop, now)


def _call(remedy: Remedy, request: RemedyRequest, shop: Shop, now: datetime) -> None:
    try:
        receipt = shop.remedy(request)
    except Unavailable:
        return None  # it may have happened: stays *executing*, the sweep asks
    except Rejected as no:
        if no.code == "unsupported":
            return actions.hand_to_person(remedy.pk, "unsupported", now=now)
        return actions.fail(remedy.pk, no.code, now=now)
    _finish(remedy, receipt, shop, now)


def _finish(remedy: Remedy, receipt: Receipt, shop: Shop, now: datetime) -> None:
    actions.finish(remedy.pk, receipt, now=now)
    try:
        snapshot = shop.order(remedy.order.order_no)
    except (Unavailable, Rejected):
        return  # the picture is refreshed by the next look
    if snapshot is not None:
        actions.keep_order(snapshot, judge(snapshot, now), now=now)
