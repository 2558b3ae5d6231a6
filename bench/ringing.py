"""How soon the next caller rings at an agent who has become free: one agent, callers who wait, short talks.

The agent's own phone takes both times, so nothing that a server says about itself is believed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench import queue_app
from bench.hotline import Hotline, is_available, sign_in, station, wait_in_queue, wrap_up
from bench.sip import Leg, Message

WAITING, TALK_S = 30, (0.3, 1.3)
PATIENCE_S = 20.0
Free = Callable[[str], Awaitable[float]]


@dataclass
class Desk:
    """The agent's phone: answers at once, talks a little, hangs up, is free, and waits for the next."""

    wanted: int
    free: Free  # do what makes one free after the call with this number; when that was, by time.perf_counter
    dice: Random = field(default_factory=lambda: Random(7))
    gaps: list[float] = field(default_factory=list)
    freed_at: float = 0.0
    talks: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def ring(self, leg: Leg, invite: Message) -> None:
        now = time.perf_counter()
        if self.freed_at:
            self.gaps.append(now - self.freed_at)
        self.freed_at = 0.0
        task = asyncio.create_task(self._talk(leg, invite.get("x-huiyin-call")))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _talk(self, leg: Leg, no: str) -> None:
        await leg.answered.wait()
        await asyncio.sleep(self.dice.uniform(*TALK_S))
        await leg.bye()
        self.talks += 1
        self.freed_at = await self.free(no)  # also after the last: the next run begins with free hands
        if self.talks >= self.wanted:
            self.done.set()


async def queue_app_gaps(callers: int = WAITING) -> list[float]:
    """Seconds from the agent's BYE to the next INVITE with Asterisk's Queue(). Raises NoAsterisk."""
    with queue_app.running() as port:
        async with station(port) as (opened, _):

            async def at_once(_: str) -> float:
                return opened.hung_up_at

            desk = Desk(callers, at_once)
            await opened.register(queue_app.AGENT, queue_app.PASSWORD, desk.ring)
            legs = [await opened.call(queue_app.LINE, f"1370000{n:04}") for n in range(callers)]
            await _until_done(desk, legs)
    return desk.gaps


async def hotline_gaps(line: Hotline, person: Any, callers: int = WAITING) -> list[float]:
    """Seconds from the commit that frees the agent (wrap-up done) to the next INVITE with our own queue."""
    async with station(line.port) as (opened, sound):
        desk = Desk(callers, lambda no: asyncio.to_thread(wrap_up, no, person))
        await sign_in(opened, line, person, desk.ring)
        legs = [await wait_in_queue(opened, sound) for _ in range(callers)]
        await asyncio.to_thread(is_available, person)
        await _until_done(desk, legs)
    return desk.gaps


async def _until_done(desk: Desk, legs: list[Leg]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S + desk.wanted * (TALK_S[1] + 0.5)):
            await desk.done.wait()
    except TimeoutError:
        raise RuntimeError(f"only {desk.talks} of {desk.wanted} callers were answered") from None
    finally:
        await asyncio.gather(*(leg.bye() for leg in legs))
