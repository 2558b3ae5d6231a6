"""The menu, carried out: what the pure walk says is played, what is pressed goes back to it. Secrets that are keyed are
neither logged nor kept: of each key only a star.
"""

import asyncio
import logging
from dataclasses import dataclass, replace

from huiyin.adapters.asterisk.events import Pressed
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.answers import Question
from huiyin.daemons.calls.flow import NOTICES, Flow
from huiyin.daemons.calls.listening import PATIENCE_S, Listener, listening
from huiyin.daemons.calls.signals import Said, Signal
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import menu, queries
from huiyin.domain.voice.actions import Pressed as Key
from huiyin.domain.voice.actions import Wait, Walked
from huiyin.domain.voice.menu import Ask, HangUp, Listen, ToCallback, ToQueue, ToVoicemail
from huiyin.domain.voice.models import Line

log = logging.getLogger("huiyin.switchboard")
SECRET = "*"
STRAY_S = 1.5  # a key that ends digits which were complete without it comes this late at most
COVERED_S = 0.8  # a silence that is longer is filled with music


@dataclass(frozen=True, slots=True)
class Start:
    """Where a caller begins."""

    menu: menu.Menu
    node: str


def _start(flow: Flow) -> Start:
    node = Line.objects.filter(number=flow.call.line).values_list("node", flat=True).first() or ""
    return Start(queries.active_menu(), node)


async def greet(flow: Flow) -> Step | None:
    """Walk through the menu until it leads somewhere."""
    await flow.music(on=False)
    async with listening(flow) as ear:
        return await _walk(flow, ear)


async def _walk(flow: Flow, ear: Listener | None) -> Step | None:
    start = await flow.ask(lambda: _start(flow))
    here = menu.begin(start.menu, start.node, menu.Facts(flow.language, flow.elderly))
    if flow.is_surplus:
        here = menu.turned_away(here.walk, "line_full")
    if ear is not None and isinstance(here.then, Listen) and here.then.speech:  # said once, before the keys
        here = replace(here, say=(*here.say[:-1], menu.Say("menu.speak"), *here.say[-1:]))
    while True:
        _follow(flow, here.walk)
        if isinstance(here.then, ToQueue):  # first the place, then the words about it
            if (turned_away := await _to_queue(flow, here.then)) is None:
                flow.words = await _files(flow, here)
                return Step.WAITING
            here = menu.turned_away(here.walk, turned_away)
            continue
        first = await _say(flow, here, ear)
        if isinstance(here.then, Listen):
            here = await _listened(flow, here, first, ear)
        elif isinstance(here.then, Ask):
            here = menu.answered(here.walk, await _answer(flow, here.walk, here.then))
        else:
            return await _leave(flow, here.then)


def _follow(flow: Flow, walk: menu.Walk) -> None:
    """Language and pace as they are chosen, and what has to be written down with the next row. A notice in another
    language was none."""
    flow.notified = flow.notified and flow.language == walk.language
    flow.language, flow.elderly = walk.language, walk.elderly
    before = flow.walk or Walked()
    flow.walk = replace(
        before, language=walk.language, elderly=walk.elderly, served=walk.served, notified=flow.notified
    )  # fmt: skip


def _note(flow: Flow, walk: menu.Walk, keys: str) -> None:
    """What was pressed where; a star for each key of a secret."""
    said = SECRET * len(keys) if walk.is_secret else keys
    before = flow.walk or Walked()
    flow.walk = replace(before, pressed=(*before.pressed, Key(walk.node, said)))


async def _files(flow: Flow, here: menu.Step) -> tuple[str, ...]:
    due = [say for say in here.say if not (flow.notified and say.slug in NOTICES)]
    return tuple([await flow.sentence(say) for say in due])


async def _say(flow: Flow, here: menu.Step, ear: Listener | None) -> Signal | None:
    """Play what there is to say; the key or the words that end it, if any do. The key that ends digits may still be
    that of the digits before: whoever ends a PIN with # does not want to go before the answer."""
    files = await _files(flow, here)
    listen = here.then if isinstance(here.then, Listen) else Listen(frozenset())
    stray, flow.full = (flow.full, "") if listen.keys else ("", flow.full)
    loop = asyncio.get_running_loop()
    late = loop.time() + STRAY_S
    if ear is not None:
        ear.begins(listens=listen.speech)

    def is_answer(signal: Signal) -> bool:
        if isinstance(signal, Pressed):
            is_stray = signal.key == listen.until_key or (signal.key == stray and loop.time() < late)
            return bool(listen.keys) and not is_stray
        return ear is not None and ear.counts(here.walk, signal)

    ended = await flow.say(*files, ends=is_answer)
    for one in [one for one in flow.kept if isinstance(one, Pressed) and one.key in {listen.until_key, stray}]:
        flow.kept.remove(one)
    if ear is not None:
        ear.has_spoken()
    return ended


