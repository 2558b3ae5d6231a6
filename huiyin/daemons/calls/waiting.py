"""A caller waits for a person: music, and every now and then where they stand. An offer ends it at once.

`1` books a call-back that keeps the place, `2` leaves a message instead, `3` is for going on in writing. Nothing else
is asked of who waits.
"""

import asyncio

from huiyin.adapters.asterisk.events import Pressed
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.moving import CHAT_KEY, offer_of, to_chat
from huiyin.daemons.calls.notice import note
from huiyin.daemons.calls.signals import Checked, Offered, Signal
from huiyin.daemons.calls.steps import Step

EVERY_S = 30.0  # between two announcements
FIRST_S = 0.6  # whoever is answered at once is not told that they wait
WISHES = {"1": Step.CALLBACK, "2": Step.VOICEMAIL}


async def wait(flow: Flow) -> Step | None:
    """Until somebody is offered the call, or the caller wants something else."""
    await flow.music(on=True)
    loop = asyncio.get_running_loop()
    next_word = loop.time() + FIRST_S
    heard = await _say_words(flow)
    while True:
        signal = flow.offer or heard or await flow.next(next_word - loop.time())
        heard = None
        if signal is None:
            signal = await _say_place(flow)
            next_word = loop.time() + EVERY_S
        if isinstance(signal, Offered):
            flow.offer = signal
            return Step.RINGING
        if isinstance(signal, Pressed) and signal.channel_id == flow.channel:
            if signal.key in WISHES:
                return WISHES[signal.key]
            if signal.key == CHAT_KEY:
                heard = await to_chat(flow, ends=_matters)
        if isinstance(signal, Checked) and (step := await _left_queue(flow)) is not None:
            return step


async def _say_words(flow: Flow) -> Signal | None:
    """What the menu has left to say; an offer or a key ends it. On the line of members the notice is among it."""
    words, flow.words = flow.words, ()
    was_notified = flow.notified
    heard = await flow.say(*words, ends=_matters)
    if not was_notified:
        await note(flow)
    return heard


async def _say_place(flow: Flow) -> Signal | None:
    """Where they stand and how long it may take; an offer or a key ends it."""
    place = await flow.ask(lambda: rows.place(flow.call, flow.centre.now()))
    if place is None:
        return Checked()
    files = [await flow.prompt("queue.place", ahead=place.ahead)]
    if place.expected_wait_s is not None:
        files.append(await flow.prompt("queue.wait", minutes=max(1, -(-place.expected_wait_s // 60))))
    files += [await flow.prompt(slug) for slug in (await offer_of(flow), "queue.offer_callback") if slug]
    return await flow.say(*files, ends=_matters)


def _matters(signal: Signal) -> bool:
    return isinstance(signal, Offered | Pressed | Checked)


async def _left_queue(flow: Flow) -> Step | None:
    """The place is gone for another reason than ours: what does the row say now?"""
    step = await flow.ask(lambda: rows.step_of(flow.call))
    return step if step not in {Step.WAITING, Step.RINGING} else None
