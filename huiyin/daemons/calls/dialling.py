"""A call that we make: the agent's device first, then the buyer, who hears the code that we told them by message
and presses 1."""

import asyncio
import logging

from huiyin.adapters.asterisk.ari import Gone, NoContact, Trouble
from huiyin.adapters.asterisk.events import Ended, Entered, Left, Pressed
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.ringing import SHOWN, Devices, wait_for_answer
from huiyin.daemons.calls.signals import Signal
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.actions import Legs
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.hotline.showing import caller_id, number_that_rings
from huiyin.domain.voice.models import Command

log = logging.getLogger("huiyin.switchboard")
AGENT_S, BUYER_S = 20, 40
YES = "1"
HELLOS, KEY_S = 2, 5.0  # how often it is said, and how long we wait for the key each time


async def dial(flow: Flow) -> Step | None:
    """Ring both, one after the other; whoever does not answer ends it."""
    command = await flow.ask(lambda: rows.claim(flow.to_dial, flow.centre.now())) if flow.to_dial else None
    if command is None:
        return await _nobody(flow, Who.SYSTEM, 0)
    devices = Devices(flow, command.person.agent_no)
    if not await devices.ring("back", "d", AGENT_S):
        await _answer(flow, command, "unreachable")
        return await _nobody(flow, Who.SYSTEM, 20)
    await _answer(flow, command, "")
    answered, why = await wait_for_answer(flow, devices, AGENT_S)
    if answered is None:
        log.info("call %s: not made, the agent's device: %s", flow.call.pk, why)
        return await _nobody(flow, Who.AGENT, 19)
    flow.agent_leg, flow.agent = answered.leg, command.person
    await devices.stop(but=answered.leg)
    await flow.quietly(flow.ari.ring(flow.agent_leg))
    if (cause := await _reach_buyer(flow)) is not None:
        return await _nobody(flow, Who.AGENT if cause < 0 else Who.BUYER, abs(cause))
    legs = Legs(answered.leg, flow.name("talk"), answered.endpoint)
    if (hello := await _hello(flow)) and (who := await _refused(flow, hello)) is not None:
        return await _nobody(flow, who, 16 if who is Who.AGENT else 19)
    await flow.ask(lambda: rows.talking_again(flow.call, command.person, legs, flow.centre.now()))
    return Step.TALKING


async def _answer(flow: Flow, command: Command, reason: str) -> None:
    await flow.ask(lambda: voice.answer_command(command, reason, now=flow.centre.now()))


async def _hello(flow: Flow) -> str:
    """Who calls and why, with the code; empty where nobody waits for this call."""
    waiting = await flow.ask(lambda: queries.open_callback(flow.call.talk))
    if waiting is None:
        return ""
    return await flow.prompt("callback.hello" if waiting.asked else "callback.hello_missed", code=waiting.code)


async def _refused(flow: Flow, hello: str) -> Who | None:
    """Say it, and once more, until it is wanted: a mailbox presses nothing, nor does whoever else picked up. Who ended
    it; None where the buyer wants to be connected."""
    for _ in range(HELLOS):
        signal = await flow.say(hello, ends=lambda one: _is_end(flow, one)) or await _key(flow)
        if signal is not None:
            return None if isinstance(signal, Pressed) else Who.AGENT
    return Who.SYSTEM


async def _key(flow: Flow) -> Signal | None:
    """The key within a few seconds, or that the agent has gone."""
    loop = asyncio.get_running_loop()
    end = loop.time() + KEY_S
    while (left := end - loop.time()) > 0:
        signal = await flow.next(left)
        if signal is not None and _is_end(flow, signal):
            return signal
    return None


def _is_end(flow: Flow, signal: Signal) -> bool:
    wanted = isinstance(signal, Pressed) and signal.channel_id == flow.channel and signal.key == YES
    return wanted or (isinstance(signal, Ended | Left) and signal.channel_id == flow.agent_leg)


async def _reach_buyer(flow: Flow) -> int | None:
    """Ring the buyer. None once they have answered, else the cause; negative where the agent hung up."""
    shown = caller_id(await flow.ask(number_that_rings)) or SHOWN
    try:
        await flow.ari.call(
            f"PJSIP/{flow.call.dialled}@trunk", flow.channel, caller=f"{shown} <{shown}>", ring_s=BUYER_S
        )
    except (NoContact, Gone, Trouble) as no:
        log.warning("call %s: no way to the buyer (%s)", flow.call.pk, type(no).__name__)
        return 3
    flow.is_away = True  # not in our hands before they have answered
    try:
        while True:
            signal = await flow.next(BUYER_S + 5.0)
            if signal is None:
                return 19
            if isinstance(signal, Entered) and signal.channel.id == flow.channel:
                return None
            if isinstance(signal, Ended) and signal.channel_id == flow.channel:
                return signal.cause or 19
            if isinstance(signal, Ended | Left) and signal.channel_id == flow.agent_leg:
                return -16
    finally:
        flow.is_away = False


async def _nobody(flow: Flow, who: Who, cause: int) -> Step | None:
    await flow.ask(lambda: rows.hung_up(flow.call, who, cause, flow.centre.now()))
    return None
