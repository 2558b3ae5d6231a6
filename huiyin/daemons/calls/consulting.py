"""A warm transfer: the agent speaks with a colleague while the buyer hears music; then the colleague has the call, or
the buyer is back with the agent. While somebody is asked, the buyer hears music and nothing but these two can be done.
"""

import logging
from dataclasses import dataclass

from huiyin.daemons.calls import rows
from huiyin.daemons.calls.bridging import apart, change_agent, drop, together, unbridge, unmute
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.ringing import Devices
from huiyin.daemons.calls.signals import Checked, Offered, Signal
from huiyin.daemons.calls.steps import Step
from huiyin.daemons.calls.supervising import is_end_of
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Legs
from huiyin.domain.voice.commands import Verb
from huiyin.domain.voice.models import Command
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
RING_S = 30


@dataclass(eq=False)
class Consulting:
    """The colleague who is asked. `leg`: theirs once they have answered."""

    devices: Devices
    command: Command  # by whom, and with which words
    person: Person
    leg: str = ""


async def begin(flow: Flow, command: Command, person: Person) -> None:
    """Ring the colleague; the buyer hears music. Raises Refusal `unreachable`, `already_asking`, `call_not_now`."""
    refuse_while_asking(flow)
    devices = Devices(flow, person.agent_no)
    if not await devices.ring("offer", f"c{id(devices) % 10_000}", RING_S):
        raise Refusal("unreachable")
    try:
        talk = await flow.ask(lambda: voice.unhold(flow.call, now=flow.centre.now()))  # nobody is taken back on hold
    except Refusal:
        await devices.stop()
        raise
    flow.consulting = Consulting(devices, command, person)
    await apart(flow)
    if talk.muted:  # the caller does not hear the agent any more, the colleague has to
        await flow.quietly(unmute(flow))


async def heard(flow: Flow, signal: Signal) -> bool:
    """The colleague answered or went away. Whether this was about them."""
    asked = flow.consulting
    if asked is None:
        return False
    if not asked.leg and (leg := asked.devices.heard(signal)):
        asked.leg = leg
        await asked.devices.stop(but=leg)
        await flow.quietly(flow.ari.join(flow.bridge, leg))
        return True
    if is_end_of(signal, asked.leg) or (not asked.leg and not asked.devices.legs):
        log.info("call %s: the colleague is gone, the buyer is back with the agent", flow.call.pk)
        await forget(flow)
        await together(flow)
        return True
    return False


def refuse_while_asking(flow: Flow) -> None:
    """Raises Refusal `already_asking`."""
    if flow.consulting is not None:
        raise Refusal("already_asking")


async def cancel(flow: Flow) -> None:
    """The buyer is back with the agent. Raises Refusal `nobody_asked`."""
    asked, flow.consulting = flow.consulting, None
    if asked is None:
        raise Refusal("nobody_asked")
    await _let_go(flow, asked)
    await together(flow)


async def forget(flow: Flow) -> None:
    """It ends by something else: the colleague is out of it, the buyer stays where they are, the desk knows."""
    asked, flow.consulting = flow.consulting, None
    if asked is not None:
        await _let_go(flow, asked)
        who, now = asked.command.person, flow.centre.now()
        await flow.ask(lambda: rows.over_by_itself(flow.call, Verb.CANCEL, who, now))


async def _let_go(flow: Flow, asked: Consulting) -> None:
    await asked.devices.stop()
    await drop(flow, asked.leg)


async def left_to_colleague(flow: Flow) -> Step | None:
    """The agent hung up while asking: as on any telephone, the caller is the colleague's. One who has not answered yet
    is offered the call; one who cannot take it leaves the caller to whoever is next."""
    asked = flow.consulting
    assert asked is not None
    try:
        if asked.leg:
            await complete(flow)
            who, now = asked.command.person, flow.centre.now()
            await flow.ask(lambda: rows.over_by_itself(flow.call, Verb.COMPLETE, who, now))
            return Step.TALKING
        await forget(flow)
        await flow.ask(lambda: rows.hand_over(flow.call, asked.command, flow.centre.now()))
    except Refusal as no:
        log.info("call %s: the colleague cannot take it (%s)", flow.call.pk, no.code)
        await forget(flow)
        await flow.ask(lambda: voice.wait_again(flow.call, "agent_away", now=flow.centre.now()))
    await unbridge(flow)
    return Step.WAITING


async def waits_again(flow: Flow, signal: Signal) -> bool:
    """Whether the row says that the call was handed over. The first to hear of it may be whoever is asked next."""
    if not isinstance(signal, Checked | Offered) or not await is_waiting(flow):
        return False
    if isinstance(signal, Offered):
        flow.offer = signal
    return True


async def is_waiting(flow: Flow) -> bool:
    """Whether the row says that the call waits for somebody."""
    return await flow.ask(lambda: rows.step_of(flow.call)) is Step.WAITING


async def handed_on(flow: Flow) -> Step:
    """The call waits for somebody else: the agent and whoever they asked are out of it."""
    leg, flow.agent_leg = flow.agent_leg, ""
    await forget(flow)
    await unbridge(flow)  # whoever answers next is put together with the buyer as the first was: announced, no music
    await drop(flow, leg)
    return Step.WAITING


async def complete(flow: Flow) -> None:
    """The colleague has the call; they talk next. Raises Refusal `nobody_asked`, `not_answered_yet`."""
    asked = flow.consulting
    if asked is None:
        raise Refusal("nobody_asked")
    if not asked.leg:
        raise Refusal("not_answered_yet")
    now = flow.centre.now()
    legs = Legs(asked.leg, flow.name("talk"))
    await flow.ask(lambda: voice.pass_on(flow.call, asked.person, legs, now=now))
    flow.consulting = None
    await change_agent(flow, asked.leg, asked.person)
