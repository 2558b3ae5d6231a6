"""Live streams of conversations: what is said, how it stands, who types, who has read, as it happens.

One per process. Nudges (`talk:{no}`) come from the hub of `live.py`; the rows are read in one statement for all
conversations that changed, and every stream takes what lies behind its own place. A nudge that was missed does no harm:
all matters that are watched are compared every two seconds, and everything is read again when the link comes back.
"""

import asyncio
import contextlib
import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from huiyin.domain.conversations.presence import SEEN_EVERY
from huiyin.lib.clock import now
from huiyin.web import live_doors as doors
from huiyin.web.asgi_types import Receive, Scope, Send, header
from huiyin.web.live import HEARTBEAT, PATIENCE, Hub
from huiyin.web.live_doors import Door
from huiyin.web.live_ears import Ear, Told, event, place_in
from huiyin.web.live_knocks import Knocks

R = TypeVar("R")
PATH = re.compile(r"/api/v1/conversations/([^/]{1,40})/events")
SWEEP_S = 2.0
BOARD_S = 1.0  # how often the places in the queues are told at most
CHECK_S = 30.0  # how often it is asked whether somebody of ours may still listen
MOST_AT_THE_DOOR = 5_000  # who wait to be let in; a look at one takes a third of a millisecond
AGAIN_S = 0.5  # after trouble with the database

log = logging.getLogger(__name__)


