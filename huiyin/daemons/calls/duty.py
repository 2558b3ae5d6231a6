"""Being the active switchboard: the lock, the ear for nudges, the link to Asterisk, and the rounds of it."""

import asyncio
import logging
import os
from collections.abc import Awaitable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from django.conf import settings

from huiyin.adapters.asterisk.ari import Ari, Trouble
from huiyin.adapters.asterisk.configuration import Network
from huiyin.adapters.asterisk.paths import APP, SWITCHBOARD_LOCK
from huiyin.adapters.speech.prompts import Prompts
from huiyin.adapters.speech.recognisers import the_loader
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.answers import OurAnswers
from huiyin.daemons.calls.exchange import Exchange
from huiyin.daemons.calls.floods import note_floods
from huiyin.daemons.calls.flow import Centre
from huiyin.daemons.calls.listening import Hearing
from huiyin.daemons.calls.phones import Phones
from huiyin.daemons.calls.reconciling import reconcile
from huiyin.daemons.calls.sentences import Sentences
from huiyin.daemons.calls.threads import Threads
from huiyin.domain.journal.nudges import CHANNEL, database_url, lasting
from huiyin.lib.clock import now

log = logging.getLogger("huiyin.switchboard")
ASK_AGAIN_S = 0.2
EVERY_S = 2.0
RECONCILE_S = 10.0
OURS = "calls"  # the topic that may mean work for us


class Taken(Exception):
    """Another switchboard is active now."""


class Place:
    """The lock in the database, held by the connection that hears the nudges."""

    def __init__(self) -> None:
        self._link: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    async def __aenter__(self) -> Self:
        await self.take(wait=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._link is not None:
            await self._link.close()

    async def take(self, *, wait: bool) -> None:
        """Hold the lock. Raises psycopg.OperationalError; Taken where another one has it and we do not wait."""
        link = await psycopg.AsyncConnection.connect(lasting(database_url()), autocommit=True)
        try:
            while not await self._is_mine(link):
                if not wait:
                    raise Taken
                await asyncio.sleep(ASK_AGAIN_S)
            await link.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            await link.close()
            raise
        self._link = link

    async def _is_mine(self, link: psycopg.AsyncConnection[tuple[Any, ...]]) -> bool:
        row = await (await link.execute("SELECT pg_try_advisory_lock(%s)", [SWITCHBOARD_LOCK])).fetchone()
        return row is not None and bool(row[0])

    async def heard(self, seconds: float) -> frozenset[str]:
        """Topics nudged within this time, as soon as there are any."""
        assert self._link is not None
        said = [note.payload async for note in self._link.notifies(timeout=seconds, stop_after=1)]
        return frozenset(said)


class Duty:
    """One time of being active."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._place, self._folder = place, folder
        self._wake = asyncio.Event()
        self._voice, self._speech = Threads(2), Threads(2)

    async def work(self) -> None:
        """Until Asterisk or our place is gone. Raises Trouble, Taken."""
        threads = Threads()
        ari = Ari(os.environ["HUIYIN_ARI_URL"], os.environ["HUIYIN_ARI_USER"], os.environ["HUIYIN_ARI_PASSWORD"], APP)
        try:
            async with ari:
                await self._carry(ari, threads)
        finally:
            threads.close()
            self._voice.close()
            self._speech.close()

    async def _carry(self, ari: Ari, threads: Threads) -> None:
        prompts = Prompts(self._folder / "sounds")
        hearing = Hearing(the_loader(settings.SPEECH_MODEL, self._folder), self._speech)
        recordings = str(self._folder / "recordings")
        centre = Centre(ari, threads, self._voice, prompts, OurAnswers(), now, recordings, hearing)
        exchange = Exchange(centre)
        phones = Phones(ari, threads, Network.from_environment(), settings.SECRET_KEY.encode())
        await phones.follow((await threads.ask(lambda: rows.news(now(), with_states=False))).visitors)
        log.info("active")
        compare = self._compare(exchange, Sentences(prompts))
        rounds = [self._events(exchange), self._ear(), self._rows(exchange, phones), compare]
        tasks = [asyncio.ensure_future(one) for one in rounds]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await exchange.stop()

    async def _events(self, exchange: Exchange) -> None:
        async for event in exchange.ari.events():
            if not exchange.take(event):
                raise Taken
        log.warning("Asterisk is gone")

    async def _ear(self) -> None:
        """Hear nudges; a database that is away is waited for, its lock taken again."""
        loop, quiet_until = asyncio.get_running_loop(), 0.0
        while True:
            try:
                topics = await self._place.heard(EVERY_S)
                if not topics or OURS in topics or loop.time() >= quiet_until:
                    quiet_until = loop.time() + EVERY_S
                    self._wake.set()
            except psycopg.OperationalError as trouble:
                log.warning("the database is away (%s)", type(trouble).__name__)
                await self._again()

    async def _again(self) -> None:
        while True:
            try:
                await self._place.take(wait=False)
            except psycopg.OperationalError:
                await asyncio.sleep(ASK_AGAIN_S)
            else:
                self._wake.set()
                return

    async def _rows(self, exchange: Exchange, phones: Phones) -> None:
        """On each nudge what is asked of us; every two seconds where all calls are."""
        loop = asyncio.get_running_loop()
        all_at, phones_at, known = 0.0, 0.0, frozenset[str]()
        while True:
            await self._wake.wait()
            self._wake.clear()
            everything = loop.time() >= all_at
            all_at = loop.time() + EVERY_S if everything else all_at
            await exchange.read_rows(everything=everything)
            if exchange.visitors != known or loop.time() >= phones_at:
                known, phones_at = exchange.visitors, loop.time() + RECONCILE_S
                await _logged("phones", phones.follow(known))

    async def _compare(self, exchange: Exchange, sentences: Sentences) -> None:
        while True:
            await _logged("reconciling", reconcile(exchange))
            await _logged("sentences", exchange.centre.threads.ask(sentences.lay))
            await _logged("floods", note_floods(exchange.centre))
            await asyncio.sleep(RECONCILE_S)


async def _logged(what: str, work: Awaitable[object]) -> None:
    """A round that fails is done again later; the calls go on. A link that is down is noticed by who hears events."""
    try:
        await work
    except Trouble as trouble:
        log.warning("%s: %s", what, trouble)
    except Exception:  # a round of the daemon: its bug must not end the calls
        log.exception("%s failed", what)
