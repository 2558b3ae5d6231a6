"""Orders for the demo: some in every situation, the same in every instance but for numbers and times."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from random import SystemRandom

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from huiyin.demo.actions import DELIVERY_TAKES
from huiyin.demo.catalogue import ARTICLES
from huiyin.demo.catalogue import Article as CatalogueArticle
from huiyin.demo.faults import Trouble, switch
from huiyin.demo.models import Article, Attempt, CardKey, Item, Order, Payment, Refund, Remedy
from huiyin.demo.numbers import Numbers
from huiyin.demo.outbox import tell
from huiyin.demo.situations import SITUATIONS, Made, make
from huiyin.domain.orders.shop import OrderSnapshot

EACH = 4  # orders per situation; checks need two, people and journeys use up the others
LEAST = 2
# the watch puts `watched` ones right by itself: they stay listed, so that everybody can see that it did
_UNUSED = ~Exists(Remedy.objects.filter(order=OuterRef("pk"))) | Q(situation="watched")
NORMAL = ""  # a purchase that works: paid, and delivered a moment later


@transaction.atomic
def seed(now: datetime) -> None:
    """Fill an empty shop. A shop with orders goes on as it is; only where nearly all were used up, some are added."""
    if Order.objects.exists():
        _top_up(now)
        return
    dice = SystemRandom()
    for article in ARTICLES:
        _put_article(article, Numbers(dice, now))
    for situation in SITUATIONS:
        add_orders(situation, EACH, now)


@transaction.atomic
def add_orders(situation: str, count: int, now: datetime) -> list[Order]:
    """New orders in one situation, with the switches it needs. Raises KeyError for an unknown slug."""
    numbers = Numbers(SystemRandom(), now)
    first = Order.objects.filter(situation=situation).count()
    return [_add(situation, numbers, index) for index in range(first, first + count)]


def demo_orders() -> list[dict[str, str]]:
    """What checks and people are told about the orders of the demo: those no remedy has changed yet."""
    rows = Order.objects.filter(_UNUSED).exclude(situation=NORMAL).prefetch_related("payments")
    return [described(row) for row in rows.order_by("situation", "pk")]


def described(order: Order) -> dict[str, str]:
    """One demo order in a line; the phone only where the buyer left one."""
    payment = min(order.payments.all(), key=lambda row: (row.paid_at or order.placed_at, row.bill_no))
    line = {
        "order_no": order.order_no,
        "bill_no": payment.bill_no,
        "amount": f"{payment.amount_fen / 100:.2f}",
        "email": order.email,
        "situation": order.situation,
    }
    return line | ({"phone": order.phone} if order.phone else {})


def restock(sku: str, count: int, now: datetime) -> None:
    """Put new keys on the shelf."""
    numbers, article = Numbers(SystemRandom(), now), Article.objects.get(sku=sku)
    CardKey.objects.bulk_create(
        CardKey(key_id=numbers.key_id(), article=article, code=numbers.code()) for _ in range(count)
    )


def _top_up(now: datetime) -> None:
    unused = Counter(Order.objects.filter(_UNUSED).values_list("situation", flat=True))
    for situation in SITUATIONS:
        if unused[situation] < LEAST:
            add_orders(situation, EACH, now)


def _put_article(article: CatalogueArticle, numbers: Numbers) -> None:
    Article.objects.create(
        sku=article.sku,
        title=article.title,
        kind=article.kind,
        price_fen=article.price.fen,
        region=article.region,
        how_to=article.how_to,
        promised_s=article.promised_s,
    )
    restock(article.sku, article.keys, numbers.now)


def _add(situation: str, numbers: Numbers, index: int) -> Order:
    made = make(situation or "watched", numbers, index)
    order = _put_order(situation, made)
    if situation == NORMAL:
        Order.objects.filter(pk=order.pk).update(deliver_at=numbers.now + DELIVERY_TAKES)
    if situation in (NORMAL, "watched"):
        tell("paid", order.order_no, numbers.now, bill_no=made.order.payments[0].bill_no)
    for trouble in _troubles(situation, index):
        switch(trouble, order.order_no, on=True)
    if situation == "payment_pending" and index == EACH - 1:  # one settles a minute after somebody asks
        order.payments.update(settle_after_s=60)
    return order


def _troubles(situation: str, index: int) -> Iterable[Trouble]:
    if situation == "shop_unreachable":
        return [(Trouble.SILENT, Trouble.BUSY)[index % 2]]
    return [Trouble.REFUND_FAILS] if situation == "refund_failed" else []


def _put_order(situation: str, made: Made) -> Order:
    seen = made.order
    order = Order.objects.create(
        order_no=seen.order_no,
        situation=situation,
        placed_at=seen.placed_at,
        paid_at=min((p.paid_at for p in seen.payments if p.paid_at), default=None),
        expires_at=seen.expires_at,
        article=Article.objects.get(sku=seen.goods.sku),
        quantity=seen.quantity,
        amount_fen=seen.amount.fen,
        email=seen.buyer.email,
        phone=seen.buyer.phone,
        wechat=seen.buyer.wechat,
        qq=seen.buyer.qq,
        member_no=seen.buyer.member_no,
        tier=seen.buyer.tier,
        points=seen.buyer.points,
        region=seen.buyer.region,
        account=seen.buyer.account,
        delivery_state=seen.delivery.state,
        promised_by=seen.delivery.promised_by,
        expected_fen=seen.expected_value.fen if seen.expected_value else None,
        credited_fen=seen.credited_value.fen if seen.credited_value else None,
        promotion=seen.promotion,
        account_confirmed=seen.account_confirmed,
    )
    _put_money(order, seen)
    _put_delivery(order, made)
    return order


def _put_money(order: Order, seen: OrderSnapshot) -> None:
    for payment in seen.payments:
        Payment.objects.create(
            order=order,
            bill_no=payment.bill_no,
            trade_no=payment.trade_no,
            channel=payment.channel,
            amount_fen=payment.amount.fen,
            state=payment.state,
            paid_at=payment.paid_at,
            settled_at=payment.settled_at,
        )
    for refund in seen.refunds:
        Refund.objects.create(
            order=order,
            payment=Payment.objects.get(bill_no=refund.bill_no),
            amount_fen=refund.amount.fen,
            state=refund.state,
            at=refund.at,
            reason=refund.reason,
        )


def _put_delivery(order: Order, made: Made) -> None:
    for attempt in made.order.delivery.attempts:
        Attempt.objects.create(order=order, at=attempt.at, result=attempt.result, detail=attempt.detail)
    for item in made.order.delivery.items:
        Item.objects.create(
            order=order,
            key_id=item.key_id,
            code=made.codes.get(item.key_id, ""),
            delivered_at=item.delivered_at,
            by=item.by,
            to=item.to,
            mail_state=item.mail_state,
            first_shown_at=item.first_shown_at,
            redeemed_at=item.redeemed_at,
            redeemed_by=item.redeemed_by,
            expires_at=item.expires_at,
            region=item.region,
            also_in_orders=item.also_in_orders,
        )
