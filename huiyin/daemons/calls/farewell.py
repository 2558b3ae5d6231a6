"""The last words: how was it (1–5), and goodbye. Nobody is kept for it: who says nothing is thanked too."""

from huiyin.adapters.asterisk.events import Pressed
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.bridging import stop_recording, unbridge
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.signals import Signal
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who

RATING_S = 8.0
MARKS = frozenset("12345")


async def rate(flow: Flow) -> Step | None:
    """Ask how it was; the recording is closed first."""
    await flow.music(on=False)  # of a hold
    await stop_recording(flow)
    await unbridge(flow)
    if flow.ears is not None:
        await flow.ears.stop_all(flow)
    file = await flow.prompt("rating.ask")
    said = await flow.say(file, ends=_is_mark) or await _mark(flow)
    if isinstance(said, Pressed):
        mark = said.key
        await flow.ask(lambda: voice.rate(flow.call, mark, now=flow.centre.now()))
        await flow.say(await flow.prompt("rating.thanks"))
    return await goodbye(flow)


async def _mark(flow: Flow) -> Signal | None:
    """A mark pressed within a few seconds."""
    while (signal := await flow.next(RATING_S)) is not None:
        if _is_mark(signal):
            return signal
    return None


def _is_mark(signal: Signal) -> bool:
    return isinstance(signal, Pressed) and signal.key in MARKS


async def goodbye(flow: Flow) -> Step | None:
    """Say so and hang up."""
    await flow.say(await flow.prompt("goodbye"))
    await flow.ask(lambda: rows.hung_up(flow.call, Who.SYSTEM, 16, flow.centre.now()))
    await flow.quietly(flow.ari.hang_up(flow.channel))
    return None
