"""When the demo shop says no to a remedy. Pure: an order as it stands, the request and the stock in, a code out.

The shop guards its own money and keys whatever Huiyin asks for: it never refunds more than was paid, never hands out
more live keys than were bought, and never takes back a key the buyer has redeemed.
"""

from huiyin.domain.orders.shop import (
    Delivered,
    GoodsKind,
    OrderSnapshot,
    PaymentState,
    RefundState,
    RemedyKind,
    RemedyRequest,
)
from huiyin.lib.money import NOTHING, Money

SETTLED = (PaymentState.PAID, PaymentState.REFUNDED)


def why_not(order: OrderSnapshot, request: RemedyRequest, stock: int | None) -> str:
    """The code of the refusal, or "" where the remedy may go ahead. `stock`: keys of the article it takes from."""
    if request.kind in (RemedyKind.COUPON, RemedyKind.POINTS):
        return "" if request.amount > NOTHING else "bad_amount"
    if not any(payment.state in SETTLED for payment in order.payments):
        return "not_paid"
    if request.kind is RemedyKind.REFUND:
        return _why_no_refund(order, request)
    if request.kind is RemedyKind.RESEND:
        return _why_no_resend(order, request)
    if request.kind is RemedyKind.REISSUE and order.goods.kind is GoodsKind.TOPUP and request.amount:
        return _why_no_make_up(order, request.amount)
    return _why_no_key(order, request, stock)


def refundable(order: OrderSnapshot, bill_no: str) -> Money:
    """What can still go back along one payment."""
    paid = sum(p.amount.fen for p in order.payments if p.bill_no == bill_no and p.state in SETTLED)
    back = sum(r.amount.fen for r in order.refunds if r.bill_no == bill_no and r.state is not RefundState.FAILED)
    return Money(paid - back)


def bill_to_refund(order: OrderSnapshot, request: RemedyRequest) -> str:
    """The payment a refund goes along: the one named, else the newest with enough left on it, else "" ."""
    if request.bill_no:
        return request.bill_no
    enough = [p.bill_no for p in order.payments if refundable(order, p.bill_no) >= request.amount]
    return enough[-1] if enough else ""


def live_items(order: OrderSnapshot) -> tuple[Delivered, ...]:
    """What the buyer holds and may use: handed over and not voided."""
    return tuple(item for item in order.delivery.items if item.voided_at is None)


def _why_no_refund(order: OrderSnapshot, request: RemedyRequest) -> str:
    if request.amount <= NOTHING:
        return "bad_amount"
    if request.bill_no and request.bill_no not in {payment.bill_no for payment in order.payments}:
        return "unknown_bill"
    if request.amount > refundable(order, bill_to_refund(order, request)):
        return "over_paid"
    return _why_not_void(order, request.replaces)


def _why_no_resend(order: OrderSnapshot, request: RemedyRequest) -> str:
    if "@" not in request.to:
        return "bad_address"
    has_key = any(item.masked for item in live_items(order))
    return "" if has_key else "nothing_to_resend"


def _why_no_make_up(order: OrderSnapshot, amount: Money) -> str:
    missing = (order.expected_value or NOTHING) - (order.credited_value or NOTHING)
    return "" if NOTHING < amount <= missing else "over_expected"


def _why_no_key(order: OrderSnapshot, request: RemedyRequest, stock: int | None) -> str:
    if order.goods.kind is GoodsKind.MANUAL and request.kind is RemedyKind.REISSUE:
        return "manual_goods"
    if request.kind is RemedyKind.EXCHANGE and request.sku not in {other.sku for other in order.goods.alternatives}:
        return "unknown_sku"
    if request.quantity < 1:
        return "bad_quantity"
    return _why_not_void(order, request.replaces) or _why_too_many(order, request, stock)


def _why_too_many(order: OrderSnapshot, request: RemedyRequest, stock: int | None) -> str:
    replaced = sum(1 for item in live_items(order) if item.key_id in request.replaces)
    live = len(live_items(order)) - replaced + request.quantity
    if live > order.quantity:
        return "already_delivered"
    if not _is_covered(order, live):
        return "refunded"
    return "no_stock" if stock is not None and stock < request.quantity else ""


def _why_not_void(order: OrderSnapshot, key_ids: tuple[str, ...]) -> str:
    items = {item.key_id: item for item in order.delivery.items}
    if any(key_id not in items for key_id in key_ids):
        return "unknown_key_id"
    return "key_redeemed" if any(_is_used_up(items[key_id]) for key_id in key_ids) else ""


def _is_used_up(item: Delivered) -> bool:
    """Redeemed after we handed it over, by the only one who was given it."""
    return item.redeemed_at is not None and item.redeemed_at >= item.delivered_at and not item.also_in_orders


def _is_covered(order: OrderSnapshot, live: int) -> bool:
    """Is what the buyer would hold still paid for, after what went back?"""
    paid = sum(payment.amount.fen for payment in order.payments if payment.state in SETTLED)
    back = sum(refund.amount.fen for refund in order.refunds if refund.state is not RefundState.FAILED)
    return live * order.amount.fen <= (paid - back) * order.quantity
