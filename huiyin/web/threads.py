"""Django in a fixed number of threads behind the event loop; no client can hold a thread by being slow."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from a2wsgi import WSGIMiddleware

from huiyin.web.asgi_types import Message, Receive, Scope, Send
from huiyin.web.turned_away import TurnedAway

log = logging.getLogger(__name__)
# So many complete requests may wait for each thread; beyond that an honest "busy" is kinder than a long silence.
LINE_PER_THREAD = 32


class Threads:
    """Runs a WSGI application. `patience`: seconds a client may leave its answer untouched before it loses it."""

    def __init__(self, wsgi: Callable[..., Any], count: int, *, patience: float = 30.0) -> None:
        self.wsgi: Callable[..., Any] = WSGIMiddleware(wsgi, workers=count, send_queue_size=8)
        self.most = count * LINE_PER_THREAD
        self.patience = patience
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.inside >= self.most:
            raise TurnedAway(503)
        self.inside += 1
        try:
            await self.wsgi(scope, receive, patient(send, self.patience))
        finally:
            self.inside -= 1


def patient(send: Send, seconds: float) -> Send:
    """A `send` that waits so long for a slow reader and from then on drops everything, so that the thread gets free.

    It must not raise: the thread would wait for ever for somebody to take what it has written."""
    is_lost = False

    async def send_or_drop(message: Message) -> None:
        nonlocal is_lost
        if is_lost:
            return
        try:
            async with asyncio.timeout(seconds):
                await send(message)
        except TimeoutError:
            is_lost = True
            log.warning("a client did not take its answer within %s s", seconds)

    return send_or_drop
