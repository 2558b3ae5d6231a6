"""Remedies at the demo shop: one SQLite transaction each, once per idempotency key.

The transaction takes the write lock at BEGIN, so two requests with one key meet here: the second finds the first one's
receipt. Keys that are replaced are voided before anything new is taken; the ledger row commits with the effect.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from huiyin.demo.delivery import hand_over, mail_keys, note_progress, take_keys, top_up
from huiyin.demo.faults import Trouble, is_on
from huiyin.demo.models import Article, CardKey, Effect, Item, Order, Payment, Refund, Remedy
from huiyin.demo.refusals import bill_to_refund, why_not
from huiyin.demo.situations import ACCOUNT_CLOSED
from huiyin.demo.snapshots import order_row, snapshot
from huiyin.domain.orders.shop import (
    GoodsKind,
    OrderSnapshot,
    PaymentState,
    Receipt,
    ReceiptState,
    RefundState,
    RemedyKind,
    RemedyRequest,
)
from huiyin.lib.errors import Rejected

REFUND_ARRIVES = timedelta(seconds=2)  # a channel takes a moment; then the shop tells the centre
EFFECT_KINDS = {RemedyKind.REFUND: "money", RemedyKind.COUPON: "credit", RemedyKind.POINTS: "credit"}


def carry_out(request: RemedyRequest, now: datetime) -> Receipt:
    """Do it once and answer; a repeat gets the first answer. Raises Rejected with the code of the refusal."""
    with transaction.atomic():
        first = Remedy.objects.filter(key=request.key).first()
        if first is not None:
            return _again(first, request)
        order = order_row(request.order_no)
        if order is None:
            raise Rejected("not_found")
        seen = snapshot(order)
        code = why_not(seen, request, _stock(order, request))
        if code:
            raise Rejected(code)
        receipt = _try(order, seen, request, now)
        _keep(order, request, receipt, now)
        return receipt


def state_of(key: str) -> Receipt:
    """What became of a remedy; `unknown` where the shop never heard of it."""
    row = Remedy.objects.filter(key=key).first()
    return Receipt(key, ReceiptState.UNKNOWN) if row is None else _receipt(row)


def refund_arrives(refund: Refund, now: datetime) -> None:
    """The channel has paid the money back. Runs inside the caller's transaction."""
    Refund.objects.filter(pk=refund.pk).update(state=RefundState.ARRIVED, arrives_at=None)
    Remedy.objects.filter(key=refund.key).update(state=ReceiptState.DONE)
    arrived = Refund.objects.filter(payment=refund.payment, state=RefundState.ARRIVED)
    if sum(arrived.values_list("amount_fen", flat=True)) >= refund.payment.amount_fen:
        Payment.objects.filter(pk=refund.payment.pk).update(state=PaymentState.REFUNDED)


def _try(order: Order, seen: OrderSnapshot, request: RemedyRequest, now: datetime) -> Receipt:
    if is_on(Trouble.REMEDY_FAILS, order.order_no):
        return Receipt(request.key, ReceiptState.FAILED, detail="delivery system error", at=now)
    if request.kind is RemedyKind.REFUND:
        return _refund(order, seen, request, now)
    keys = _ACTS[request.kind](order, request, now)
    return Receipt(request.key, ReceiptState.DONE, tuple(keys), at=now)


def _refund(order: Order, seen: OrderSnapshot, request: RemedyRequest, now: datetime) -> Receipt:
    is_refused = is_on(Trouble.REFUND_FAILS, order.order_no)
    Refund.objects.create(
        order=order,
        payment=Payment.objects.get(bill_no=bill_to_refund(seen, request)),
        amount_fen=request.amount.fen,
        state=RefundState.FAILED if is_refused else RefundState.PENDING,
        at=now,
        key=request.key,
        reason=ACCOUNT_CLOSED if is_refused else "",
        arrives_at=None if is_refused else now + REFUND_ARRIVES,
    )
    if is_refused:
        return Receipt(request.key, ReceiptState.FAILED, detail=ACCOUNT_CLOSED, at=now)
    _void(order, request, now)
    Order.objects.filter(pk=order.pk).update(deliver_at=None)  # what went back is not delivered after all
    return Receipt(request.key, ReceiptState.PENDING, at=now)


