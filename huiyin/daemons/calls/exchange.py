"""All calls that are under way: which channel belongs to which, who is told what, and what follows from the rows.

The rows say what there should be, Asterisk says what there is. Both are compared whenever we (re)connect and every ten
seconds: what went unseen is caught up with, nothing is carried twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from huiyin.adapters.asterisk.ari import Ari, Gone, Trouble
from huiyin.adapters.asterisk.events import (
    Channel,
    Ended,
    Entered,
    Event,
    HangupAsked,
    Left,
    Played,
    Pressed,
    Recorded,
    Registered,
    Replaced,
    StateChanged,
)  # fmt: skip
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.commands import aside, obey
from huiyin.daemons.calls.flow import Centre, Flow
from huiyin.daemons.calls.signals import Offered, OfferOver, Signal
from huiyin.daemons.calls.stages import STAGES
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice.models import Call
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
SURPLUS = "surplus"  # as extensions.conf calls it


class Exchange:
    """The calls of one Asterisk while we are linked to it."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.flows: dict[int, Flow] = {}  # by the call's key
        self._by_channel: dict[str, Flow] = {}  # of buyers
        self._tasks: set[asyncio.Task[None]] = set()
        self._arriving: dict[str, list[Event]] = {}  # what is heard of callers whose row is being written
        self._offers: dict[int, int] = {}  # offer → call
        self.visitors: frozenset[str] = frozenset()  # names of the phones of visitors that have to be there

    @property
    def ari(self) -> Ari:
        return self.centre.ari

    # ---- what Asterisk says

    def take(self, event: Event) -> bool:
        """Give an event to the call that it concerns. False: another switchboard took our place."""
        if isinstance(event, Replaced):
            return False
        if isinstance(event, Entered) and event.args[:1] == ("in",):
            self.arrives(event.channel)
        elif isinstance(event, Registered):
            self._tell_all(event)
        elif (flow := self._flow_of(_channel_in(event))) is not None:
            flow.take(event)
        elif (early := self._arriving.get(_channel_in(event))) is not None:
            early.append(event)
        elif isinstance(event, Entered):
            self.drop(event.channel.id)
        return True

    def _tell_all(self, signal: Signal) -> None:
        for flow in self.flows.values():
            flow.take(signal)

    def _flow_of(self, channel: str) -> Flow | None:
        """`hy.<call>.…` is a leg of our own making; others are buyers."""
        if channel.startswith("hy.") and channel not in self._by_channel:
            key = channel.split(".")[1]
            return self.flows.get(int(key)) if key.isdigit() else None
        return self._by_channel.get(channel)

    def drop(self, channel: str) -> None:
        """A leg whose call is over: nobody is left alone with silence."""
        self._start(self._hang_up(channel))

    async def _hang_up(self, channel: str) -> None:
        try:
            await self.ari.hang_up(channel)
        except (Gone, Trouble) as no:
            log.debug("a leg of no call is gone already (%s)", type(no).__name__)

    # ---- a new caller

    def arrives(self, channel: Channel) -> None:
        """Somebody calls; the same channel arrives once."""
        if channel.id not in self._by_channel and channel.id not in self._arriving and channel.dialled != "h":
            self._arriving[channel.id] = []
            self._start(self._welcome(channel))

    async def _welcome(self, channel: Channel) -> None:
        dialled, via = (*channel.args[1:], "", "")[:2]
        try:
            await self.ari.answer(channel.id)
            call = await self._arrived(channel, dialled, via or "trunk")
            self.begin(call, Step.MENU, is_surplus=via == SURPLUS)
        except Gone:
            log.info("a caller has hung up before we answered")
        except Refusal as no:
            log.info("a caller is not taken (%s)", no.code)
            self.drop(channel.id)
        finally:
            early = self._arriving.pop(channel.id, [])
            if (flow := self._by_channel.get(channel.id)) is not None:
                for event in early:
                    flow.take(event)

    async def _arrived(self, channel: Channel, dialled: str, via: str) -> Call:
        """The row of a new call. A caller hears music while the database is away."""
        now = self.centre.now()
        row = asyncio.ensure_future(self.centre.threads.ask(lambda: rows.arrive(channel, dialled, via, now)))
        done, _ = await asyncio.wait({row}, timeout=1.0)
        if not done:
            await self.ari.music(channel.id, on=True)
            call = await row
            await self.ari.music(channel.id, on=False)
            return call
        return row.result()

    def begin(self, call: Call, step: Step | None, **known: Any) -> None:
        """Carry this call from this step on, until it is over; from now on it is ours."""
        if call.pk in self.flows or step is None:
            return
        said = rows.values_of(call)
        flow = Flow(self.centre, call, call.channel_id, obey, aside, STAGES, **said, **known)
        self.flows[call.pk] = flow
        self._by_channel[call.channel_id] = flow
        self._start(self._carry(flow, step))

    async def _carry(self, flow: Flow, step: Step) -> None:
        try:
            await flow.run(step)
        finally:
            self.flows.pop(flow.call.pk, None)
            self._by_channel.pop(flow.channel, None)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _logged(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Trouble as trouble:
            log.warning("left as it is: %s", trouble)
        except Exception:  # a loop of the daemon: one call's bug is no other call's
            log.exception("a call has a bug")

    # ---- what the rows say

    async def read_rows(self, *, everything: bool = True) -> None:
        """Offers and commands that wait for us; with `everything`, calls whose row says something else than we do."""
        news = await self.centre.threads.ask(lambda: rows.news(self.centre.now(), with_states=everything))
        self._follow_offers(news.offers)
        for call, command in news.commands:
            self._tell(call, command)
        for dial, to_dial in news.dials:
            self.begin(dial, Step.DIALLING, to_dial=to_dial)
        for flow in list(self.flows.values()) if news.states is not None else []:
            if (checked := rows.looked_again(news.states or {}, flow.call.pk, flow.step)) is not None:
                flow.take(checked)
        self.visitors = news.visitors

    def _follow_offers(self, offers: list[tuple[int, Offered]]) -> None:
        for call, offer in offers:
            if call in self.flows and offer.offer_id not in self._offers:
                self._offers[offer.offer_id] = call
                self._tell(call, offer)
        for over in self._offers.keys() - {offer.offer_id for _, offer in offers}:
            self._tell(self._offers.pop(over), OfferOver(over))

    def _tell(self, call: int, signal: Signal) -> None:
        if (flow := self.flows.get(call)) is not None:
            flow.take(signal)

    async def stop(self) -> None:
        """Let go of all calls without touching them: channels go on, whoever comes next carries on."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.flows.clear()
        self._by_channel.clear()


_CHANNEL: dict[type[Any], Callable[[Any], str]] = {
    Entered: lambda one: one.channel.id, StateChanged: lambda one: one.channel.id,
}  # fmt: skip


def _channel_in(event: Event) -> str:
    if isinstance(event, Left | Ended | HangupAsked | Pressed | Played | Recorded):
        return event.channel_id
    return _CHANNEL[type(event)](event)
