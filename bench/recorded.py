"""Many calls at once, each recorded on both sides: does any sound come late or not at all?

As many agents as callers, all with SIP phones. Everybody speaks all the time. What each phone hears is counted by the
kernel's clock; afterwards every call must have a closed recording that is as long as the talk.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from bench.hotline import Hotline, hire, is_available, sign_in, station, wait_in_queue
from bench.machine import observed
from bench.rtp import Sound
from bench.sip import Leg, Message

CALLS, TALK_S, PER_S = 100, 20.0, 8.0
ALL_TALK_WITHIN_S, CLOSED_WITHIN_S = 60.0, 20.0
ANNOUNCED_S = 8.0  # until notice and agent's number are said: what is mixed with them cannot say when it was sent
SHORT_BY_S = 2.5  # a recording may miss so much of the talk
MOST_LOST, MOST_JITTER_MS = 0.001, 20.0


@dataclass
class Floor:
    """All agents' phones: they answer at once."""

    sound: Sound
    legs: list[Leg] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    async def ring(self, leg: Leg, invite: Message) -> None:
        leg.stream = self.sound.begin(leg.sound_port)
        self.legs.append(leg)
        self.numbers.append(invite.get("x-huiyin-call"))


async def run(line: Hotline, calls: int = CALLS, seconds: float = TALK_S) -> dict[str, Any]:
    """Figures of so many talks at once; `concurrent_recorded` is how many of them were recorded whole."""
    people = await asyncio.to_thread(hire, calls)
    async with station(line.port) as (opened, sound):
        floor = Floor(sound)
        for person in people:
            await sign_in(opened, line, person, floor.ring)
            await asyncio.to_thread(is_available, person)
        callers = await _callers(opened, sound, floor, calls)
        await asyncio.sleep(ANNOUNCED_S)
        sound.told()  # what was counted while it filled is not what is asked
        with observed() as machine:
            await asyncio.sleep(seconds)
        heard = sound.told()
        await asyncio.gather(*(leg.bye() for leg in callers))
        recordings = await _recordings(line, floor.numbers)
    both = [one.stream for one in (*callers, *floor.legs)]
    return _figures([heard[n] for n in both if n in heard], recordings, seconds) | {
        "talking": len(floor.legs), "busy_percent": machine.facts()["busy_percent"],
        "steal_percent": machine.facts()["steal_percent"],
    }  # fmt: skip


async def _callers(opened: Any, sound: Sound, floor: Floor, calls: int) -> list[Leg]:
    """All of them, as soon as all of them talk, or as many as do within the time."""
    begun = time.monotonic()

    async def one(number: int) -> Leg:
        await asyncio.sleep(number / PER_S)
        return await wait_in_queue(opened, sound)

    legs = await asyncio.gather(*(one(number) for number in range(calls)))
    while len(floor.legs) < calls and time.monotonic() < begun + ALL_TALK_WITHIN_S:
        await asyncio.sleep(0.1)
    return legs


async def _recordings(line: Hotline, numbers: list[str]) -> list[tuple[str, float, list[str], float]]:
    """State, seconds, flags and seconds of talk of each, as soon as all are closed."""
    end = time.monotonic() + CLOSED_WITHIN_S
    while True:
        rows = await asyncio.to_thread(
            line.rows,
            "SELECT recording.state, seconds, flags, extract(epoch FROM call.ended_at - call.answered_at)::float"
            " FROM voice_recording AS recording JOIN voice_call AS call ON call.id = recording.call_id"
            " JOIN journal_matter AS matter ON matter.id = call.matter_id WHERE matter.no = ANY (%s)",
            numbers,
        )
        closed = [row for row in rows if row[0] != "open"]
        if len(closed) == len(numbers) or time.monotonic() > end:
            return [(str(row[0]), float(row[1]), list(row[2]), float(row[3] or 0)) for row in closed]
        await asyncio.sleep(0.2)


def _figures(
    heard: list[dict[str, float]], recordings: list[tuple[str, float, list[str], float]], seconds: float
) -> dict[str, Any]:
    packets, lost = sum(one["packets"] for one in heard), sum(one["lost"] for one in heard)
    whole = [one for one in recordings if one[1] >= one[3] - SHORT_BY_S and not one[2]]
    jitter, transit = (sorted(one[f"worst_{what}_ms"] for one in heard) or [0.0] for what in ("jitter", "transit"))
    return {
        "concurrent_recorded": len(whole), "recordings": len(recordings), "talk_s": seconds, "packets": packets,
        "lost": lost, "late": sum(one["late"] for one in heard), "jitter_p50_ms": jitter[len(jitter) // 2],
        "jitter_p99_ms": jitter[int(len(jitter) * 0.99)], "worst_transit_p50_ms": transit[len(transit) // 2],
        "worst_transit_ms": transit[-1],
        "is_sound_whole": lost <= packets * MOST_LOST and jitter[int(len(jitter) * 0.99)] <= MOST_JITTER_MS,
    }  # fmt: skip