def _reissue(order: Order, request: RemedyRequest, now: datetime) -> list[str]:
    _void(order, request, now)
    if order.article.kind == GoodsKind.TOPUP:
        _top_up_again(order, request, now)
        return []
    return _hand_out(order, order.article, request, now)


def _exchange(order: Order, request: RemedyRequest, now: datetime) -> list[str]:
    _void(order, request, now)
    return _hand_out(order, Article.objects.get(sku=request.sku), request, now)


def _hand_out(order: Order, article: Article, request: RemedyRequest, now: datetime) -> list[str]:
    keys = take_keys(article, request.quantity, now)
    hand_over(order, keys, now)
    note_progress(order, now)
    return [key.code for key in keys]


def _top_up_again(order: Order, request: RemedyRequest, now: datetime) -> None:
    """The missing part of a credit, or the whole once more."""
    if request.amount:
        order.credited_fen = (order.credited_fen or 0) + request.amount.fen
        order.save(update_fields=["credited_fen"])
        return
    top_up(order, f"t-{request.key}", now)
    note_progress(order, now)


def _resend(order: Order, request: RemedyRequest, now: datetime) -> list[str]:
    live = Item.objects.filter(order=order, voided_at=None).exclude(code="")
    codes = list(live.values_list("code", flat=True))
    live.update(by="mail", to=request.to, mail_state="sent")
    mail_keys(order, order.article, request.to, codes, now)
    return codes


def _credit(order: Order, request: RemedyRequest, now: datetime) -> list[str]:
    """A coupon or points: the ledger row is all there is to it in a demo."""
    return []


_ACTS: dict[RemedyKind, Callable[[Order, RemedyRequest, datetime], list[str]]] = {
    RemedyKind.REISSUE: _reissue,
    RemedyKind.EXCHANGE: _exchange,
    RemedyKind.RESEND: _resend,
    RemedyKind.COUPON: _credit,
    RemedyKind.POINTS: _credit,
}


def _void(order: Order, request: RemedyRequest, now: datetime) -> None:
    Item.objects.filter(order=order, key_id__in=request.replaces, voided_at=None).update(voided_at=now)


def _stock(order: Order, request: RemedyRequest) -> int | None:
    if request.kind is not RemedyKind.EXCHANGE and order.article.kind != GoodsKind.CARD:
        return None
    sku = request.sku if request.kind is RemedyKind.EXCHANGE else order.article.sku
    return CardKey.objects.filter(article__sku=sku, sold_at=None).count()


def _keep(order: Order, request: RemedyRequest, receipt: Receipt, now: datetime) -> None:
    """The answer for repeats and, where something happened, the ledger row."""
    Remedy.objects.create(
        key=request.key,
        order=order,
        request=_fingerprint(request),
        state=receipt.state,
        keys=list(receipt.keys),
        detail=receipt.detail,
        at=now,
    )
    if receipt.state is ReceiptState.FAILED:
        return
    Effect.objects.create(
        order=order,
        effect=request.kind,
        kind=EFFECT_KINDS.get(request.kind, "keys"),
        at=now,
        idempotency_key=request.key,
        amount_fen=request.amount.fen or None,
    )


def _again(first: Remedy, request: RemedyRequest) -> Receipt:
    if first.request != _fingerprint(request):
        raise Rejected("key_reused")
    return _receipt(first)


def _receipt(row: Remedy) -> Receipt:
    return Receipt(row.key, ReceiptState(row.state), tuple(row.keys), row.detail, row.at)


def _fingerprint(request: RemedyRequest) -> dict[str, Any]:
    """What makes two requests the same one; the reason in words may differ."""
    return {
        "order_no": request.order_no,
        "kind": str(request.kind),
        "amount": str(request.amount),
        "quantity": request.quantity,
        "bill_no": request.bill_no,
        "replaces": list(request.replaces),
        "to": request.to,
        "sku": request.sku,
    }
