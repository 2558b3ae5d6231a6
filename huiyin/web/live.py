"""Live streams: one raw ASGI function that tells browsers which topics changed. No Django, no database per stream.

A page carries a signed list of topics; the browser sends it in the header `Huiyin-Topics` and reads the answer, an
event stream, with `fetch()`. Events say *that* something changed, never what; the page then fetches its fragment again.
One connection per process listens to PostgreSQL; `docs/explanation/live-updates.md` tells the whole way of a change.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg
from django.core import signing

from huiyin.domain.journal.nudges import CHANNEL, LONGEST_WAIT, TOPIC, lasting
from huiyin.web.asgi_types import Receive, Scope, Send, header

HALF_A_DAY = 12 * 3600
MOST_LISTS, MOST_TOPICS = 32, 400
WAITING = 64
HEARTBEAT = 15.0
# A reader that takes nothing for this long is gone or asleep; it finds out and comes back.
PATIENCE = 30.0
SALT = "huiyin.live"

log = logging.getLogger(__name__)


def sign_topics(topics: Iterable[str], audience: str, ttl: int = HALF_A_DAY) -> str:
    """A list of topics its bearer may watch for `ttl` seconds; `audience` says who was given it (`staff:7`)."""
    wanted = sorted(set(topics))
    if wrong := [topic for topic in wanted if not TOPIC.fullmatch(topic)]:
        raise ValueError(f"not a topic: {wrong}")
    return signing.dumps({"t": wanted, "a": audience, "e": int(time.time()) + ttl}, salt=SALT, compress=True)


@dataclass(frozen=True)
class Grant:
    """What a reader may watch, for whom, until when (seconds since 1970)."""

    topics: frozenset[str]
    audience: str
    until: int


def read_grant(lists: str, now: float) -> Grant | None:
    """Join signed lists (comma between them: one per open tab). None if any is forged, expired, or there are too many.

    The joined grant ends when its first list ends."""
    tokens = [token.strip() for token in lists.split(",")]
    if len(tokens) > MOST_LISTS:
        return None
    try:
        parts: list[dict[str, Any]] = [signing.loads(token, salt=SALT) for token in tokens]
    except signing.BadSignature:
        return None
    topics = frozenset(topic for part in parts for topic in part["t"])
    until = min(part["e"] for part in parts)
    if until <= now or len(topics) > MOST_TOPICS:
        return None
    return Grant(topics, "+".join(sorted({part["a"] for part in parts})), until)


def event(name: str, **data: str) -> bytes:
    """One event of the stream. What will carry messages puts its `id:` line here."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


@dataclass(eq=False)
class Reader:
    """One open stream: what waits to be sent, at most WAITING events, none twice."""

    grant: Grant
    address: str
    waiting: dict[bytes, None] = field(default_factory=dict)
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    is_gone: bool = False

    def tell(self, what: bytes) -> None:
        """Put an event in line, unless it ends. When the line is full, one "reload" stands for everything in it."""
        if self.is_gone:
            return
        if len(self.waiting) >= WAITING and what not in self.waiting:
            self.waiting.clear()
            what = event("reload")
        self.waiting[what] = None
        self.stirred.set()

    def leave(self) -> None:
        """End the stream after what is in line."""
        self.is_gone = True
        self.stirred.set()

    def take(self) -> bytes:
        """What is in line, all of it."""
        taken = b"".join(self.waiting)
        self.waiting.clear()
        self.stirred.clear()
        return taken


class Listener(Protocol):
    """Somebody else in this process who lives by the same nudges."""

    def heard(self, topic: str) -> None: ...
    def missed(self) -> None: ...
    def closing(self) -> None: ...


