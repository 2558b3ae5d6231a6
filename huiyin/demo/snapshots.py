"""Rows of the demo shop as the values of the contract, and orders found by what a buyer knows of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Count, QuerySet

from huiyin.demo.models import Article, CardKey, Item, Order, Payment, Refund
from huiyin.demo.numbers import masked
from huiyin.domain.orders.shop import (
    Attempt,
    Buyer,
    Delivered,
    Delivery,
    DeliveryState,
    Goods,
    GoodsKind,
    OrderSnapshot,
    PaymentState,
    RefundState,
)
from huiyin.domain.orders.shop import Payment as PaymentValue
from huiyin.domain.orders.shop import Refund as RefundValue
from huiyin.lib.money import Money

FIND_LIMIT = 20
POLL_LIMIT = 200
FIND_BY = {
    "order_no": "order_no",
    "bill_no": "payments__bill_no",
    "bill_tail": "payments__bill_no__endswith",
    "trade_no": "payments__trade_no",
    "email": "email__iexact",
    "phone": "phone",
    "wechat": "wechat",
    "qq": "qq",
}
PARTS = ("payments", "refunds__payment", "items", "attempts")


def found(by: str, value: str) -> list[Order]:
    """Orders by one thing a buyer knows, newest first. Raises KeyError for a name the contract does not know."""
    rows = Order.objects.filter(**{FIND_BY[by]: value}) if value else Order.objects.none()
    return list(_whole(rows).order_by("-placed_at")[:FIND_LIMIT])


def paid_since(since: datetime) -> list[Order]:
    """Orders paid after a moment, oldest first."""
    return list(_whole(Order.objects.filter(paid_at__gt=since)).order_by("paid_at", "order_no")[:POLL_LIMIT])


def order_row(order_no: str) -> Order | None:
    """One order with all its parts."""
    return _whole(Order.objects.filter(order_no=order_no)).first()


def snapshots(orders: Sequence[Order]) -> list[OrderSnapshot]:
    """Everything the shop holds about these orders now. Stock is counted once for all of them."""
    goods = _goods()
    return [_snapshot(order, goods) for order in orders]


def snapshot(order: Order) -> OrderSnapshot:
    """Everything the shop holds about one order now."""
    return snapshots([order])[0]


def payment_value(row: Payment) -> PaymentValue:
    """A payment as the contract shows it."""
    return PaymentValue(
        bill_no=row.bill_no,
        trade_no=row.trade_no,
        channel=row.channel,
        amount=Money(row.amount_fen),
        state=PaymentState(row.state),
        paid_at=row.paid_at,
        settled_at=row.settled_at,
    )


def catalogue() -> list[Goods]:
    """All goods with their stock, for the shop's own pages."""
    return list(_goods().values())


def _whole(rows: QuerySet[Order]) -> QuerySet[Order]:
    return rows.select_related("article").prefetch_related(*PARTS)


def _goods() -> dict[str, Goods]:
    left = dict(CardKey.objects.filter(sold_at=None).values_list("article").annotate(Count("key_id")))
    rows = Article.objects.order_by("price_fen", "sku")
    return {row.sku: _goods_value(row, left.get(row.sku, 0)) for row in rows}


def _goods_value(row: Article, left: int) -> Goods:
    kind = GoodsKind(row.kind)
    return Goods(
        sku=row.sku,
        title=row.title,
        kind=kind,
        price=Money(row.price_fen),
        stock=left if kind is GoodsKind.CARD else None,
        region=row.region,
        how_to=row.how_to,
        promised_s=row.promised_s,
    )


def _snapshot(order: Order, goods: dict[str, Goods]) -> OrderSnapshot:
    return OrderSnapshot(
        order_no=order.order_no,
        placed_at=order.placed_at,
        goods=_with_alternatives(goods[order.article.sku], goods),
        quantity=order.quantity,
        amount=Money(order.amount_fen),
        buyer=_buyer(order),
        delivery=_delivery(order),
        payments=tuple(payment_value(row) for row in _oldest_first(order)),
        refunds=tuple(_refund_value(row) for row in order.refunds.all()),
        expires_at=order.expires_at,
        expected_value=_money(order.expected_fen),
        credited_value=_money(order.credited_fen),
        promotion=order.promotion,
        account_confirmed=order.account_confirmed,
    )


def _with_alternatives(goods: Goods, everything: dict[str, Goods]) -> Goods:
    cards = (g for g in everything.values() if g.kind is GoodsKind.CARD and g.price == goods.price)
    return replace(goods, alternatives=tuple(other for other in cards if other.sku != goods.sku and other.stock))


def _buyer(order: Order) -> Buyer:
    return Buyer(
        email=order.email,
        phone=order.phone,
        wechat=order.wechat,
        qq=order.qq,
        member_no=order.member_no,
        tier=order.tier,
        points=order.points,
        region=order.region,
        account=order.account,
    )


def _delivery(order: Order) -> Delivery:
    attempts = sorted(order.attempts.all(), key=lambda row: (row.at, row.pk))
    items = sorted(order.items.all(), key=lambda row: (row.delivered_at, row.pk))
    return Delivery(
        state=DeliveryState(order.delivery_state),
        promised_by=order.promised_by,
        attempts=tuple(Attempt(row.at, row.result, row.detail) for row in attempts),
        items=tuple(_item_value(row) for row in items),
    )


def _item_value(row: Item) -> Delivered:
    return Delivered(
        key_id=row.key_id,
        masked=masked(row.code) if row.code else "",
        delivered_at=row.delivered_at,
        by=row.by,
        to=row.to,
        mail_state=row.mail_state,
        first_shown_at=row.first_shown_at,
        redeemed_at=row.redeemed_at,
        redeemed_by=row.redeemed_by,
        expires_at=row.expires_at,
        region=row.region,
        voided_at=row.voided_at,
        also_in_orders=row.also_in_orders,
    )


def _refund_value(row: Refund) -> RefundValue:
    return RefundValue(
        Money(row.amount_fen), RefundState(row.state), row.at, row.key, row.reason, bill_no=row.payment.bill_no
    )


def _oldest_first(order: Order) -> list[Payment]:
    return sorted(order.payments.all(), key=lambda row: (row.paid_at or order.placed_at, row.bill_no))


def _money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)
