"""How soon the next caller rings at an agent who has become free: one agent, callers who wait, short talks.

The agent's own phone takes both times, so nothing that a server says about itself is believed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from bench import queue_app
from bench.rtp import Sound
from bench.sip import Leg, Message, Station

WAITING, TALK_S = 30, (0.3, 1.3)
PATIENCE_S = 20.0
Free = Callable[[], Awaitable[float]]


@dataclass
class Desk:
    """The agent's phone: answers at once, talks a little, hangs up, is free, and waits for the next."""

    wanted: int
    free: Free  # do what makes one free after a call; when that was, by time.perf_counter
    dice: Random = field(default_factory=lambda: Random(7))
    gaps: list[float] = field(default_factory=list)
    freed_at: float = 0.0
    talks: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def ring(self, leg: Leg, _: Message) -> None:
        now = time.perf_counter()
        if self.freed_at:
            self.gaps.append(now - self.freed_at)
        self.freed_at = 0.0
        task = asyncio.create_task(self._talk(leg))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _talk(self, leg: Leg) -> None:
        await leg.answered.wait()
        await asyncio.sleep(self.dice.uniform(*TALK_S))
        await leg.bye()
        self.talks += 1
        if self.talks >= self.wanted:
            self.done.set()
            return
        self.freed_at = await self.free()


async def queue_app_gaps(callers: int = WAITING) -> list[float]:
    """Seconds from the agent's BYE to the next INVITE with Asterisk's Queue(). Raises NoAsterisk."""
    with queue_app.running() as port:
        sound = await asyncio.to_thread(Sound)
        station = await Station(port, sound.port).open()
        try:
            return await _measure(station, callers)
        finally:
            station.close()
            sound.close()


async def _measure(station: Station, callers: int) -> list[float]:
    async def at_once() -> float:
        return station.hung_up_at

    desk = Desk(callers, at_once)
    await station.register(queue_app.AGENT, queue_app.PASSWORD, desk.ring)
    legs = [await station.call(queue_app.LINE, f"1380000{n:04}") for n in range(callers)]
    async with asyncio.timeout(PATIENCE_S + callers * (TALK_S[1] + 1.0)):
        await desk.done.wait()
    await asyncio.gather(*(leg.bye() for leg in legs))
    return desk.gaps