async def _listened(flow: Flow, here: menu.Step, first: Signal | None, ear: Listener | None) -> menu.Step:
    """What is pressed until it is enough, ended, or nothing more comes, or what is said instead of the first key. What
    ends nothing does not count."""
    walk, listen = here.walk, here.then
    assert isinstance(listen, Listen)
    keys, answer = "", first or await _answered(flow, here, ear)
    while isinstance(answer, Pressed) and not (answer.key == listen.until_key and keys):
        keys += "" if answer.key == listen.until_key else answer.key
        if len(keys) >= listen.most:
            flow.full = listen.until_key
            break
        answer = await _answered(flow, here, None)
    if isinstance(answer, Said):
        if key := menu.understood(walk, answer.text):
            _note(flow, walk, key)
        return menu.spoken(walk, answer.text)
    if not keys:
        return menu.timed_out(walk)
    _note(flow, walk, keys)
    return menu.press(walk, keys) if listen.most == 1 else menu.heard(walk, keys)


async def _answered(flow: Flow, here: menu.Step, ear: Listener | None) -> Pressed | Said | None:
    """The next key of the caller, or what they said; None once they took their time over it."""
    assert isinstance(here.then, Listen)
    loop = asyncio.get_running_loop()
    end = loop.time() + here.then.seconds
    last = end + PATIENCE_S
    while (left := end - loop.time()) > 0:
        signal: Signal | None = await flow.next(left)
        if isinstance(signal, Pressed) and signal.channel_id == flow.channel:
            return signal
        if isinstance(signal, Said) and ear is not None and ear.counts(here.walk, signal):
            return signal
        if signal is None and ear is not None and ear.is_busy:
            end = min(loop.time() + 0.5, last)
    return None


async def _answer(flow: Flow, walk: menu.Walk, ask: Ask) -> menu.Answer:
    """What we find out for them; a look that takes longer is covered by music."""
    answers, call = flow.centre.answers, await flow.ask(lambda: rows.fresh(flow.call))
    question = Question(ask.action, ask.inputs, call, walk.language, flow.centre.now())
    looking = asyncio.ensure_future(flow.ask(lambda: answers.answer(question)))
    done, _ = await asyncio.wait({looking}, timeout=COVERED_S)
    if not done:
        await flow.music(on=True)
        await asyncio.wait({looking})
        await flow.music(on=False)
    found = looking.result()
    before = flow.walk or Walked()
    flow.walk = replace(before, order_no=found.order_no or before.order_no, proof=found.proof or before.proof)
    return found.answer


async def _to_queue(flow: Flow, to: ToQueue) -> str | None:
    """Begin to wait for a person. None, or why nobody can come now."""
    wait = Wait(to.queue, to.tier, urgent=to.urgent, elderly=to.elderly)
    walk, now = flow.walk, flow.centre.now()
    entered = await flow.ask(lambda: voice.enter_queue(flow.call, wait, walk=walk, now=now))
    flow.walk = None
    flow.call = entered.call
    return entered.left or None


async def _leave(flow: Flow, then: menu.Then) -> Step | None:
    await _written(flow)
    if isinstance(then, ToVoicemail):
        return Step.VOICEMAIL
    if isinstance(then, ToCallback):
        return Step.CALLBACK
    assert isinstance(then, HangUp)
    return Step.GOODBYE


async def _written(flow: Flow) -> None:
    """What was pressed, in the row."""
    walk, flow.walk = flow.walk, None
    if walk is not None:
        await flow.ask(lambda: voice.walked(flow.call, walk, now=flow.centre.now()))


async def seek_person(flow: Flow) -> Step | None:
    """After a bug in the menu: a person of the line's usual queue, else the recorder."""
    queue = await flow.ask(lambda: queries.queue_of(flow.call))
    await flow.say(await flow.prompt("safe.trouble"))
    return Step.VOICEMAIL if await _to_queue(flow, ToQueue(queue)) else Step.WAITING
