"""Small real objects that stand in for outside systems. `FakeShop` keeps a real shop's promises, in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from huiyin.demo.numbers import Numbers, masked
from huiyin.demo.refusals import bill_to_refund, refundable, why_not
from huiyin.demo.situations import ACCOUNT_CLOSED, SITUATIONS, make
from huiyin.demo.terms import terms_for
from huiyin.domain.orders.shop import (
    Capabilities,
    Delivered,
    DeliveryState,
    OrderSnapshot,
    Payment,
    PaymentState,
    Receipt,
    ReceiptState,
    Refund,
    RefundState,
    RemedyKind,
    RemedyRequest,
    Terms,
)
from huiyin.lib.errors import Rejected, Unavailable

MIDNIGHT = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # 00:00 in Shanghai, when buyers find nobody awake
EVERYTHING = frozenset({*RemedyKind, "void", "reveal", "events", "remedy_state"})

__all__ = ["EVERYTHING", "MIDNIGHT", "SITUATIONS", "FakeShop", "an_order"]


def an_order(
    situation: str = "platform_failed", now: datetime = MIDNIGHT, seed: int = 0, **overrides: Any
) -> OrderSnapshot:
    """An order in one of `SITUATIONS`, seen at `now`; `overrides` replace fields, `seed` draws other numbers."""
    return replace(make(situation, Numbers(Random(f"{situation}{seed}"), now), seed).order, **overrides)


@dataclass
class FakeShop:
    """A shop in memory. Attributes cause faults: `is_down`, `silent` orders, a lost reply, refunds that fail."""

    now: datetime = MIDNIGHT
    can: frozenset[str] = EVERYTHING
    orders: dict[str, OrderSnapshot] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # full keys by key id
    receipts: dict[str, Receipt] = field(default_factory=dict)
    ledger: list[RemedyRequest] = field(default_factory=list)  # every effect, once
    asked: list[str] = field(default_factory=list)  # the calls that arrived, in order
    said: dict[str, tuple[Terms, ...]] = field(default_factory=dict)  # terms by order, where they are not the usual
    is_down: bool = False
    silent: set[str] = field(default_factory=set)  # order numbers the shop never answers about
    refund_fails: set[str] = field(default_factory=set)
    is_reply_lost: bool = False  # remedies happen, the answer never arrives
    are_refunds_slow: bool = False  # refunds stay pending until `refund_arrives`

    def holds(self, situation: str, seed: int = 0, **overrides: Any) -> OrderSnapshot:
        """Put an order into the shop and return it; the shop behaves as the situation says."""
        made = make(situation, Numbers(Random(f"{situation}{seed}"), self.now), seed)
        order = replace(made.order, **overrides)
        self.codes |= made.codes
        if situation == "shop_unreachable":
            self.silent.add(order.order_no)
        if situation == "refund_failed":
            self.refund_fails.add(order.order_no)
        return self.add(order)

    def add(self, order: OrderSnapshot) -> OrderSnapshot:
        """Put in or change one order; its goods are stocked as the order says."""
        self.orders[order.order_no] = order
        for goods in (order.goods, *order.goods.alternatives):
            if goods.stock is not None:
                self.stock.setdefault(goods.sku, goods.stock)
        return order

    def settle(self, bill_no: str) -> None:
        """The channel settles a pending payment now."""
        order = next(o for o in self.orders.values() if bill_no in {p.bill_no for p in o.payments})
        payments = tuple(
            replace(p, state=PaymentState.PAID, paid_at=self.now, settled_at=self.now) if p.bill_no == bill_no else p
            for p in order.payments
        )
        promised_by = self.now + timedelta(seconds=order.goods.promised_s)
        delivery = replace(order.delivery, state=DeliveryState.QUEUED, promised_by=promised_by)
        self.orders[order.order_no] = replace(order, payments=payments, delivery=delivery)

    def refund_arrives(self, key: str) -> None:
        """A slow refund reaches the buyer."""
        self.receipts[key] = replace(self.receipts[key], state=ReceiptState.DONE)
        for order in self.orders.values():
            refunds = tuple(replace(r, state=RefundState.ARRIVED) if r.key == key else r for r in order.refunds)
            self.orders[order.order_no] = replace(order, refunds=refunds)

    # the port

    def capabilities(self) -> Capabilities:
        self._hear("capabilities")
        return Capabilities("fake", self.can)

    def find(self, by: str, value: str) -> tuple[OrderSnapshot, ...]:
        self._hear(f"find {by}")
        hits = [order for order in self.orders.values() if value in _names(order, by)]
        self._must_answer(hits)
        return tuple(self._seen(order) for order in sorted(hits, key=lambda o: o.placed_at, reverse=True)[:20])

    def order(self, order_no: str) -> OrderSnapshot | None:
        self._hear("order")
        order = self.orders.get(order_no)
        self._must_answer([order] if order else [])
        return self._seen(order) if order else None

    def terms(self, order_no: str) -> tuple[Terms, ...]:
        self._hear("terms")
        order = self.orders.get(order_no)
        self._must_answer([order] if order else [])
        return self.said.get(order_no) or (terms_for(order) if order else ())

    def requery(self, bill_no: str) -> Payment | None:
        self._hear("requery")
        hits = [order for order in self.orders.values() if bill_no in _names(order, "bill_no")]
        self._must_answer(hits)
        return next((p for order in hits for p in order.payments if p.bill_no == bill_no), None)

    def paid_since(self, since: datetime) -> tuple[OrderSnapshot, ...]:
        self._hear("paid_since")
        paid = [(_paid_at(order), order) for order in self.orders.values() if order.order_no not in self.silent]
        fresh = sorted(((at, order) for at, order in paid if at and at > since), key=lambda pair: pair[0])
        return tuple(self._seen(order) for _, order in fresh[:200])

    def reveal(self, order_no: str) -> tuple[str, ...]:
        self._hear("reveal")
        order = self._get(order_no)
        items = tuple(replace(i, first_shown_at=i.first_shown_at or self.now) for i in order.delivery.items)
        self.orders[order_no] = replace(order, delivery=replace(order.delivery, items=items))
        return tuple(self.codes[i.key_id] for i in items if i.voided_at is None and i.key_id in self.codes)

    def remedy(self, request: RemedyRequest) -> Receipt:
        self._hear("remedy")
        order = self._get(request.order_no)
        if request.kind not in self.can:
            raise Rejected("unsupported")
        if request.key not in self.receipts:
            self.receipts[request.key] = self._carry_out(order, request)
        if self.is_reply_lost:
            raise Unavailable("the answer was lost")
        return self.receipts[request.key]

    def remedy_state(self, key: str) -> Receipt:
        self._hear("remedy_state")
        if "remedy_state" not in self.can:
            raise Rejected("unsupported")
        return self.receipts.get(key, Receipt(key, ReceiptState.UNKNOWN))

    # inside

    def _hear(self, call: str) -> None:
        self.asked.append(call)
        if self.is_down:
            raise Unavailable("the shop is down")

    def _must_answer(self, orders: Iterable[OrderSnapshot]) -> None:
        if any(order.order_no in self.silent for order in orders):
            raise Unavailable("the shop does not answer about this order")

    def _get(self, order_no: str) -> OrderSnapshot:
        order = self.orders.get(order_no)
        if order is None:
            raise Rejected("not_found")
        self._must_answer([order])
        return order

    def _seen(self, order: OrderSnapshot) -> OrderSnapshot:
        goods = replace(order.goods, stock=self.stock.get(order.goods.sku), alternatives=self._alternatives(order))
        return replace(order, goods=goods)

    def _alternatives(self, order: OrderSnapshot) -> tuple[Any, ...]:
        left = (replace(other, stock=self.stock.get(other.sku)) for other in order.goods.alternatives)
        return tuple(other for other in left if other.stock)

    def _carry_out(self, order: OrderSnapshot, request: RemedyRequest) -> Receipt:
        sku = request.sku or order.goods.sku
        code = why_not(self._seen(order), request, self.stock.get(sku))
        if code:
            raise Rejected(code)
        if request.kind is RemedyKind.REFUND:
            return self._refund(order, request)
        keys = self._hand_out(order, request, sku)
        self.ledger.append(request)
        return Receipt(request.key, ReceiptState.DONE, keys, at=self.now)

    def _refund(self, order: OrderSnapshot, request: RemedyRequest) -> Receipt:
        bill_no = bill_to_refund(order, request)
        assert refundable(order, bill_no) >= request.amount
        is_refused, is_slow = order.order_no in self.refund_fails, self.are_refunds_slow
        state = RefundState.FAILED if is_refused else RefundState.PENDING if is_slow else RefundState.ARRIVED
        reason = ACCOUNT_CLOSED if is_refused else ""
        refund = Refund(request.amount, state, self.now, request.key, reason, bill_no)
        order = self._voided(order, () if is_refused else request.replaces)
        self.orders[order.order_no] = replace(order, refunds=(*order.refunds, refund))
        if is_refused:
            return Receipt(request.key, ReceiptState.FAILED, detail=reason, at=self.now)
        self.ledger.append(request)
        return Receipt(request.key, ReceiptState.PENDING if is_slow else ReceiptState.DONE, at=self.now)

    def _hand_out(self, order: OrderSnapshot, request: RemedyRequest, sku: str) -> tuple[str, ...]:
        """Void first, then take from stock. Coupons and points hand out nothing; a resend repeats the live keys."""
        if request.kind in (RemedyKind.COUPON, RemedyKind.POINTS):
            return ()
        order = self._voided(order, request.replaces)
        if request.kind is RemedyKind.RESEND:
            items = tuple(replace(i, by="mail", to=request.to, mail_state="sent") for i in order.delivery.items)
            self.orders[order.order_no] = replace(order, delivery=replace(order.delivery, items=items))
            return tuple(self.codes[i.key_id] for i in items if i.voided_at is None)
        if sku not in self.stock:
            return self._top_up(order, request)
        return self._take(order, request, sku)

    def _voided(self, order: OrderSnapshot, key_ids: tuple[str, ...]) -> OrderSnapshot:
        items = tuple(
            replace(i, voided_at=i.voided_at or self.now) if i.key_id in key_ids else i for i in order.delivery.items
        )
        return replace(order, delivery=replace(order.delivery, items=items))

    def _take(self, order: OrderSnapshot, request: RemedyRequest, sku: str) -> tuple[str, ...]:
        numbers = Numbers(Random(request.key), self.now)
        fresh = {numbers.key_id(): numbers.code() for _ in range(request.quantity)}
        self.codes |= fresh
        self.stock[sku] -= request.quantity
        items = tuple(Delivered(key_id, masked(code), self.now, "page") for key_id, code in fresh.items())
        self._deliver(order, items)
        return tuple(fresh.values())

    def _top_up(self, order: OrderSnapshot, request: RemedyRequest) -> tuple[str, ...]:
        if request.amount and order.credited_value is not None:
            order = replace(order, credited_value=order.credited_value + request.amount)
        item = Delivered(f"t-{request.key}", "", self.now, "topup", order.buyer.account)
        self._deliver(order, () if request.amount else (item,))
        return ()

    def _deliver(self, order: OrderSnapshot, items: tuple[Delivered, ...]) -> None:
        held = (*order.delivery.items, *items)
        live = sum(1 for item in held if item.voided_at is None)
        state = DeliveryState.DONE if live >= order.quantity else DeliveryState.PARTIAL
        self.orders[order.order_no] = replace(order, delivery=replace(order.delivery, state=state, items=held))


def _names(order: OrderSnapshot, by: str) -> set[str]:
    """What an order can be found by, one kind of name at a time."""
    if by in ("bill_no", "trade_no"):
        return {str(getattr(payment, by)) for payment in order.payments}
    if by == "bill_tail":
        return {payment.bill_no[-8:] for payment in order.payments}
    if by == "order_no":
        return {order.order_no}
    return {str(getattr(order.buyer, by, ""))} - {""}


def _paid_at(order: OrderSnapshot) -> datetime | None:
    return min((p.paid_at for p in order.payments if p.paid_at), default=None)
