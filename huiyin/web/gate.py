"""The gate in front of everything: what is too big, too slow, too long or unreadable never reaches a thread.

Bodies are taken in completely, counted as they come, before a thread is asked: a slow or vanishing sender costs a
socket and a little memory, never one of the few threads. What is larger than its room is refused before it is read.
"""

import asyncio
import contextlib
import ipaddress
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import unquote_to_bytes

from huiyin.web.asgi_types import App, Message, Receive, Scope, Send, header
from huiyin.web.turned_away import TurnedAway, answer

KB, MB = 1024, 1024 * 1024
LONGEST_ADDRESS = 8 * KB
LARGEST_HEADERS = 32 * KB
IN_MEMORY = 64 * KB
CHUNK = 256 * KB
END: Message = {"type": "http.response.body", "body": b""}
# After a refusal we go on reading for a moment and forget: closing at once resets the connection, and many
# clients then never see the answer (RFC 9112 §9.6).
LINGER_SECONDS, LINGER_BYTES = 2.0, 64 * MB
FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip"})

log = logging.getLogger(__name__)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Room:
    """What fits below a path: bytes of a body, and seconds for all of it to arrive. `*` stands for one part of it."""

    path: str
    size: int = 256 * KB
    seconds: float = 30.0

    def holds(self, path: str) -> bool:
        """Whether this path lies below ours."""
        return _pattern(self.path).match(path) is not None


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, path.split("*"))))


EVERYWHERE = Room("/")


class Gate:
    """Wraps an application; `rooms` are the exceptions to EVERYWHERE, `proxies` the networks whose word we take."""

    def __init__(self, app: App, *, rooms: Sequence[Room] = (), proxies: Sequence[str] = ()) -> None:
        self.app = app
        self.rooms = sorted((*rooms, EVERYWHERE), key=lambda room: -len(room.path))
        self.proxies = tuple(ipaddress.ip_network(proxy.strip()) for proxy in proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = as_seen_by_us(scope, self.proxies)
        try:
            check_shape(scope)
            body = await take_body(scope, receive, self._room(scope["path"]))
        except TurnedAway as refused:
            await _refuse(scope, send, refused)
            await _linger(receive)
            await send(END)
        except Vanished:
            log.debug("the sender went away in the middle of %.200s", scope["path"])
        else:
            with body:
                await self._pass(with_length(scope, body), replay(body, receive), send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        # What stands behind us may turn away too, before it answers anything: all its threads are taken.
        try:
            await self.app(scope, receive, send)
        except TurnedAway as refused:
            await _refuse(scope, send, refused)
            await send(END)

    def _room(self, path: str) -> Room:
        return next(room for room in self.rooms if room.holds(path))


async def _refuse(scope: Scope, send: Send, refused: TurnedAway) -> None:
    log.info("turned away with %s: %s %.200s", refused.status, scope["method"], scope["path"])
    await answer(scope, send, refused)


class Vanished(Exception):
    """The sender hung up before the body was complete: nobody is left to answer."""


def check_shape(scope: Scope) -> None:
    """Refuse addresses and headers that nothing behind us could read. Raises TurnedAway."""
    raw, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    if len(raw) + len(query) > LONGEST_ADDRESS:
        raise TurnedAway(414)
    if sum(len(key) + len(value) for key, value in scope["headers"]) > LARGEST_HEADERS:
        raise TurnedAway(431)
    if not (_is_text(raw) and _is_text(query)):
        raise TurnedAway(400)


def _is_text(part: bytes) -> bool:
    # PostgreSQL refuses NUL in text, so no address of ours contains one.
    try:
        return part.isascii() and "\0" not in unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        return False


async def take_body(scope: Scope, receive: Receive, room: Room) -> IO[bytes]:
    """The whole body, in memory or (larger) in a nameless file. Raises TurnedAway and Vanished."""
    claimed = header(scope, b"content-length")
    if claimed.isdigit() and int(claimed[:20]) > room.size:
        raise TurnedAway(413, limit=in_words(room.size))
    body: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    if not claimed and not header(scope, b"transfer-encoding"):
        return body
    try:
        async with asyncio.timeout(room.seconds):
            await _fill(body, receive, room)
    except TimeoutError:
        body.close()
        raise TurnedAway(408) from None
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


async def _fill(body: IO[bytes], receive: Receive, room: Room) -> None:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Vanished
        body.write(message.get("body", b""))
        if body.tell() > room.size:
            raise TurnedAway(413, limit=in_words(room.size))
        more = message.get("more_body", False)


def with_length(scope: Scope, body: IO[bytes]) -> Scope:
    """The scope with the body's true length: Django reads nothing of a chunked body, which comes without one."""
    if not header(scope, b"transfer-encoding"):
        return scope
    length = body.seek(0, 2)
    body.seek(0)
    kept = [(key, value) for key, value in scope["headers"] if key not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*kept, (b"content-length", str(length).encode())]}


def replay(body: IO[bytes], receive: Receive) -> Receive:
    """A `receive` that hands out the body we hold, then whatever else the connection says (that it ended)."""
    over = False

    async def again() -> Message:
        nonlocal over
        if over:
            return await receive()
        chunk = body.read(CHUNK)
        over = len(chunk) < CHUNK
        return {"type": "http.request", "body": chunk, "more_body": not over}

    return again


async def _linger(receive: Receive) -> None:
    left = LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def as_seen_by_us(scope: Scope, proxies: Sequence[Network]) -> Scope:
    """The scope with the true client, as told by proxies we know; what anybody else says about it is dropped.

    Header names with `_` are dropped too: WSGI cannot tell them from those with `-`.
    """
    told, client, scheme = scope["headers"], scope.get("client"), scope.get("scheme", "http")
    if proxies and _is_known(client[0] if client else "", proxies):
        hops = [hop.strip() for hop in header(scope, b"x-forwarded-for").split(",") if _is_address(hop.strip())]
        strangers = [hop for hop in hops if not _is_known(hop, proxies)]
        client = (strangers[-1], 0) if strangers else client
        scheme = "https" if header(scope, b"x-forwarded-proto").strip().lower() == "https" else scheme
    kept = [(key, value) for key, value in told if key not in FORWARDED and b"_" not in key]
    return {**scope, "headers": kept, "client": client, "scheme": scheme}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_known(address: str, proxies: Sequence[Network]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in proxies)


def in_words(size: int) -> str:
    """A size as people write it: 256 kB, 25 MB."""
    return f"{size // MB} MB" if size >= MB else f"{size // KB} kB"
