"""A call that we make: the agent's device first, then the buyer, who hears the code that we told them by message."""

import logging

from huiyin.adapters.asterisk.ari import Gone, NoContact, Trouble
from huiyin.adapters.asterisk.events import Ended, Entered, Left
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.ringing import SHOWN, Devices, wait_for_answer
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.actions import Legs
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Command

log = logging.getLogger("huiyin.switchboard")
AGENT_S, BUYER_S = 20, 40


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
    code = await flow.ask(lambda: _code(flow))
    if code:
        await flow.say(await flow.prompt("callback.hello", code=code))
    await flow.ask(lambda: rows.talking_again(flow.call, command.person, legs, flow.centre.now()))
    return Step.TALKING


async def _answer(flow: Flow, command: Command, reason: str) -> None:
    await flow.ask(lambda: voice.answer_command(command, reason, now=flow.centre.now()))


def _code(flow: Flow) -> str:
    waiting = queries.open_callback(flow.call.talk)
    return waiting.code if waiting is not None else ""


async def _reach_buyer(flow: Flow) -> int | None:
    """Ring the buyer. None once they have answered, else the cause; negative where the agent hung up."""
    try:
        await flow.ari.call(
            f"PJSIP/{flow.call.dialled}@trunk", flow.channel, caller=f"{SHOWN} <{SHOWN}>", ring_s=BUYER_S
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
