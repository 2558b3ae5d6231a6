"""Whether the hotline of this instance answers right now: the one place where that is asked. Read only.

It is on while Asterisk answers and a switchboard is at work: Asterisk alone would let callers hear music for ever.
Every page asks, so nobody waits for an engine that hangs: it is asked in a thread of its own, and what was seen last
counts meanwhile, for a few seconds.
"""

import http.client
import os
import threading
import time
from base64 import b64encode
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from django.db import Error as DatabaseTrouble

from huiyin.adapters.asterisk.paths import SWITCHBOARD_LOCK, USER, find_engine, read_note, var_of_ours
from huiyin.lib.postgresql.locks import is_held

PATIENCE_S = 0.5  # for Asterisk to answer, which takes one millisecond
KEPT_S = 1.0  # many ask, one looks
COUNTS_S = 5.0  # what was seen this lately counts until the next answer is there
WAIT_S = 0.04  # so long a request waits where nothing is known
LONGEST_REASON = 300


@dataclass(frozen=True)
class Standing:
    """What is said about the hotline. `why` it is off: no_engine (`hotline.json` says more), engine_away or
    switchboard_away."""

    is_on: bool
    why: str = ""
    sip_uri: str | None = None
    ws_uri: str | None = None


@dataclass
class Seen:
    """What was seen of something, and when, on the clock that never jumps."""

    is_there: bool = False
    at: float = float("-inf")

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.at


@dataclass
class Watch:
    """One engine, as this process knows it."""

    url: str
    engine: Seen = field(default_factory=Seen)
    switchboard: Seen = field(default_factory=Seen)
    _asking: Future[bool] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answers(self) -> bool:
        """Whether Asterisk answers, as far as is known within `WAIT_S`."""
        if self.engine.age_s <= KEPT_S:
            return self.engine.is_there
        asking = self._ask()
        if self.engine.age_s > COUNTS_S:
            wait_for([asking], timeout=WAIT_S)
        return self.engine.is_there and self.engine.age_s <= COUNTS_S

    def _ask(self) -> Future[bool]:
        with self._lock:
            if self._asking is None or self._asking.done():
                self._asking = _asker().submit(self._look)
            return self._asking

    def _look(self) -> bool:
        there = ping(self.url)
        self.engine = Seen(there, time.monotonic())
        return there

    def is_switched(self) -> bool:
        """Whether a switchboard is at work, at most a second old. Without a database nobody takes a call; the page that
        says so must not fail for it."""
        if self.switchboard.age_s > KEPT_S:
            try:
                there = is_held(SWITCHBOARD_LOCK)
            except DatabaseTrouble:
                return False
            self.switchboard = Seen(there, time.monotonic())
        return self.switchboard.is_there


@cache
def _asker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="hotline-standing")


@cache
def watch_of(url: str) -> Watch:
    """This process's watch of one engine."""
    return Watch(url)


def standing() -> Standing:
    """How the hotline stands. Never waits longer than `WAIT_S`."""
    engine = find_engine()
    if engine is None:
        return Standing(is_on=False, why="no_engine")
    watch = watch_of(engine.ari_url)
    if not watch.answers():
        return Standing(is_on=False, why="engine_away")
    if not watch.is_switched():
        return Standing(is_on=False, why="switchboard_away")
    return Standing(is_on=True, sip_uri=engine.sip_uri, ws_uri=os.environ.get("HUIYIN_WS_URL") or engine.ws_url)


def reason() -> str:
    """Why this instance has no engine, in words for whoever runs it (`hotline.json`); empty while there is one."""
    known = read_note(var_of_ours())
    return "" if known.get("state") == "on" else str(known.get("why", ""))[:LONGEST_REASON]


def ping(url: str) -> bool:
    """Whether this Asterisk answers within our patience."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    try:
        line.request("GET", "/ari/asterisk/ping", headers={"Authorization": _sign(), "Connection": "close"})
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _sign() -> str:
    password = os.environ.get("HUIYIN_ARI_PASSWORD", "")
    return "Basic " + b64encode(f"{USER}:{password}".encode()).decode()