class Talks:
    """All open streams of conversations in this process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.ears: defaultdict[str, set[Ear]] = defaultdict(set)
        self.ids: dict[str, int] = {}
        self.heads: dict[str, int] = {}
        self.waiting: set[str] = set()  # conversations that wait in a queue
        self.dirty: set[str] = set()
        self.stirred = asyncio.Event()
        self.board_stirred = asyncio.Event()
        self.news_thread = ThreadPoolExecutor(1, "live: news")
        self.door_thread = ThreadPoolExecutor(1, "live: doors")
        self.knocking = 0
        self.knocks = Knocks()
        self.tasks: list[asyncio.Task[None]] = []
        hub.listeners.append(self)

    def start(self) -> None:
        """Begin to hear, in the running event loop."""
        loops = (self._tell_news, self._sweep, self._tell_places, self._note_presence, self._check_staff)
        self.tasks = [asyncio.create_task(one(), name=f"live: {one.__name__}") for one in loops]

    async def stop(self) -> None:
        """End all streams and the threads that read for them."""
        self.closing()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for thread in (self.news_thread, self.door_thread):
            thread.shutdown(wait=False, cancel_futures=True)

    def heard(self, topic: str) -> None:
        """A nudge: a conversation changed, somebody types, or a queue moved."""
        kind, _, name = topic.partition(":")
        if kind == "talk" and name in self.ears:
            self._look_at([name])
        elif kind == "typing":
            self._typing(*name.partition(".")[::2])
        elif kind == "queue" and self.waiting:
            self.board_stirred.set()

    def missed(self) -> None:
        """Nudges may have been missed: look at everything."""
        self._look_at(self.ears)

    def closing(self) -> None:
        """End all streams at once; whoever comes back meets whoever serves then."""
        for ear in self._all():
            ear.put(event("bye", {}))
            ear.leave()

    def count(self) -> int:
        """Open streams."""
        return sum(map(len, self.ears.values()))

    @contextlib.contextmanager
    def seat(self, ear: Ear, pk: int) -> Iterator[None]:
        """Let the ear hear as long as the block runs."""
        self.ears[ear.no].add(ear)
        self.ids[ear.no] = pk
        try:
            self._look_at([ear.no])
            yield
        finally:
            self._forget(ear)

    def _forget(self, ear: Ear) -> None:
        self.ears[ear.no].discard(ear)
        if not self.ears[ear.no]:
            for known in (self.ears, self.ids, self.heads):
                known.pop(ear.no, None)
            self.waiting.discard(ear.no)

    def _all(self) -> Iterable[Ear]:
        return [ear for ears in self.ears.values() for ear in ears]

    def _look_at(self, numbers: Iterable[str]) -> None:
        self.dirty.update(numbers)
        self.stirred.set()

    def _typing(self, no: str, side: str) -> None:
        said = event("typing", {"author": side})
        for ear in self.ears.get(no, ()):
            if ear.is_buyer != (side == "buyer"):
                ear.put(said)

    async def _tell_news(self) -> None:
        while True:
            await self.stirred.wait()
            self.stirred.clear()
            numbers, self.dirty = self.dirty & self.ears.keys(), set()
            if numbers and not await self._read(numbers):
                await asyncio.sleep(AGAIN_S)
                self._look_at(numbers)

    async def _read(self, numbers: set[str]) -> bool:
        # one whose line is full asks again when it has room; waiting for it would hold up all who keep up
        places = {no: [ear.seq for ear in self.ears[no] if not ear.is_behind] for no in numbers}
        wanted = {no: min(seqs) for no, seqs in places.items() if seqs}
        if not wanted:
            return True
        news = await self._in(self.news_thread, lambda: doors.read_news(wanted, frozenset(wanted)))
        for no, one in (news or {}).items():
            self._hand_out(no, one)
        return news is not None

    def _hand_out(self, no: str, news: Told) -> None:
        ears = self.ears.get(no)
        if not ears:
            return
        self.heads[no] = news.standing.head
        (self.waiting.add if news.standing.state == "queued" else self.waiting.discard)(no)
        for ear in ears:
            ear.hear(news)
            ear.tell("state", news.state)
            ear.tell("read", news.read)
        if any(not ear.is_behind and (news.is_more or ear.seq < news.after) for ear in ears):
            self._look_at([no])

    async def _sweep(self) -> None:
        """Nudges are hints: compare what is watched with its rows."""
        while True:
            await asyncio.sleep(SWEEP_S)
            heads = dict(self.heads)
            if heads and (moved := await self._in(self.news_thread, lambda: doors.moved(heads))):  # noqa: B023
                self._look_at(moved)

    async def _tell_places(self) -> None:
        """A queue moved: everybody who waits hears their new place."""
        while True:
            await self.board_stirred.wait()
            self.board_stirred.clear()
            self._look_at(self.waiting)
            await asyncio.sleep(BOARD_S)

    async def _check_staff(self) -> None:
        """Whoever works here may be put off a conversation, or leave us, while they listen. A buyer's token stands."""
        while True:
            await asyncio.sleep(CHECK_S)
            ours = [ear for ear in self._all() if not ear.is_buyer]
            listening: defaultdict[str, set[str]] = defaultdict(set)
            for ear in ours:
                listening[ear.authorization].add(ear.no)
            off = await self._in(self.door_thread, lambda: doors.put_off(listening))  # noqa: B023
            for ear in ours:
                if off and ear.no in off[ear.authorization]:
                    ear.put(event("bye", {}))
                    ear.leave()

    async def _note_presence(self) -> None:
        while True:
            await asyncio.sleep(SEEN_EVERY.total_seconds())
            here = [self.ids[no] for no, ears in self.ears.items() if any(ear.is_buyer for ear in ears)]
            if here:
                await self._in(self.door_thread, lambda: doors.note_seen(here, now()))  # noqa: B023

    async def _in(self, thread: ThreadPoolExecutor, read: Callable[[], R]) -> R | None:
        """None where the database was away: whoever asked asks again."""
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, read)
        except Exception as trouble:  # a daemon loop: one failed look must not end the streams
            log.warning("live: could not read conversations (%s)", str(trouble)[:200])
            return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, no: str) -> None:
        """Answer one request for the stream of a conversation."""
        address = (scope.get("client") or ("",))[0]
        if (status := self._why_not_now(address)) is not None:
            return await refuse(send, status, b"", retry_after=b"5")
        with self.hub.counted(address):  # who knocks counts: a thousand at once are no line before everybody else
            await self._let_in(scope, receive, send, no, address)

    def _why_not_now(self, address: str) -> int | None:
        if self.hub.is_closing or self.knocking >= MOST_AT_THE_DOOR:
            return 503
        return 429 if self.hub.is_full_for(address) or self.knocks.are_enough(address, time.monotonic()) else None

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, no: str, address: str) -> None:
        authorization, language = header(scope, b"authorization"), header(scope, b"accept-language")
        door = await self._ask(no, authorization, language)
        if door is None:
            return await refuse(send, 503, b"", retry_after=b"5")
        if door.status != 200:
            self.knocks.note(address, time.monotonic())
            return await refuse(send, door.status, door.problem)
        ear = self._ear(door, address, header(scope, b"last-event-id"), authorization)
        await self._listen(ear, door, receive, send)

    async def _ask(self, no: str, authorization: str, language: str) -> Door | None:
        """Who may come in; None where the database is away."""
        if (closed := doors.closed_at_once(no, authorization, language)) is not None:
            return closed
        self.knocking += 1
        try:
            return await self._in(self.door_thread, lambda: doors.door_for(no, authorization, language))
        finally:
            self.knocking -= 1

    def _ear(self, door: Door, address: str, last_event_id: str, authorization: str) -> Ear:
        seq = place_in(last_event_id, door.newest)
        return Ear(door.no, address, door.sees_notes, door.is_buyer, seq, "" if door.is_buyer else authorization)

    async def _listen(self, ear: Ear, door: Door, receive: Receive, send: Send) -> None:
        ear.put(event("hello", {"id": ear.no, "after": ear.seq}))
        with self.seat(ear, door.pk):
            watch = asyncio.create_task(_until_gone(receive, ear))
            try:
                await self._send_all(ear, send)
            finally:
                watch.cancel()

    async def _send_all(self, ear: Ear, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(PATIENCE):
                    await send({"type": "http.response.body", "body": ear.take() or QUIET, "more_body": True})
                if ear.is_behind:
                    ear.is_behind = False
                    self._look_at([ear.no])
                if ear.is_gone and not ear.line:
                    break
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT):
                        await ear.stirred.wait()
            async with asyncio.timeout(PATIENCE):
                await send({"type": "http.response.body", "body": b""})


QUIET = b": still here\n\n"
STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def _until_gone(receive: Receive, ear: Ear) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    ear.line.clear()
    ear.leave()


async def refuse(send: Send, status: int, problem: bytes, *, retry_after: bytes = b"") -> None:
    """A short answer instead of a stream."""
    headers = [(b"content-length", str(len(problem)).encode()), (b"cache-control", b"no-store")]
    headers += [(b"content-type", doors.PROBLEM_KIND)] if problem else []
    headers += [(b"retry-after", retry_after)] if retry_after else []
    headers += [(b"www-authenticate", b"Bearer")] if status == 401 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": problem})
