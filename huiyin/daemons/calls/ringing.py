"""Somebody is offered a call: their devices ring. The first that answers has it; the caller hears music meanwhile."""

import asyncio
import logging
import secrets
from dataclasses import dataclass, field

from huiyin.adapters.asterisk.ari import Gone, NoContact, Trouble
from huiyin.adapters.asterisk.events import Ended, Entered, Left, Pressed, StateChanged
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.flow import Flow, Turn
from huiyin.daemons.calls.notice import tell
from huiyin.daemons.calls.signals import Offered, OfferOver, Signal
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice.actions import Legs
from huiyin.domain.voice.logins import browser_phone, desk_phone
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
SIGN_OF_LIFE_S = 3.0  # a device that does not even ring by then is not there
SHOWN = "hotline"  # what a device shows; who calls stands in the desk, for those who may see it
BUSY = frozenset({17, 21})  # Q.850: busy, refused


@dataclass
class Devices:
    """The devices of one person that ring for one call."""

    flow: Flow
    agent_no: str
    legs: dict[str, str] = field(default_factory=dict)  # channel → endpoint
    has_rung: bool = False

    async def ring(self, kind: str, tag: str, seconds: int) -> bool:
        """Ring all of them. Whether there was any to ring."""
        token = secrets.token_hex(2)  # a name that no leg of before has
        for endpoint in (browser_phone(self.agent_no), desk_phone(self.agent_no)):
            leg = self.flow.name(f"agent.{tag}.{token}.{endpoint}")
            if await self._ring(endpoint, leg, kind, seconds):
                self.legs[leg] = endpoint
                self.flow.legs.add(leg)
        return bool(self.legs)

    async def _ring(self, endpoint: str, leg: str, kind: str, seconds: int) -> bool:
        said = {
            "PJSIP_HEADER(add,X-Huiyin-Call)": self.flow.number,
            "PJSIP_HEADER(add,X-Huiyin-Kind)": kind,
            "HY_CALL": str(self.flow.call.pk),
        }
        try:
            await self.flow.ari.call(
                f"PJSIP/{endpoint}", leg, caller=f"{SHOWN} <{SHOWN}>", ring_s=max(1, seconds), **said
            )
        except (NoContact, Gone, Trouble) as no:
            log.debug("%s is not there (%s)", endpoint, type(no).__name__)
            return False
        return True

    def heard(self, signal: Signal) -> str:
        """The leg that answered, or empty. Legs that are gone are forgotten."""
        if isinstance(signal, Entered) and signal.channel.id in self.legs:
            return signal.channel.id
        if isinstance(signal, StateChanged) and signal.channel.id in self.legs:
            self.has_rung = True
        if isinstance(signal, Ended | Left):
            self.legs.pop(signal.channel_id, None)
            self.flow.legs.discard(signal.channel_id)
        return ""

    async def stop(self, but: str = "") -> None:
        """No device rings any more, except the one that answered."""
        for leg in [one for one in self.legs if one != but]:
            del self.legs[leg]
            self.flow.legs.discard(leg)
            await self.flow.quietly(self.flow.ari.hang_up(leg))


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody has the call on this device."""

    leg: str
    endpoint: str
    agent_no: str


async def wait_for_answer(
    flow: Flow, devices: Devices, seconds: float, over: int = 0
) -> tuple[Answered | None, str]:  # fmt: skip
    """Who answered, or why nobody did: `declined`, `no_answer`, `unreachable`, `offer_over` (of the offer `over`). No
    device rings on where a command makes something else of the call."""
    try:
        return await _answer_of(flow, devices, seconds, over)
    except Turn:
        await devices.stop()
        raise


async def _answer_of(flow: Flow, devices: Devices, seconds: float, over: int) -> tuple[Answered | None, str]:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    sign = loop.time() + SIGN_OF_LIFE_S
    why, kept = "declined", list[Signal]()
    while devices.legs:
        now = loop.time()
        signal = await flow.next(max(0.0, (end if devices.has_rung else min(end, sign)) - now))
        if signal is None:
            why = "no_answer" if devices.has_rung else "unreachable"
            break
        if isinstance(signal, OfferOver) and over and signal.offer_id == over:
            why = "offer_over"
            break
        if leg := devices.heard(signal):
            flow.box_again(kept)
            return Answered(leg, devices.legs[leg], devices.agent_no), ""
        if isinstance(signal, Pressed | Offered):
            kept.append(signal)
    flow.box_again(kept)
    await devices.stop()
    return None, why


async def ring(flow: Flow) -> Step:
    """Ring the devices of whoever is asked, until one answers or the offer is over."""
    offer, flow.offer = flow.offer, None
    if offer is None:
        return Step.WAITING
    seconds = (offer.expires_at - flow.centre.now()).total_seconds()
    devices = Devices(flow, offer.person.agent_no)
    if not await devices.ring("offer", f"o{offer.offer_id}", int(seconds) + 1):
        await flow.ask(lambda: rows.not_answered(flow.call, offer, "unreachable", flow.centre.now()))
        return Step.WAITING
    try:
        first = next(iter(devices.legs), "")
        await flow.ask(lambda: rows.ringing(flow.call, offer, first, flow.centre.now()))
        await tell(flow)
        answered, why = await wait_for_answer(flow, devices, seconds + 1, offer.offer_id)
        if answered is not None and await _accept(flow, offer, answered):
            return Step.TALKING
        await flow.ask(lambda: rows.not_answered(flow.call, offer, why, flow.centre.now()))
        return Step.WAITING
    finally:
        await devices.stop(but=flow.agent_leg)


async def _accept(flow: Flow, offer: Offered, answered: Answered) -> bool:
    legs = Legs(answered.leg, flow.name("talk"), answered.endpoint)
    try:
        await flow.ask(lambda: rows.talking(flow.call, offer, legs, flow.centre.now()))
    except Refusal as no:
        log.info("call %s: answered too late by %s (%s)", flow.call.pk, answered.agent_no, no.code)
        return False
    flow.agent_leg, flow.agent, flow.announced = answered.leg, offer.person, ""
    return True
