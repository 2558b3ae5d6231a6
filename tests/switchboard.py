"""A switchboard with a small Asterisk and the real rows, turned by the test."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from huiyin.daemons.calls.answers import Answers, Found, Question
from huiyin.daemons.calls.exchange import Exchange
from huiyin.daemons.calls.flow import Centre
from huiyin.daemons.calls.threads import Threads
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.routing.models import Offer
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.menu import Answer, Say
from huiyin.domain.voice.models import Call, Command
from tests.asterisk import FakeAsterisk
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.routing import here, offered

T = TypeVar("T")
BUYER = "+8613800138000@trunk"  # whom we call
SOON = 20.0  # seconds in which a condition holds, or the test fails


class AtOnce(Threads):
    """The domain, asked between two turns of the loop: a test has one connection and no other thread sees it."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()

    async def ask(self, do: Callable[[], T]) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.asked.append((do, answer))
        return await answer

    def work(self) -> None:
        """Answer what was asked."""
        while self.asked:
            do, answer = self.asked.popleft()
            if answer.done():
                continue
            try:
                answer.set_result(do())
            except Exception as fault:  # whatever it is, whoever asked meets it
                answer.set_exception(fault)


class Spoken:
    """Prompts whose file tells what they say."""

    def path(self, slug: str, language: str, *, slowly: bool = False, **values: object) -> Path:
        return Path("/".join([language, slug, *map(str, values.values())]) + ".wav")

    def said(self, one: Say, language: str, *, slowly: bool = False) -> Path:
        words = one.words.get(language)
        return Path(f"{language}/{words}.wav") if words else self.path(one.slug, language, slowly=slowly, **one.values)


class Says:
    """Answers every question alike."""

    def __init__(self, code: str = "other") -> None:
        self.code = code

    def answer(self, question: Question) -> Found:
        return Found(Answer(self.code, served=True), order_no="KM1", proof="order_facts")


class Breaks:
    """Has a bug."""

    def answer(self, question: Question) -> Found:
        raise ZeroDivisionError


class House:
    """A switchboard with its Asterisk, and what the tests ask of it."""

    def __init__(self, asterisk: FakeAsterisk, folder: Path, answers: Answers) -> None:
        self.loop, self.threads, self.asterisk = asyncio.new_event_loop(), AtOnce(), asterisk
        self.centre = Centre(asterisk, self.threads, self.threads, Spoken(), answers, lambda: MIDNIGHT, str(folder))
        self.begin()

    def speak(self, prompts: Spoken) -> None:
        """From the next call on these sentences are said."""
        self.centre = replace(self.centre, prompts=prompts)
        self.begin()

    def begin(self) -> None:
        """A switchboard that knows nothing yet."""
        self.exchange = Exchange(self.centre)
        self.asterisk.tell = lambda event: self.loop.call_soon(self.exchange.take, event)

    def end(self) -> None:
        """It is killed: the lines go on."""
        self.run(self.exchange.stop())

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """Until this is done."""
        task = self.loop.create_task(doing)
        self.until(task.done)
        task.result()

    def until(self, holds: Callable[[], object]) -> None:
        """Go on until a condition holds."""
        end = self.loop.time() + SOON
        while not holds():
            assert self.loop.time() < end, [line.heard for line in self.asterisk.lines.values()]
            self.threads.work()
            self.loop.run_until_complete(asyncio.sleep(0.001 if not self.threads.asked else 0))

    def state(self, channel: str = "c1") -> str:
        return str(Call.objects.filter(channel_id=channel).values_list("state", flat=True).first())

    def call(self, channel: str = "c1") -> Call:
        return Call.objects.select_related("matter", "talk", "agent").get(channel_id=channel)

    def room(self) -> set[str] | None:
        """Who talks with whom."""
        return self.asterisk.rooms.get(f"hy.{self.call().pk}.talk")

    def heard(self, slug: str, channel: str = "c1") -> bool:
        """Whether the caller has heard this prompt."""
        return any(f"/{slug}" in file for file in self.asterisk.lines[channel].heard)

    def wait_in_queue(self, channel: str = "c1") -> Call:
        """Somebody calls and asks for a person."""
        self.asterisk.dial(channel)
        self.until(lambda: self.heard("menu.main", channel))
        self.asterisk.key_in(channel, "0")
        self.until(lambda: self.state(channel) == "waiting")
        return self.call(channel)

    def hand_over(self, to: str, agent_no: str = ALICE) -> None:
        """By the page of the talk or the API, not by a command of the call."""
        talk = Conversation.objects.get(matter=self.call().talk_id)
        conversations.hand_over(talk, to, "please", by=f"staff:{agent_no}", now=MIDNIGHT)

    def offer(self, call: Call, person: Person) -> Offer:
        """The router asks somebody."""
        item = open_item(call.talk)
        assert item is not None
        made = offered(item, person)
        self.run(self.exchange.read_rows())
        return made

    def talk(self, agent_no: str = ALICE, channel: str = "c1") -> str:
        """Somebody talks with the caller; the agent's leg."""
        self.offer(self.wait_in_queue(channel), here(agent_no))
        self.until(lambda: any(where == f"a{agent_no}" for where, _, _ in self.asterisk.rung))
        leg = self.asterisk.pick_up(f"a{agent_no}")
        self.until(lambda: self.room() == {channel, leg})
        return leg

    def call_out(self, person: Person) -> tuple[Call, str]:
        """Somebody calls BUYER about a matter; the call and the agent's leg, which is answered."""
        made = voice.call_buyer(journal.open_matter("case", MIDNIGHT), "13800138000", person, now=MIDNIGHT)
        self.run(self.exchange.read_rows())
        self.until(lambda: self.asterisk.rung)
        return made, self.asterisk.pick_up(f"a{person.agent_no}")

    def command(self, verb: str, agent_no: str = ALICE, **params: object) -> Command:
        """Somebody wants something, and has an answer."""
        person = Person.objects.get(agent_no=agent_no)
        asked = voice.ask(self.call(), verb, params, person, now=MIDNIGHT)
        self.run(self.exchange.read_rows())
        self.until(lambda: Command.objects.filter(pk=asked.pk, answered_at__isnull=False).exists())
        asked.refresh_from_db()
        return asked


Make = Callable[..., House]
