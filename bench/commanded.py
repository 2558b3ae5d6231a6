"""How soon what an agent asks of a call is done: one talk, held and taken back, muted and unmuted, a hundred times.

Measured from before the asking to the committed answer of the switchboard, as whoever pressed the button has it.
"""

import asyncio
import time
from typing import Any

from bench.hotline import Hotline, is_available, sign_in, station, wait_in_queue, wrap_up
from bench.sip import Leg, Message

COMMANDS = ("hold", "unhold", "mute", "unmute") * 25
TALKS_WITHIN_S = ANSWERED_WITHIN_S = 10.0
LOOKS_EVERY_S = 0.002


async def gaps(line: Hotline, person: Any) -> list[float]:
    """Seconds for each command. Raises RuntimeError when one is not done."""
    talks = asyncio.get_running_loop().create_future()

    async def ring(_: Leg, invite: Message) -> None:  # answered at once
        if not talks.done():
            talks.set_result(invite.get("x-huiyin-call"))

    async with station(line.port) as (opened, sound):
        await sign_in(opened, line, person, ring)
        await asyncio.to_thread(is_available, person)
        caller = await wait_in_queue(opened, sound)
        async with asyncio.timeout(TALKS_WITHIN_S):
            no = await talks
        taken = await asyncio.to_thread(_commanded, no, person)
        await caller.bye()
        await asyncio.to_thread(wrap_up, no, person)
    return taken


def _commanded(no: str, person: Any) -> list[float]:
    from huiyin.domain.voice.models import Call

    _until(lambda: Call.objects.filter(talk__no=no, state="talking").exists(), "talk")
    call = Call.objects.get(talk__no=no)
    return [_gap(call, verb, person) for verb in COMMANDS]


def _gap(call: Any, verb: str, person: Any) -> float:
    from huiyin.domain.voice import actions
    from huiyin.domain.voice.models import Command
    from huiyin.lib.clock import now

    begun = time.perf_counter()
    made = actions.ask(call, verb, {}, person, now=now())
    _until(lambda: Command.objects.filter(pk=made.pk, answered_at__isnull=False).exists(), f"answer to {verb}")
    taken = time.perf_counter() - begun
    if (state := Command.objects.get(pk=made.pk).state) != "done":
        raise RuntimeError(f"{verb} was {state}")
    return taken


def _until(is_so: Any, what: str) -> None:
    end = time.monotonic() + ANSWERED_WITHIN_S
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"no {what}")
        time.sleep(LOOKS_EVERY_S)