class Hub:
    """All readers of this process and the one connection that hears the nudges for them."""

    def __init__(self, url: Callable[[], str], *, per_address: int, at_most: int) -> None:
        self.url = url
        self.per_address = per_address
        self.at_most = at_most
        self.readers: set[Reader] = set()
        self.by_topic: defaultdict[str, set[Reader]] = defaultdict(set)
        self.by_address: Counter[str] = Counter()
        self.listeners: list[Listener] = []
        self.is_listening = False
        self.is_closing = False
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen, in the running event loop."""
        self.task = asyncio.create_task(self._listen(), name="live: listen")

    async def stop(self) -> None:
        """Tell every reader to come back later, to whoever serves then, and stop listening."""
        self.close()
        if self.task:
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.task

    def close(self) -> None:
        """End all streams; a server that drains its connections would wait for them for ever."""
        self.is_closing = True
        for listener in self.listeners:
            listener.closing()
        for reader in self.readers:
            reader.tell(event("bye"))
            reader.leave()

    def changed(self, topic: str) -> None:
        """Tell the readers of a topic."""
        for listener in self.listeners:
            listener.heard(topic)
        if readers := self.by_topic.get(topic):
            news = event("changed", topic=topic)
            for reader in readers:
                reader.tell(news)

    def missed_something(self) -> None:
        """Tell every reader to fetch everything again."""
        for listener in self.listeners:
            listener.missed()
        for reader in self.readers:
            reader.tell(event("reload"))

    def is_full_for(self, address: str) -> bool:
        """Whether one more stream from this address would be too many."""
        return self.by_address.total() >= self.at_most or self.by_address[address] >= self.per_address

    @contextlib.contextmanager
    def counted(self, address: str) -> Iterator[None]:
        """One more stream from this address, of whatever kind, as long as the block runs."""
        self.by_address[address] += 1
        try:
            yield
        finally:
            self.by_address[address] -= 1
            if not self.by_address[address]:
                del self.by_address[address]

    @contextlib.contextmanager
    def seat(self, reader: Reader) -> Iterator[None]:
        """Keep the reader among those who are told, as long as the block runs."""
        self.readers.add(reader)
        for topic in reader.grant.topics:
            self.by_topic[topic].add(reader)
        with self.counted(reader.address):
            try:
                yield
            finally:
                self._forget(reader)

    def _forget(self, reader: Reader) -> None:
        self.readers.discard(reader)
        for topic in reader.grant.topics:
            self.by_topic[topic].discard(reader)
            if not self.by_topic[topic]:
                del self.by_topic[topic]

    async def _listen(self) -> None:
        wait = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(lasting(self.url()), autocommit=True) as link:
                    await link.execute(f"LISTEN {CHANNEL}")
                    wait = 0.1
                    self.is_listening = True
                    self.missed_something()
                    async for note in link.notifies():
                        self.changed(note.payload)
            except Exception as trouble:  # a daemon loop: whatever happened, listen again
                log.warning("live: the database is away (%s), asking again in %.1f s", trouble, wait)
            self.is_listening = False
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


async def stream(hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request to `/live`: 403 without a good list, 429 when there are too many, else the stream."""
    grant = read_grant(header(scope, b"huiyin-topics"), time.time())
    address = (scope.get("client") or ("",))[0]
    if grant is None:
        return await _short(send, 403, b"")
    if hub.is_closing or hub.is_full_for(address):
        log.warning("live: no more streams for %s (%s)", address, grant.audience)
        return await _short(send, 503 if hub.is_closing else 429, b"5")
    reader = Reader(grant, address)
    with hub.seat(reader):
        watch = asyncio.create_task(_until_gone(receive, reader))
        try:
            await _tell_all(reader, send)
        finally:
            watch.cancel()


async def _tell_all(reader: Reader, send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    reader.tell(event("hello"))
    with contextlib.suppress(TimeoutError):
        while True:
            await _send_within(send, reader.take() or b": still here\n\n")
            if reader.is_gone and not reader.waiting:
                break
            await _stir(reader)
        await _send_within(send, b"", more=False)


async def _stir(reader: Reader) -> None:
    left = reader.grant.until - time.time()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, min(HEARTBEAT, left))):
            await reader.stirred.wait()
    if time.time() >= reader.grant.until and not reader.is_gone:
        reader.tell(event("expired"))
        reader.leave()


async def _send_within(send: Send, body: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(PATIENCE):
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _until_gone(receive: Receive, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.waiting.clear()
    reader.leave()


async def _short(send: Send, status: int, retry_after: bytes) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    if retry_after:
        headers.append((b"retry-after", retry_after))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
