"""What runs beside the demo shop's web server: the clockwork (settle, deliver, refund) and the postman (events)."""

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
from django.conf import settings

from huiyin.demo.actions import do_what_is_due
from huiyin.demo.faults import Trouble, is_on
from huiyin.demo.models import Event
from huiyin.demo.outbox import send_due
from huiyin.lib.errors import Unavailable
from huiyin.lib.signing import Message, ShopKey, signed_headers

BEAT_S = 0.25
EVENTS_PATH = "/api/v1/shop/events"
log = logging.getLogger("huiyin.demo")


def start(stop: threading.Event) -> list[threading.Thread]:
    """Start both loops; they end soon after `stop` is set."""
    client = httpx.Client(timeout=5, trust_env=False)
    loops = (lambda: do_what_is_due(datetime.now(UTC)), lambda: _post(client))
    threads = [threading.Thread(target=_repeat, args=(loop, stop), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    return threads


def _repeat(beat: Callable[[], object], stop: threading.Event) -> None:
    while not stop.wait(BEAT_S):
        try:
            beat()
        except Exception:  # a daemon loop: one bad beat must not end the clockwork
            log.exception("a beat of the demo shop failed")


def _post(client: httpx.Client) -> None:
    if not is_on(Trouble.NO_EVENTS):
        send_due(lambda event: send(event, client), datetime.now(UTC))


def send(event: Event, client: httpx.Client) -> bool:
    """Send one event, signed. True when the centre has it; raises Unavailable when it does not answer."""
    told = {"id": event.id, "type": event.type, "order_no": event.order_no, "at": event.at.isoformat()}
    body = json.dumps(told | {"data": event.data}, ensure_ascii=False).encode()
    key = ShopKey(settings.SHOP_KEY_ID, settings.SHOP_SECRET)
    request = client.build_request("POST", settings.HUIYIN_URL + EVENTS_PATH, content=body)
    message = Message("POST", request.url.raw_path.decode(), body)
    request.headers.update(signed_headers(message, key, datetime.now(UTC)))
    request.headers["Content-Type"] = "application/json"
    try:
        return client.send(request).is_success
    except httpx.TransportError as fault:
        raise Unavailable(str(fault)) from fault
