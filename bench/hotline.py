"""A running centre with its hotline, and this process as one more part of it: for the benches of calls."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from bench.machine import processes_under
from bench.routing_live import be_part_of
from bench.rtp import Sound
from bench.sip import Leg, Refused, Ring, Silent, Station
from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running
from huiyin.domain.voice.logins import Login, login_of

# Everybody calls from one address and nobody looks after the numbers: what guards against that would be measured.
EXTRA = {"HUIYIN_MOST_CALLS": "2000", "HUIYIN_MOST_CALLS_OF_ONE": "2000", "HUIYIN_MOST_CALLS_OF_ADDRESS": "2000"}
LINE, TO_PERSON = "hotline", "0"
LISTENS_S = 0.4  # of the first prompt, before a caller presses
ANSWERED_WITHIN_S = 0.3  # else the next try
KNOWN_WITHIN_S = 30.0  # the phone of somebody new
WRAPPED_UP_WITHIN_S = 5.0
_numbers = count(10_000_000)
_agents = count(60_000)


@dataclass
class Hotline:
    """What is measured."""

    running: Running
    port: int  # of SIP
    start_s: float = 0.0  # from nothing, with a new database, to the first call that was answered and written down
    ready_s: float = 0.0  # the same from the birth of Asterisk and the switchboard, beside everything else

    @property
    def var(self) -> Path:
        return self.running.var

    def rows(self, query: Any, *values: Any) -> list[tuple[Any, ...]]:
        url = find_running(self.var)
        assert url is not None
        with psycopg.connect(url) as link:
            return link.execute(query, values).fetchall()

    def login(self, user: str) -> Login:
        """What this SIP user registers with."""
        return login_of(user, str(json.loads((self.var / "secrets.json").read_text())["secret_key"]).encode())


@contextlib.contextmanager
def hotline() -> Iterator[Hotline]:
    """Raises RuntimeError where the hotline is off."""
    begun = time.monotonic()
    with running_instance(extra=EXTRA) as running:
        voice = running.ready["voice"]
        if voice["state"] != "on":
            raise RuntimeError(f"the hotline is off: {voice.get('why')}")
        be_part_of(running)
        line = Hotline(running, int(str(voice["sip_uri"]).rpartition(":")[2]))
        asyncio.run(_first_call(line))
        line.start_s = time.monotonic() - begun
        line.ready_s = _born_again(line)
        yield line


def _born_again(line: Hotline) -> float:
    """Seconds from the death of Asterisk and the switchboard, which the supervisor starts again at once, to a call."""
    for pid, name in processes_under(line.running.process.pid).items():
        if name in {"asterisk", "switchboard"}:
            os.kill(pid, signal.SIGKILL)
    begun = time.monotonic()
    asyncio.run(_first_call(line))
    return time.monotonic() - begun


async def _first_call(line: Hotline) -> None:
    """Until a call is answered and written down. Raises RuntimeError."""
    async with station(line.port) as (opened, _):
        end = time.monotonic() + KNOWN_WITHIN_S
        while time.monotonic() < end:
            number = new_number()
            with contextlib.suppress(Refused, Silent):
                leg = await opened.call(LINE, number, patience=ANSWERED_WITHIN_S)
                await asyncio.sleep(0.1)
                await leg.bye()
                if await asyncio.to_thread(line.rows, "SELECT 1 FROM voice_call WHERE caller LIKE %s", f"%{number}"):
                    return
        raise RuntimeError("nobody answers at the hotline")


@contextlib.asynccontextmanager
async def station(port: int) -> AsyncIterator[tuple[Station, Sound]]:
    """A socket for calls and a process for their sound."""
    sound = Sound()
    opened = await Station(port, sound.port).open()
    try:
        yield opened, sound
    finally:
        opened.close()
        sound.close()


def new_number() -> str:
    """A mobile number that nobody has called from."""
    return f"138{next(_numbers)}"


def hire(agents: int) -> list[Any]:
    """So many people who take one call at a time, on a break."""
    from huiyin.domain.journal import actions as journal
    from huiyin.domain.staff.models import Person
    from huiyin.lib.clock import now

    people = []
    for agent_no in (str(next(_agents)) for _ in range(agents)):
        matter = journal.open_matter("staff", now())
        people.append(
            Person.objects.create(username=agent_no, agent_no=agent_no, tier="L1", password="!", matter=matter)
        )
        is_available(people[-1], state="break")
    return people


def is_available(person: Any, state: str = "available") -> None:
    from huiyin.domain.routing import actions as routing
    from huiyin.domain.routing.actions import Places
    from huiyin.domain.routing.actions.presence import UNNAMED
    from huiyin.lib.clock import now

    places = Places({"chat": 0, "call": 1, "case": 0})
    routing.set_presence(person, UNNAMED, state, capacity=places, now=now())


def wrap_up(no: str, person: Any) -> float:
    """Say what came of the call with this number; when that was committed, by time.perf_counter."""
    from huiyin.domain.conversations import actions
    from huiyin.domain.conversations.models import Conversation
    from huiyin.domain.conversations.wrap_up import WrapUp
    from huiyin.lib.clock import now
    from huiyin.lib.errors import Refusal

    end = time.monotonic() + WRAPPED_UP_WITHIN_S
    while True:
        talk = Conversation.objects.get(matter__no=no)
        try:
            if talk.state != "wrap_up":
                raise Refusal("still_talking")
            actions.end(talk, WrapUp("solved", "", None, number_spoken=True), by=person.by, now=now())
            return time.perf_counter()
        except Refusal:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


async def sign_in(opened: Station, line: Hotline, person: Any, ring: Ring) -> None:
    """Register this person's SIP phone: as soon as the hotline knows it."""
    login = line.login(f"a{person.agent_no}")
    end = time.monotonic() + KNOWN_WITHIN_S
    while True:
        try:
            return await opened.register(login.user, login.password, ring)
        except Refused:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.5)


async def wait_in_queue(opened: Station, sound: Sound) -> Leg:
    """A new caller who has asked for a person."""
    leg = await opened.call(LINE, new_number())
    leg.stream = sound.begin(leg.sound_port)
    await asyncio.sleep(LISTENS_S)
    sound.press(leg.stream, TO_PERSON)
    return leg
