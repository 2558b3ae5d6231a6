"""A warm transfer: the agent speaks with a colleague while the buyer hears music; then the colleague has the call, or
the buyer is back with the agent.
"""

import logging
from dataclasses import dataclass

from huiyin.daemons.calls.bridging import apart, change_agent, together
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.ringing import Devices
from huiyin.daemons.calls.signals import Signal
from huiyin.daemons.calls.supervising import is_end_of
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Legs
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
RING_S = 30


@dataclass(eq=False)
class Consulting:
    """The colleague who is asked. `leg`: theirs once they have answered."""

    devices: Devices
    person: Person
    leg: str = ""


async def begin(flow: Flow, person: Person) -> None:
    """Ring the colleague; the buyer hears music. Raises Refusal `unreachable`, `already_asking`."""
    if flow.consulting is not None:
        raise Refusal("already_asking")
    devices = Devices(flow, person.agent_no)
    if not await devices.ring("offer", f"c{id(devices) % 10_000}", RING_S):
        raise Refusal("unreachable")
    flow.consulting = Consulting(devices, person)
    await apart(flow)


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
        await cancel(flow)
        return True
    return False


async def cancel(flow: Flow) -> None:
    """The buyer is back with the agent. Raises Refusal `nobody_asked`."""
    asked, flow.consulting = flow.consulting, None
    if asked is None:
        raise Refusal("nobody_asked")
    await asked.devices.stop()
    if asked.leg:
        flow.legs.discard(asked.leg)
        await flow.quietly(flow.ari.hang_up(asked.leg))
    await together(flow)


async def complete(flow: Flow) -> None:
    """The colleague has the call. Raises Refusal `nobody_asked`, `not_answered_yet`."""
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
    await together(flow)
