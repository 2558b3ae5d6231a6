"""Who leads listens to a call, whispers to the agent, or speaks with both. The ear hangs on the agent's leg; when the
agent changes it is hung on the next one's.
"""

import logging
from dataclasses import dataclass, field

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.events import Ended, Entered, Left
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.ringing import Devices
from huiyin.daemons.calls.signals import Signal
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.commands import Verb
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
RING_S = 20
LISTEN, WHISPER, BARGE = "listen", "whisper", "barge"


@dataclass(eq=False)
class Ear:
    """One person who leads, and how they take part."""

    devices: Devices
    person: Person
    mode: str
    leg: str = ""
    snoop: str = ""
    count: int = 0
    bridge: str = ""
    takes_over: bool = False


@dataclass(eq=False)
class Ears:
    """All who take part in one call."""

    all: dict[str, Ear] = field(default_factory=dict)  # by agent number

    async def hang(self, flow: Flow, person: Person, mode: str) -> Ear:
        """Begin, or change how somebody takes part. Raises Refusal `unreachable` where they have no device."""
        agent_no = person.agent_no
        ear = self.all.get(agent_no)
        if ear is None:
            ear = Ear(Devices(flow, agent_no), person, mode)
            if not await ear.devices.ring("listen", f"ear{agent_no}", RING_S):
                raise Refusal("unreachable")
            self.all[agent_no] = ear
            return ear
        ear.mode = mode
        if ear.leg:
            await self.connect(flow, ear)
        return ear

    async def connect(self, flow: Flow, ear: Ear) -> None:
        """Put them where their mode says. What is not in the access ledger is not heard."""
        how = Verb.TAKE_OVER if ear.takes_over else Verb(ear.mode)
        await flow.ask(lambda: rows.hears(flow.call, how, ear.person, flow.centre.now()))
        await self._unhook(flow, ear)
        if ear.mode == BARGE:
            await flow.quietly(flow.ari.join(flow.bridge, ear.leg))
            return
        ear.count += 1
        ear.snoop = flow.name(f"snoop.{ear.devices.agent_no}.{ear.count}")
        ear.bridge = flow.name(f"ear.{ear.devices.agent_no}")
        try:
            whisper = "out" if ear.mode == WHISPER else "none"
            await flow.ari.snoop(flow.agent_leg, ear.snoop, spy="both", whisper=whisper)
        except Gone:
            ear.snoop = ""
            log.info("call %s: nobody to listen to right now", flow.call.pk)
            return
        flow.legs.add(ear.snoop)  # bridged as soon as it is in our hands, which takes a moment: see `heard`

    async def _unhook(self, flow: Flow, ear: Ear) -> None:
        if flow.bridge and ear.leg:
            await flow.quietly(flow.ari.take_out(flow.bridge, ear.leg))
        if ear.snoop:
            snoop, ear.snoop = ear.snoop, ""
            flow.legs.discard(snoop)
            await flow.quietly(flow.ari.hang_up(snoop))

    async def heard(self, flow: Flow, signal: Signal) -> Ear | None:
        """Somebody who leads answered or went. The one who answered."""
        for ear in list(self.all.values()):
            if ear.leg and isinstance(signal, Ended | Left) and signal.channel_id == ear.leg:
                await self.leaves(flow, ear)
                return None
            if ear.snoop and has_entered(signal, ear.snoop):
                await flow.quietly(flow.ari.bridge(ear.bridge, ear.snoop, ear.leg))
                return None
            if not ear.leg and (leg := ear.devices.heard(signal)):
                ear.leg = leg
                await ear.devices.stop(but=leg)
                await self.connect(flow, ear)
                return ear
            if not ear.leg and not ear.devices.legs:
                await self.leaves(flow, ear)
        return None

    async def leaves(self, flow: Flow, ear: Ear) -> None:
        """They hung up, or did not answer: what the desk says of them must stay true."""
        await self.stop(flow, ear.person.agent_no)
        await flow.ask(lambda: rows.over_by_itself(flow.call, Verb.STOP, ear.person, flow.centre.now()))

    async def rehang(self, flow: Flow) -> None:
        """The agent, or their leg, is another one: listen to that."""
        for ear in self.all.values():
            if ear.leg:
                await self.connect(flow, ear)

    async def stop(self, flow: Flow, agent_no: str, *, keep_leg: bool = False) -> None:
        """They take part no more."""
        ear = self.all.pop(agent_no, None)
        if ear is None:
            raise Refusal("not_listening")
        await self._unhook(flow, ear)
        if not keep_leg:
            await ear.devices.stop()
            if ear.leg:
                flow.legs.discard(ear.leg)
                await flow.quietly(flow.ari.hang_up(ear.leg))
        if ear.bridge:
            await flow.quietly(flow.ari.end_bridge(ear.bridge))

    async def stop_all(self, flow: Flow) -> None:
        """The call is over."""
        for agent_no in list(self.all):
            await self.stop(flow, agent_no)


def is_end_of(signal: Signal, leg: str) -> bool:
    """Whether this leg is gone with this."""
    return bool(leg) and isinstance(signal, Left | Ended) and signal.channel_id == leg


def has_entered(signal: Signal, leg: str) -> bool:
    """Whether this leg is in our hands with this."""
    return isinstance(signal, Entered) and signal.channel.id == leg
