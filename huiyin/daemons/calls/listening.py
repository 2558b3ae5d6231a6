"""What a caller says in the menu, where a recogniser is configured: a copy of their leg's sound comes to us, each
utterance is understood in a thread and becomes a signal of the call. Nothing of the sound is kept.

We listen only where one chooses with a key: what is said while a number or a secret is asked for is thrown away
unheard. The keypad works as ever and wins. Without a recogniser none of this happens.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable
from itertools import count

from huiyin.adapters.asterisk.ari import Gone, Trouble
from huiyin.adapters.asterisk.ear import FORMAT, RATE, Ear
from huiyin.adapters.speech.recognisers import Loader
from huiyin.adapters.speech.utterances import BEFORE_S, Utterance, Utterances
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.signals import Said, Signal
from huiyin.daemons.calls.threads import Threads
from huiyin.domain.voice import menu
from huiyin.domain.voice.hearing import Recogniser

log = logging.getLogger("huiyin.switchboard")
LONGEST_S = 8.0  # nobody says their wish for longer
MOST_WAITING = 6  # utterances: an answer that comes later than that helps nobody
MOST_CALLS = 30  # listened to at once; more callers than that press keys
IN_HAND_WITHIN_S = 5.0  # a leg of our own making, on a machine that is busy
PATIENCE_S = 4.0  # for words that are being said, or worked out, when the time is over
_numbers = count(int(time.time()) % 1_000_000)  # legs of a switchboard that died may still be there


class Hearing:
    """What all calls of a switchboard hear with."""

    def __init__(self, loader: Loader, threads: Threads) -> None:
        self._loader, self._threads = loader, threads
        self.calls = self._waiting = 0

    @property
    def recogniser(self) -> Recogniser | None:
        """None: there is none (yet), or enough callers are listened to."""
        return self._loader.now if self.calls < MOST_CALLS else None

    async def understand(self, sound: bytes) -> str:
        """The words in it; empty where there are none, or too much is to be understood at once."""
        recogniser = self._loader.now
        if recogniser is None or self._waiting >= MOST_WAITING:
            return ""
        self._waiting += 1
        try:
            heard = await self._threads.ask(lambda: recogniser.recognise(sound, RATE))
        except Exception:  # whatever a model does: the keypad goes on
            log.exception("speech was not understood")
            return ""
        finally:
            self._waiting -= 1
        return " ".join(one.text for one in heard)


class Listener:
    """The ear of one call in the menu."""

    def __init__(self, flow: Flow, hearing: Hearing) -> None:
        self._flow, self._hearing = flow, hearing
        self._said = Utterances(RATE, longest_s=LONGEST_S)
        self._turn, self._is_open, self._over_at, self._working = 0, False, float("inf"), 0
        self._ear: Ear | None = None
        number = next(_numbers)
        self._legs = (flow.name(f"hears{number}"), flow.name(f"sends{number}"))
        self._room = flow.name(f"hearing{number}")
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- for the menu

    def begins(self, *, listens: bool) -> None:
        """Something new is said to the caller; what they said before was about something else."""
        self._turn, self._is_open, self._over_at = self._turn + 1, listens, float("inf")
        self._said.forget()

    def has_spoken(self) -> None:
        """We are silent from here on, and it is the caller's turn."""
        self._over_at = self._said.seconds

    @property
    def is_busy(self) -> bool:
        """Whether something is being said or worked out that may still be an answer."""
        return self._is_open and (self._said.is_speaking or self._working > 0)

    def counts(self, walk: menu.Walk, signal: Signal | None) -> bool:
        """Whether this is an answer to what is asked right now. While we speak ourselves only a word alone is: a
        loudspeaker may send our own words back to us."""
        if not isinstance(signal, Said) or signal.turn != self._turn or not self._is_open:
            return False
        return not signal.is_early or bool(menu.understood(walk, signal.text, alone=True))

    # ---- the sound

    async def open(self) -> None:
        """Have the leg's sound sent to us. Without it the menu goes on by keypad."""
        ari, (hears, sends) = self._flow.ari, self._legs
        in_hand = {leg: asyncio.Event() for leg in self._legs}  # a bridge takes no leg before
        try:
            self._ear = await Ear.open(self._take)
            self._flow.legs.update(self._legs)
            self._flow.coming.update(in_hand)
            await ari.snoop(self._flow.channel, hears, spy="in", whisper="none")
            self._ear.only_from(await ari.send_sound(sends, self._ear.address, FORMAT))
            async with asyncio.timeout(IN_HAND_WITHIN_S):
                for one in in_hand.values():
                    await one.wait()
            await ari.bridge(self._room, hears, sends)
        except (Gone, Trouble, OSError) as no:  # a TimeoutError is an OSError
            log.warning("call %s: the menu does not hear (%s)", self._flow.call.pk, no or "a leg did not come")
        finally:
            for leg in in_hand:
                self._flow.coming.pop(leg, None)

    async def close(self) -> None:
        """Hear no more."""
        for task in self._tasks:
            task.cancel()
        if self._ear is not None:
            self._ear.close()
        for leg in self._legs:
            await self._gone(self._flow.ari.hang_up(leg))
            self._flow.legs.discard(leg)
        await self._gone(self._flow.ari.end_bridge(self._room))

    async def _gone(self, doing: Awaitable[None]) -> None:
        with contextlib.suppress(Gone, Trouble):
            await doing

    def _take(self, sound: bytes) -> None:
        if not self._is_open:
            return
        for said in self._said.feed(sound):
            task = asyncio.ensure_future(self._understand(said))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _understand(self, said: Utterance) -> None:
        turn, is_early = self._turn, said.start_s + BEFORE_S <= self._over_at
        self._working += 1
        try:
            text = await self._hearing.understand(said.sound)
        finally:
            self._working -= 1
        if text:
            self._flow.take(Said(text, turn, is_early=is_early))


@contextlib.asynccontextmanager
async def listening(flow: Flow) -> AsyncIterator[Listener | None]:
    """Hear the caller meanwhile; None where nothing is understood here."""
    hearing = flow.centre.hearing
    if hearing is None or hearing.recogniser is None:
        yield None
        return
    listener = Listener(flow, hearing)
    hearing.calls += 1
    opening = asyncio.ensure_future(listener.open())  # nobody waits for it: the first prompt is played at once
    try:
        yield listener
    finally:
        hearing.calls -= 1
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await listener.close()
