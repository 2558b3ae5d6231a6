"""Buyer and agent talk. The buyer is never dropped by us: a device that goes without a word is waited for, a call that
is handed over goes back to the queue in its place, and who hangs up on purpose ends it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.events import Ended, Left, Registered
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.bridging import record, say_to_both, stop_recording, unbridge
from huiyin.daemons.calls.consulting import forget, handed_on, is_waiting, left_to_colleague, waits_again
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.notice import tell
from huiyin.daemons.calls.ringing import Answered, Devices, wait_for_answer
from huiyin.daemons.calls.signals import Checked
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Legs
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.logins import browser_phone

log = logging.getLogger("huiyin.switchboard")
PARKED_S = 20.0  # a network that is gone for ten seconds comes back within, and the browser has called in again
ASK_S = 0.4  # between two looks whether the device is back
WHY_S = 0.5  # a leg that left says why within this time
DROPPED = frozenset({31, 38, 41, 44})  # Q.850 as Asterisk says them when a device is lost, not hung up


async def talk(flow: Flow) -> Step | None:
    """Put them together, until one of them has had enough."""
    async with watching_page(flow):
        if not await connect(flow):
            return await agent_left(flow, dropped=False)
        if flow.ears is not None:
            await flow.ears.rehang(flow)
        return await _until_somebody_leaves(flow)


@asynccontextmanager
async def watching_page(flow: Flow) -> AsyncIterator[None]:
    """Hear of it meanwhile when the page that the agent talks with is loaded again, or gone: its leg stays for
    twenty seconds."""
    browser = browser_phone(flow.agent_no)
    is_browser = flow.agent_leg.endswith(f".{browser}")
    try:
        if is_browser:
            await flow.quietly(flow.ari.watch(browser))
        yield
    finally:
        if is_browser:
            await flow.quietly(flow.ari.unwatch(browser))


async def connect(flow: Flow) -> bool:
    """Both in one bridge, recorded; the buyer is told who they talk with. Whether the agent is still there."""
    is_new = not flow.bridge
    is_held = not is_new and await flow.ask(lambda: rows.is_held(flow.call))  # a switchboard before us did that
    await flow.music(on=is_held)
    if flow.recording and flow.recorded != flow.agent_leg:
        # Another leg's packets count from another number: what counts backwards never gets into a file that is begun.
        await stop_recording(flow)
    if not flow.recording and not is_held:
        if not is_new:
            await flow.quietly(flow.ari.take_out(flow.bridge, flow.channel))
        await tell(flow)
        await record(flow)
    flow.bridge = flow.name("talk")
    try:
        await flow.ari.bridge(flow.bridge, *([] if is_held else [flow.channel]), flow.agent_leg)
    except Gone:
        return await _is_there(flow, flow.agent_leg)
    await _announce(flow)
    return True


async def _announce(flow: Flow) -> None:
    """What both should hear, and who it is, where that is somebody else than was said last."""
    files, flow.words_for_both = [flow.words_for_both], ""
    if flow.announced != flow.agent_no:
        flow.announced = flow.agent_no
        files.append(await flow.prompt("talk.agent", agent_no=flow.agent_no))
    for file in filter(None, files):
        await say_to_both(flow, file)


async def _is_there(flow: Flow, leg: str) -> bool:
    try:
        return (await flow.ari.channel(leg)).is_up
    except Gone:
        return False


async def _until_somebody_leaves(flow: Flow) -> Step | None:
    patience: float | None = None
    while True:
        signal = await flow.next(patience)
        if signal is None:
            return await agent_left(flow, dropped=False)
        if isinstance(signal, Left) and signal.channel_id == flow.agent_leg:
            patience = WHY_S
        if isinstance(signal, Ended) and signal.channel_id == flow.agent_leg:
            return await agent_left(flow, dropped=signal.cause in DROPPED)
        if isinstance(signal, Registered) and not signal.is_here and signal.endpoint == browser_phone(flow.agent_no):
            return await agent_left(flow, dropped=True)  # its page was loaded again, or is gone
        if await waits_again(flow, signal):
            return await handed_on(flow)
        if isinstance(signal, Checked) and await flow.ask(lambda: rows.step_of(flow.call)) is None:
            return None


async def agent_left(flow: Flow, *, dropped: bool) -> Step | None:
    """The agent's device is gone: lost, or hung up. Who has handed the call over leaves nobody."""
    if await is_waiting(flow):
        return await handed_on(flow)
    leg, flow.agent_leg = flow.agent_leg, ""
    flow.legs.discard(leg)
    await flow.quietly(flow.ari.hang_up(leg))
    if dropped:
        return Step.PARKED
    if flow.consulting is not None:
        return await left_to_colleague(flow)
    await flow.ask(lambda: rows.hung_up(flow.call, Who.AGENT, 16, flow.centre.now()))
    return await flow.ask(lambda: rows.step_of(flow.call))


async def park(flow: Flow) -> Step | None:
    """The agent's device is gone for a moment: the caller hears music and is theirs again as soon as it is back."""
    until = await flow.ask(lambda: rows.park(flow.call, PARKED_S, flow.centre.now()))
    await forget(flow)
    await flow.quietly(flow.ari.take_out(flow.bridge, flow.channel))
    await flow.music(on=True)
    loop = asyncio.get_running_loop()
    end, tries = loop.time() + (until - flow.centre.now()).total_seconds(), 0
    while (left := end - loop.time()) > 0:
        tries += 1
        devices = Devices(flow, flow.agent_no)
        if await devices.ring("again", f"p{tries}.{id(devices) % 10_000}", int(left) + 1):
            answered, _ = await wait_for_answer(flow, devices, left)
            if answered is not None:
                await devices.stop(but=answered.leg)
                return await _back(flow, answered)
        if await _pause(flow, min(ASK_S, left)):
            return await handed_on(flow)
    log.info("call %s: the agent did not come back", flow.call.pk)
    await flow.ask(lambda: voice.wait_again(flow.call, "agent_away", now=flow.centre.now()))
    await unbridge(flow)
    return Step.WAITING


async def _back(flow: Flow, answered: Answered) -> Step:
    """The agent has the call again, on a new leg; unless they have handed it over meanwhile."""
    flow.agent_leg = answered.leg
    if await is_waiting(flow):
        return await handed_on(flow)
    legs = Legs(answered.leg, flow.name("talk"), answered.endpoint)
    back = await flow.ask(lambda: voice.unpark(flow.call, legs, now=flow.centre.now()))
    if back.muted:  # the leg is another one; what the desk says of it must stay true
        await flow.quietly(flow.ari.mute(flow.agent_leg, on=True))
    await flow.music(on=False)
    return Step.TALKING


async def _pause(flow: Flow, seconds: float) -> bool:
    """Whether the call was handed over meanwhile."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0:
        signal = await flow.next(left)
        if signal is not None and await waits_again(flow, signal):
            return True
    return False
