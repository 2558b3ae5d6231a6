"""Handing goods over: the shop's own delivery and what a remedy takes from stock. Runs inside a transaction."""

from datetime import datetime, timedelta

from django.conf import settings

from huiyin.demo.models import Article, CardKey, Item, Letter, Order
from huiyin.demo.outbox import tell
from huiyin.domain.orders.shop import DeliveryState, GoodsKind
from huiyin.lib.signing import link_token

LINK_LIVES = timedelta(days=90)
KEY_LIVES = timedelta(days=365)


class NoStock(Exception):
    """Fewer keys are left than asked for."""


def take_keys(article: Article, count: int, now: datetime) -> list[CardKey]:
    """The next keys in stock, marked as sold. Raises NoStock."""
    in_stock = CardKey.objects.filter(article=article, sold_at=None)
    keys = list(in_stock.select_related("article").order_by("key_id")[:count])
    if len(keys) < count:
        raise NoStock(article.sku)
    CardKey.objects.filter(key_id__in=[key.key_id for key in keys]).update(sold_at=now)
    return keys


def hand_over(order: Order, keys: list[CardKey], now: datetime) -> None:
    """Give keys to the order's buyer: on the order page. Who hands them over writes to him, or Huiyin does."""
    Item.objects.bulk_create(
        Item(
            order=order,
            key_id=key.key_id,
            code=key.code,
            delivered_at=now,
            by="page",
            expires_at=now + KEY_LIVES,
            region=key.article.region,
        )
        for key in keys
    )


def top_up(order: Order, key_id: str, now: datetime) -> None:
    """Credit the account the buyer named."""
    Item.objects.create(order=order, key_id=key_id, delivered_at=now, by="topup", to=order.account)


def note_progress(order: Order, now: datetime) -> None:
    """Bring the order's delivery state up to what the buyer holds; a complete one is told to the centre."""
    live = Item.objects.filter(order=order, voided_at=None).count()
    order.delivery_state = DeliveryState.DONE if live >= order.quantity else DeliveryState.PARTIAL
    order.deliver_at = None
    order.save(update_fields=["delivery_state", "deliver_at"])
    if live >= order.quantity:
        tell("delivered", order.order_no, now, items=live)


def deliver(order: Order, now: datetime) -> None:
    """The shop's own delivery of a paid order: succeeds, or writes into the log why not."""
    article = order.article
    if article.kind == GoodsKind.MANUAL:
        return
    try:
        keys = take_keys(article, order.quantity, now) if article.kind == GoodsKind.CARD else []
    except NoStock:
        _note_failure(order, "no stock", now)
        return
    order.attempts.create(at=now, result="ok")
    if keys:
        hand_over(order, keys, now)
        _write_to_buyer(order, keys, now)
    else:
        top_up(order, f"t-{order.order_no}", now)
        Order.objects.filter(pk=order.pk).update(expected_fen=order.amount_fen, credited_fen=order.amount_fen)
    note_progress(order, now)


def mail_keys(order: Order, article: Article, to: str, codes: list[str], now: datetime) -> None:
    """The shop's own mail with the keys and the signed link to Huiyin."""
    lines = [f"您的订单 {order.order_no} 已发货：", "", *codes, "", article.how_to, "", "没收到或用不了？点这里："]
    text = "\n".join([*lines, help_link(order.order_no, now)])
    Letter.objects.create(kind="mail", to=to, sender="星河小卡店", subject="您的卡密", text=text, at=now)


def _write_to_buyer(order: Order, keys: list[CardKey], now: datetime) -> None:
    if not order.email:
        return
    mail_keys(order, order.article, order.email, [key.code for key in keys], now)
    order.items.filter(voided_at=None).update(by="mail", to=order.email, mail_state="sent")


def help_link(order_no: str, now: datetime) -> str:
    """The signed link that opens this order at the centre without asking for anything."""
    return f"{settings.HUIYIN_URL}/o#{help_token(order_no, now)}"


def help_token(order_no: str, now: datetime) -> str:
    """The token in that link: proof that its bearer comes from this order's own page or mail."""
    return link_token(order_no, now + LINK_LIVES, settings.SHOP_SECRET)


def _note_failure(order: Order, detail: str, now: datetime) -> None:
    order.attempts.create(at=now, result="failed", detail=detail)
    order.delivery_state, order.deliver_at = DeliveryState.FAILED, None
    order.save(update_fields=["delivery_state", "deliver_at"])
