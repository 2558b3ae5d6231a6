"""Events the shop sends: taken in once, handled by the worker."""

from datetime import datetime
from typing import Any

from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.orders.models import Order, ShopEvent


@transaction.atomic
def take_in(event_id: str, kind: str, order_no: str, data: dict[str, Any], *, at: datetime, now: datetime) -> bool:
    """Keep an event and defer the look at its order. False when we have had this id before."""
    event, is_new = ShopEvent.objects.get_or_create(
        event_id=event_id,
        defaults={"type": kind, "order_no": order_no, "at": at, "received_at": now, "data": data},
    )
    if is_new:
        journal.defer("handle_shop_event", event_id=event.pk)
    return is_new


@transaction.atomic
def handled(event: ShopEvent, *, now: datetime) -> None:
    """The order was looked at again because of this event."""
    order = Order.objects.filter(order_no=event.order_no).first()
    if order is not None:
        journal.lock_one(order.matter_id)
    ShopEvent.objects.filter(pk=event.pk).update(handled_at=now)
