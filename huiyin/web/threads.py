"""Django in a fixed number of threads behind the event loop; no client can hold a thread by being slow.

An answer that is complete at once goes to its thread and back with one hand-over each way; a2wsgi's own middleware
hands over every message, which cost twice as much (0.30 instead of 0.15 ms of a processor a request).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from a2wsgi.wsgi import build_environ

from huiyin.web.asgi_types import Message, Receive, Scope, Send
from huiyin.web.turned_away import TurnedAway

log = logging.getLogger(__name__)
# So many complete requests may wait for each thread; beyond that an honest "busy" is kinder than a long silence.
LINE_PER_THREAD = 32
PIECE = 256 * 1024  # of a long answer, between two visits of a thread
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Threads:
    """Runs a WSGI application. `patience`: seconds a client may leave its answer untouched before it loses it."""

    def __init__(self, wsgi: Wsgi, count: int, *, patience: float = 30.0) -> None:
        self.wsgi = wsgi
        self.pool = ThreadPoolExecutor(count, thread_name_prefix="django")
        self.most = count * LINE_PER_THREAD
        self.patience = patience
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.inside >= self.most:
            raise TurnedAway(503)
        self.inside += 1
        try:
            with await _body(receive) as body:
                environ: Any = build_environ(scope, body)  # type: ignore[arg-type]  # loose scope, any readable body
                await self._answer(environ, patient(send, self.patience))
        finally:
            self.inside -= 1

    async def _answer(self, environ: dict[str, Any], send: Send) -> None:
        visit = asyncio.get_running_loop().run_in_executor
        answer = _Answer()
        try:
            await visit(self.pool, answer.begin, self.wsgi, environ)
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            while not answer.is_over:
                await send({"type": "http.response.body", "body": answer.piece, "more_body": True})
                await visit(self.pool, answer.go_on)
            await send({"type": "http.response.body", "body": answer.piece})
        finally:
            if not answer.is_over:  # the server stops, or the application failed in the middle
                self.pool.submit(answer.close)


class _Answer:
    """What a WSGI application answers, piece by piece. Everything here runs in a thread of the pool."""

    def __init__(self) -> None:
        self.status, self.headers = 500, list[tuple[bytes, bytes]]()
        self.piece, self.is_over = b"", False
        self._all: Iterable[bytes] = ()
        self._left: Iterator[bytes] = iter(())

    def begin(self, wsgi: Wsgi, environ: dict[str, Any]) -> None:
        self._all = wsgi(environ, self._start)
        self._left = iter(self._all)
        self.go_on()

    def go_on(self) -> None:
        """Take the next piece; at the end close the answer, as Django needs it to be in its thread."""
        found, size = [], 0
        for part in self._left:
            found.append(part)
            if (size := size + len(part)) >= PIECE:
                break
        else:
            self.close()
        self.piece = b"".join(found)

    def close(self) -> None:
        self.is_over = True
        close = getattr(self._all, "close", None)
        if close is not None:
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], _fault: Any = None) -> None:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def _body(receive: Receive) -> IO[bytes]:
    """The whole body, which the gate holds already; a large one in a nameless file."""
    message = await receive()
    if not message.get("more_body"):
        return BytesIO(message.get("body", b""))
    body: IO[bytes] = SpooledTemporaryFile(PIECE)  # noqa: SIM115  (the caller closes it)
    body.write(message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        body.write(message.get("body", b""))
    body.seek(0)
    return body


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
