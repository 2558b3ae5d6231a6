"""One call: what happens to it comes in as signals, in order; what the stages decide is done to its channels.

A stage (menu, queue, talk …) reads signals until it knows which stage is next. The buyer's leaving ends any of them; a
bug in one sends the caller to the queue, where a person answers, and never into silence. The rows are the truth: after
a crash a new flow begins at the stage that they name.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from huiyin.adapters.asterisk.ari import Ari, Gone, Trouble
from huiyin.adapters.asterisk.events import Entered, HangupAsked, Left, Played, Pressed
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.answers import Answers
from huiyin.daemons.calls.signals import Asked, Offered, Signal
from huiyin.daemons.calls.steps import Step
from huiyin.daemons.calls.threads import T, Threads
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.actions import Walked
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.menu import Say
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.phone import Prompts
from huiyin.lib.errors import Refusal

if TYPE_CHECKING:
    from huiyin.daemons.calls.consulting import Consulting
    from huiyin.daemons.calls.listening import Hearing
    from huiyin.daemons.calls.supervising import Ears

log = logging.getLogger("huiyin.switchboard")
LONGEST_PROMPT_S = 60.0
USUAL = "zh-hans"  # every sentence is there in this language
NOTICES = frozenset({"menu.recorded", "talk.recorded"})  # that the call is recorded
BACK_WITHIN_S = 2.0  # a channel that goes through the dialplan is back by then


class Stage(Protocol):
    """Carries out one part of a call. Returns what comes next; None when the call is over."""

    async def __call__(self, flow: "Flow", /) -> Step | None: ...


class BuyerGone(Exception):
    """The buyer has hung up. `cause`: Q.850."""

    def __init__(self, cause: int = 16) -> None:
        super().__init__(cause)
        self.cause = cause


class Turn(Exception):
    """A command makes another stage come next."""

    def __init__(self, step: Step | None) -> None:
        super().__init__()
        self.step = step


@dataclass(frozen=True)
class Centre:
    """What every call needs."""

    ari: Ari
    threads: Threads
    voice: Threads  # for prompts: nobody waits for a sentence behind the database
    prompts: Prompts
    answers: Answers
    now: Callable[[], datetime]
    recordings: str  # where they are written to
    hearing: "Hearing | None" = None  # understands speech


Verb = Callable[["Flow", Asked], Awaitable[None]]
Aside = Callable[["Flow", Signal], Awaitable[bool]]  # whether a signal was about somebody who only takes part


@dataclass(eq=False)
class Flow:
    """One call on its way. `channel` is the buyer's leg; `legs` are all others that belong to it."""

    centre: Centre
    call: Call
    channel: str
    obey: Verb
    aside: Aside
    stages: Mapping[Step, Stage]
    legs: set[str] = field(default_factory=set)
    bridge: str = ""
    agent_leg: str = ""
    agent: Person | None = None  # who talks, or talked last
    language: str = USUAL
    elderly: bool = False
    full: str = ""  # the key that may still come after digits that were complete without it
    walk: Walked | None = None  # what was pressed and is not in the row yet
    step: Step | None = None
    words: tuple[str, ...] = ()  # files to be heard first while waiting
    notified: bool = False  # a notice was heard to its end, in the language of the call
    is_telling: bool = False  # words that must be heard to their end: commands wait
    announced: str = ""  # the number of the agent that was said last
    words_for_both: str = ""  # a file to be heard as soon as buyer and agent are together
    is_surplus: bool = False  # one call too many of a number or an address: told so before anything else
    to_dial: int = 0  # the command by which we call
    offer: Offered | None = None  # who is asked to take it
    recording: int = 0  # the row of the recording that runs
    recorded: str = ""  # the agent's leg with which it began
    consulting: "Consulting | None" = None
    ears: "Ears | None" = None
    has_music: bool = False
    is_away: bool = False  # in the dialplan for a moment, and expected back
    turned: Step | None = None
    has_turned: bool = False
    box: asyncio.Queue[Signal] = field(default_factory=asyncio.Queue)
    kept: deque[Signal] = field(default_factory=deque)
    coming: dict[str, asyncio.Event] = field(default_factory=dict)  # legs that somebody waits for, aside of the stages
    _played: int = 0
    _is_heard: bool = False  # what was played last, to its end
    _notices: set[str] = field(default_factory=set)  # files

    @property
    def ari(self) -> Ari:
        return self.centre.ari

    @property
    def agent_no(self) -> str:
        return self.agent.agent_no if self.agent else ""

    @property
    def number(self) -> str:
        """As people know this call."""
        return self.call.matter.no

    def name(self, what: str) -> str:
        """The name of something that belongs to this call in Asterisk."""
        return f"hy.{self.call.pk}.{what}"

    async def ask(self, do: Callable[[], T]) -> T:
        """Something that the domain does, in a thread."""
        return await self.centre.threads.ask(do)

    # ---- signals

    def take(self, signal: Signal) -> None:
        """Something that happened to this call, or that it is told."""
        if isinstance(signal, Entered) and signal.channel.id in self.coming:
            self.coming[signal.channel.id].set()
        else:
            self.box.put_nowait(signal)

    async def next(self, seconds: float | None = None) -> Signal | None:
        """The next signal; None when `seconds` passed without one. Commands are obeyed on the way. Raises BuyerGone,
        and Turn when a command made another stage come next."""
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while True:
            signal = await self._signal(None if end is None else end - loop.time())
            if signal is None:
                return None
            self._look_after_buyer(signal)
            if isinstance(signal, Asked) and not self.is_telling:
                await self.obey(self, signal)
                self._turn()
            elif await self.aside(self, signal):
                self._turn()
            else:
                return signal

    def _turn(self) -> None:
        if self.has_turned:
            self.has_turned = False
            raise Turn(self.turned)

    async def _signal(self, seconds: float | None) -> Signal | None:
        if self.kept:
            return self.kept.popleft()
        if not self.box.empty():
            return self.box.get_nowait()
        if seconds is not None and seconds <= 0:
            return None
        try:
            async with asyncio.timeout(seconds):  # wait_for may swallow the end of a task that has just heard something
                return await self.box.get()
        except TimeoutError:
            return None

    def _look_after_buyer(self, signal: Signal) -> None:
        if isinstance(signal, HangupAsked) and signal.channel_id == self.channel:
            raise BuyerGone(signal.cause or 16)
        if isinstance(signal, Left) and signal.channel_id == self.channel and not self.is_away:
            raise BuyerGone

    def turn_to(self, step: Step | None) -> None:
        """Called by a command: this comes next."""
        self.turned, self.has_turned = step, True

    # ---- sound

    async def say(self, *files: str, ends: Callable[[Signal], bool] = lambda _: False) -> Signal | None:
        """Play these to the buyer, one after the other. The first signal of which `ends` holds stops them and is
        returned; others are kept for the stage. Music goes on afterwards."""
        kept: list[Signal] = []
        try:
            for file in files:
                if (signal := await self._play(file, ends, kept)) is not None:
                    return signal
            return None
        finally:
            self.kept.extend(kept)
            if self.has_music:
                await self.quietly(self.ari.music(self.channel, on=True))

    async def _play(self, file: str, ends: Callable[[Signal], bool], kept: list[Signal]) -> Signal | None:
        if not file:
            return None
        self._played += 1
        playback = self.name(f"say{self._played}.{id(self) % 10_000}")
        try:
            await self.ari.play(self.channel, playback, f"sound:{file}")
        except Gone:
            await self._refuse_silence()
            return None
        try:
            ended = await self._ended(playback, ends, kept)
        except Turn:  # what comes next must not wait for the rest of the words
            await self.quietly(self.ari.stop_playing(playback))
            raise
        if ended is not None:
            await self.quietly(self.ari.stop_playing(playback))
        elif self._is_heard and file in self._notices:
            self.notified = True
        return ended

    async def _ended(self, playback: str, ends: Callable[[Signal], bool], kept: list[Signal]) -> Signal | None:
        """What ends a prompt before its end; None when it is over, heard or not."""
        self._is_heard = False
        while True:
            signal = await self.next(LONGEST_PROMPT_S)
            if signal is None or (isinstance(signal, Played) and signal.playback_id == playback):
                self._is_heard = signal is not None and signal.ok
                return None
            if ends(signal):
                return signal
            if isinstance(signal, Pressed) or not isinstance(signal, Played):
                kept.append(signal)

    async def _refuse_silence(self) -> None:
        """A prompt could not be played: has the buyer gone? Raises BuyerGone then."""
        try:
            await self.ari.channel(self.channel)
        except Gone:
            raise BuyerGone from None
        log.warning("call %s: a prompt was not played", self.call.pk)

    async def prompt(self, slug: str, **values: object) -> str:
        """The file of a prompt in the caller's language (slowly for the elderly), without its ending."""
        return await self.sentence(Say(slug, values))

    async def sentence(self, say: Say) -> str:
        """As `prompt`, also for words that stand in the menu's own table."""
        path = await self._spoken(say, self.language)
        if path is None and self.language != USUAL:
            path = await self._spoken(say, USUAL)
        if path is None:
            return ""
        file = str(path.with_suffix(""))
        if say.slug in NOTICES:
            self._notices.add(file)
        return file

    async def _spoken(self, say: Say, language: str) -> Path | None:
        """The file; None for a prompt that is not there, which must not end a call."""
        prompts, slowly = self.centre.prompts, self.elderly
        try:
            return await self.centre.voice.ask(lambda: prompts.said(say, language, slowly=slowly))
        except (LookupError, OSError):
            log.exception("call %s: no prompt %s in %s", self.call.pk, say.slug, language)
            return None

    async def music(self, *, on: bool) -> None:
        self.has_music = on
        await self.quietly(self.ari.music(self.channel, on=on))

    async def quietly(self, doing: Awaitable[None]) -> bool:
        """Do it unless it is gone. Whether it was done."""
        try:
            await doing
        except Gone:
            return False
        return True

    # ---- through the dialplan and back

    async def through(self, context: str) -> bool:
        """Send the buyer's leg through a piece of dialplan that gives it back. Whether it is back."""
        self.is_away = True
        try:
            await self.ari.send_on(self.channel, context)
            kept: list[Signal] = []
            end = asyncio.get_running_loop().time() + BACK_WITHIN_S
            while (left := end - asyncio.get_running_loop().time()) > 0:
                signal = await self._signal(left)
                if _is_back(signal, self.channel, context):
                    self.box_again(kept)
                    return True
                if signal is not None and not isinstance(signal, Left):
                    self._look_after_buyer(signal)
                    kept.append(signal)
            self.box_again(kept)
            return False
        finally:
            self.is_away = False

    def box_again(self, signals: list[Signal]) -> None:
        """Signals that were read and belong to whoever reads next."""
        self.kept.extendleft(reversed(signals))

    # ---- the run of it

    async def run(self, step: Step | None) -> None:
        """Until the call is over."""
        try:
            while step is not None:
                step = await self._step(step)
        except BuyerGone as gone:
            await self._over(gone.cause)
        except Gone:
            await self._over(0)
        except Trouble as trouble:  # Asterisk is away: what became of the call is found out when it is back
            log.warning("call %s: left as it is (%s)", self.call.pk, trouble)
            return
        await self.clear_up()

    async def _step(self, step: Step) -> Step | None:
        self.step = step
        try:
            return await self.stages[step](self)
        except Turn as turn:
            return turn.step
        except (BuyerGone, Gone, Trouble, asyncio.CancelledError):
            raise
        except Refusal as no:
            log.warning("call %s: %s refused: %s", self.call.pk, step, no.code)
        except Exception:  # a loop of the daemon: one bad call must not end in silence
            log.exception("call %s: from %s to the queue, after a bug", self.call.pk, step)
        if step in {Step.WAITING, Step.PERSON}:
            await asyncio.sleep(1.0)  # not in a circle faster than anybody can read
        if step in {Step.MENU, Step.PERSON}:
            return Step.PERSON
        return await self.ask(lambda: rows.safe_step(self.call, self.centre.now()))

    async def _over(self, cause: int) -> None:
        log.info("call %s: the buyer has hung up (%s)", self.call.pk, cause)
        await self.ask(lambda: rows.hung_up(self.call, Who.BUYER, cause, self.centre.now(), self.walk))
        if self.recording:
            folder, recording, now = self.centre.recordings, self.recording, self.centre.now()
            await self.ask(lambda: rows.close_recording(recording, folder, now))

    async def clear_up(self) -> None:
        """Nobody is left alone in a bridge, nothing is left behind."""
        for leg in (*self.legs, self.channel):
            await self._drop(leg)
        if self.bridge:
            try:
                await self.quietly(self.ari.end_bridge(self.bridge))
            except Trouble:
                log.info("call %s: Asterisk does not answer any more", self.call.pk)

    async def _drop(self, leg: str) -> None:
        try:
            await self.quietly(self.ari.hang_up(leg))
        except Trouble:
            log.info("call %s: Asterisk does not answer any more", self.call.pk)


def _is_back(signal: Signal | None, channel: str, context: str) -> bool:
    """Whether it comes back from this piece of dialplan, and not late from another."""
    return isinstance(signal, Entered) and signal.channel.id == channel and signal.args[:1] == (f"{context}ed",)
