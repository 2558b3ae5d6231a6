"""Calls set up: INVITE, answer, the first word, a key in the menu, a place in the queue with all rows written.

An open loop: calls begin at their instants, whether or not earlier ones have been answered. A call counts once its rows
say that it waits in a queue; then the caller hangs up, and the rows must say that, too.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from bench.hotline import LINE, LISTENS_S, TO_PERSON, Hotline, new_number, station
from bench.machine import observed
from bench.openloop import spread
from bench.rtp import Sound
from bench.sip import Refused, Silent, Station

RATE, SECONDS = 45.0, 8.0
STAYS_S = 2.0  # after the key
LAST_ROWS_S = 20.0


@dataclass
class Called:
    """What one caller saw. Times of `time.time`."""

    number: str
    begun_at: float
    stream: int = 0
    answered_s: float = 0.0
    failed: str = ""


async def run(line: Hotline, rate: float = RATE, seconds: float = SECONDS) -> dict[str, Any]:
    """One run's figures, milliseconds."""
    async with station(line.port) as (opened, sound):
        with observed() as machine:
            begun = time.time()
            calls = [_call_at(opened, sound, begun + n / rate) for n in range(int(rate * seconds))]
            called = await asyncio.gather(*calls)
            rows = await _rows_of(line, called)
        heard = sound.told()
    facts = machine.facts()
    return _figures(called, rows, heard, begun) | {
        "busy_percent": facts["busy_percent"], "steal_percent": facts["steal_percent"],
    }  # fmt: skip


async def _call_at(opened: Station, sound: Sound, instant: float) -> Called:
    await asyncio.sleep(max(0.0, instant - time.time()))
    one = Called(new_number(), instant)
    try:
        leg = await opened.call(LINE, one.number)
    except (Refused, Silent) as no:
        one.failed = repr(no.args[0])
        return one
    one.answered_s, one.stream = time.time() - instant, sound.begin(leg.sound_port)
    await asyncio.sleep(LISTENS_S)
    sound.press(one.stream, TO_PERSON)
    await asyncio.sleep(STAYS_S)
    sound.end(one.stream)
    await leg.bye()
    return one


async def _rows_of(line: Hotline, called: list[Called]) -> dict[str, tuple[Any, ...]]:
    """Number → when it was queued, state, outcome; as soon as nothing is left to be written."""
    wanted = [f"%{one.number}" for one in called if not one.failed]
    end = time.monotonic() + LAST_ROWS_S
    while True:
        rows = await asyncio.to_thread(
            line.rows,
            "SELECT right(caller, 11), extract(epoch FROM queued_at)::float, state, outcome,"
            " extract(epoch FROM ended_at)::float FROM voice_call WHERE caller LIKE ANY (%s)",
            wanted,
        )
        if (len(rows) == len(wanted) and all(row[4] for row in rows)) or time.monotonic() > end:
            return {row[0]: row[1:] for row in rows}
        await asyncio.sleep(0.2)


def _figures(
    called: list[Called], rows: dict[str, tuple[Any, ...]], heard: dict[int, dict[str, float]], begun: float
) -> dict[str, Any]:
    whole = [one for one in called if (row := rows.get(one.number)) and row[0] and row[3]]
    last = max((rows[one.number][0] for one in whole), default=begun + 1.0)
    words = [heard[one.stream]["heard_at"] - one.begun_at for one in whole if heard.get(one.stream, {}).get("heard_at")]
    queued = [rows[one.number][0] - one.begun_at - one.answered_s - LISTENS_S for one in whole]
    failed: dict[str, int] = {}
    for one in called:
        if one.failed:
            failed[one.failed] = failed.get(one.failed, 0) + 1
    return {
        "calls": len(called), "complete": len(whole), "failed": failed,
        # the last one has listened before it pressed: that is its caller's time, not ours
        "calls_per_s": round(len(whole) / max(0.1, last - LISTENS_S - begun), 1),
        "setup_ms": spread([one.answered_s for one in whole] or [0.0]),
        "first_word_ms": spread(words or [0.0]), "key_to_queue_ms": spread(queued or [0.0]),
    }  # fmt: skip
