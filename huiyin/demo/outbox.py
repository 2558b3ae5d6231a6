"""What the shop tells the centre: written with the change, sent until the centre says it has it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from huiyin.demo.models import Event
from huiyin.lib.errors import Unavailable

LONGEST_PAUSE_S = 60.0
GROWTH = 1.3  # 1, 1.3, 1.7 … s: a centre that is still starting is asked again soon, a dead one once a minute
BATCH = 20
Send = Callable[[Event], bool]


def tell(kind: str, order_no: str, now: datetime, **data: object) -> None:
    """Queue one event, in the transaction of the change it tells of."""
    Event.objects.create(id=f"evt_{uuid4().hex}", type=kind, order_no=order_no, at=now, data=data, next_at=now)


def send_due(send: Send, now: datetime) -> int:
    """Send what is due, oldest first, and return how many arrived.

    An event the centre refuses waits alone; where nobody answers at all (`send` raises Unavailable) everything waits.
    """
    arrived = 0
    for event in Event.objects.filter(next_at__lte=now).order_by("at", "id")[:BATCH]:
        try:
            has_arrived = send(event)
        except Unavailable:
            _put_off(event, now)
            Event.objects.filter(next_at__lte=now).update(next_at=_next(event, now))
            break
        if not has_arrived:
            _put_off(event, now)
            continue
        Event.objects.filter(pk=event.pk).update(next_at=None, sent_at=now, tries=event.tries + 1)
        arrived += 1
    return arrived


def _put_off(event: Event, now: datetime) -> None:
    Event.objects.filter(pk=event.pk).update(tries=event.tries + 1, next_at=_next(event, now))


def _next(event: Event, now: datetime) -> datetime:
    return now + timedelta(seconds=min(GROWTH ** min(event.tries, 40), LONGEST_PAUSE_S))
