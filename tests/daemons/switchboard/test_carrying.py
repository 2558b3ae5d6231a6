"""A call from the first ring to the last word, with a small Asterisk and the real rows."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from huiyin.daemons.calls.answers import Answers, Found, Question
from huiyin.daemons.calls.exchange import Exchange
from huiyin.daemons.calls.flow import Centre
from huiyin.daemons.calls.reconciling import reconcile
from huiyin.daemons.calls.threads import Threads
from huiyin.domain.routing.models import Offer
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.menu import Answer
from huiyin.domain.voice.models import Call, Callback, Command
from tests.asterisk import FakeAsterisk
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN
from tests.routing import here, offered

pytestmark = pytest.mark.django_db
T = TypeVar("T")
SOON = 5.0  # seconds in which a condition holds, or the test fails


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

    def command(self, verb: str, agent_no: str = ALICE, **params: object) -> Command:
        """Somebody wants something, and has an answer."""
        person = Person.objects.get(agent_no=agent_no)
        asked = voice.ask(self.call(), verb, params, person, now=MIDNIGHT)
        self.run(self.exchange.read_rows())
        self.until(lambda: Command.objects.filter(pk=asked.pk, answered_at__isnull=False).exists())
        asked.refresh_from_db()
        return asked


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def make(*online: str, answers: Answers | None = None) -> House:
        made.append(House(FakeAsterisk(*online), tmp_path, answers or Says()))
        return made[-1]

    yield make
    for one in made:
        one.end()
        one.loop.close()
        one.threads.close()


Make = Callable[..., House]


def test_hl4_a_caller_hears_the_menu_and_reaches_a_person_with_0(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.until(lambda: one.asterisk.lines["c1"].has_music)
    assert one.asterisk.lines["c1"].heard[0] == "zh-hans/menu.welcome"
    assert one.call().pressed == [{"node": "main", "key": "0"}]


def test_hl5_a_waiting_caller_hears_their_place(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.until(lambda: any("queue.place" in file for file in one.asterisk.lines["c1"].heard))


def test_hl6_an_answered_device_is_an_accepted_offer(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    call = one.call()
    assert (call.state, call.agent_channel) == ("talking", leg)
    assert Offer.objects.get().state == "accepted"
    assert not one.asterisk.lines["c1"].has_music


def test_hl6_browser_and_phone_ring_and_the_slower_one_stops(house: Make) -> None:
    one = house(f"a{ALICE}", f"w{ALICE}")
    one.talk()
    rung = {where: leg for where, leg, kind in one.asterisk.rung if kind == "offer"}
    assert set(rung) == {f"a{ALICE}", f"w{ALICE}"}
    one.until(lambda: rung[f"w{ALICE}"] not in one.asterisk.lines)


def test_nobody_registered_declines_and_the_caller_waits_on(house: Make) -> None:
    one = house()
    call = one.wait_in_queue()
    one.offer(call, here(ALICE))
    one.until(lambda: Offer.objects.get().state == "declined")
    assert Offer.objects.get().reason == "unreachable"
    one.until(lambda: one.state() == "waiting")


def test_a_device_that_refuses_declines_the_offer(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    one.offer(call, here(ALICE))
    one.until(lambda: one.asterisk.rung and one.state() == "ringing")
    one.asterisk.leave(one.asterisk.rung[0][1], cause=21)
    one.until(lambda: Offer.objects.get().state == "declined" and one.state() == "waiting")


def test_an_offer_that_is_over_stops_the_ringing(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    made = one.offer(call, here(ALICE))
    one.until(lambda: one.state() == "ringing")
    Offer.objects.filter(pk=made.pk).update(state="expired")
    one.run(one.exchange.read_rows())
    one.until(lambda: one.asterisk.rung[0][1] not in one.asterisk.lines and one.state() == "waiting")


def test_hl7_recording_begins_with_the_talk_and_never_before(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    assert "HY_REC" not in one.asterisk.lines["c1"].variables
    one.offer(call, here(ALICE))
    one.until(lambda: one.asterisk.rung)
    one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: "HY_REC" in one.asterisk.lines["c1"].variables)
    assert one.asterisk.lines["c1"].variables["HY_REC"].endswith(".raw")
    assert call.recordings.get().state == "open"


def test_hl8_the_caller_rates_after_the_agent_hung_up(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.asterisk.is_slow = True
    one.asterisk.leave(leg)
    one.until(lambda: one.asterisk.lines["c1"].heard[-1] == "zh-hans/rating.ask")
    one.asterisk.is_slow = False
    one.asterisk.key_in("c1", "5")
    one.until(lambda: one.state() == "ended")
    call = one.call()
    assert (call.rating, call.ended_by, call.outcome) == (5, "agent", "talked")
    assert call.recordings.get().state == "closed"
    assert not one.asterisk.rooms


def test_hl5_hanging_up_while_waiting_becomes_a_call_back(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended")
    assert Callback.objects.get().number == "+8613800000000"


def test_hl5_1_books_a_call_back_while_waiting(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.asterisk.key_in("c1", "1")
    one.until(lambda: one.state() == "ended")
    booked = Callback.objects.get()
    assert booked.asked
    assert one.call().outcome == "callback"


def test_when_the_buyer_hangs_up_nobody_is_left_in_the_bridge(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.asterisk.leave("c1")
    one.until(lambda: leg not in one.asterisk.lines and not one.asterisk.rooms)
    assert one.call().ended_by == "buyer"


def test_a_lost_device_parks_the_caller_and_the_same_agent_has_them_again(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.asterisk.leave(leg, cause=44)
    one.until(lambda: len(one.asterisk.rung) == 2)
    assert one.asterisk.rung[1][2] == "again"
    assert one.state() == "parked"
    new = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: one.asterisk.rooms[f"hy.{one.call().pk}.talk"] == {"c1", new})
    assert one.call().agent_channel == new


def test_commands_are_done_and_answered(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    room = f"hy.{one.call().pk}.talk"
    assert (one.command("hold")).state == "done"
    assert one.asterisk.rooms[room] == {leg}
    assert one.asterisk.lines["c1"].has_music
    assert (one.command("unhold")).state == "done"
    assert one.asterisk.rooms[room] == {leg, "c1"}
    one.command("mute")
    assert one.asterisk.lines[leg].is_muted
    one.command("keypad", keys="12#")
    assert one.asterisk.keys == [("c1", "12#")]


def test_a_command_that_cannot_be_done_is_refused_with_a_reason(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.talk()
    refused = one.command("complete")
    assert (refused.state, refused.reason) == ("refused", "nobody_asked")
    here(SUN)
    unheard = one.command("listen", SUN)
    assert (unheard.state, unheard.reason) == ("refused", "unreachable")


def test_hl9_who_leads_listens_whispers_and_joins(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{SUN}")
    leg = one.talk()
    here(SUN)
    one.command("listen", SUN)
    ear = one.asterisk.pick_up(f"a{SUN}")
    one.until(lambda: one.asterisk.snoops == [(leg, "none")])
    one.command("whisper", SUN)
    assert one.asterisk.snoops[-1] == (leg, "out")
    one.command("barge", SUN)
    assert one.asterisk.rooms[f"hy.{one.call().pk}.talk"] == {"c1", leg, ear}
    one.command("stop", SUN)
    assert ear not in one.asterisk.lines


def test_a_call_that_is_handed_over_waits_for_the_next_one(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    bo = here(BO)
    one.command("transfer", to=f"agent:{BO}", summary="please")
    one.until(lambda: leg not in one.asterisk.lines and one.state() == "waiting")
    one.offer(one.call(), bo)
    one.until(lambda: one.asterisk.rung[-1][0] == f"a{BO}")
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.asterisk.rooms[f"hy.{one.call().pk}.talk"] == {"c1", new})
    assert one.call().recordings.count() == 1


def test_a_warm_transfer_asks_first(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    here(BO)
    room = f"hy.{one.call().pk}.talk"
    one.command("transfer", to=f"agent:{BO}", warm=True)
    assert one.asterisk.rooms[room] == {leg}
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.asterisk.rooms[room] == {leg, new})
    one.command("complete")
    one.until(lambda: one.asterisk.rooms[room] == {"c1", new})
    assert leg not in one.asterisk.lines
    agent = one.call().agent
    assert agent is not None
    assert agent.agent_no == BO


def test_what_is_keyed_in_secret_is_neither_kept_nor_logged(house: Make, caplog: pytest.LogCaptureFixture) -> None:
    one = house()
    with caplog.at_level(logging.DEBUG):
        one.asterisk.dial("c1")
        one.until(lambda: one.state() == "menu")
        for slug, keys in (("menu.main", "1"), ("menu.key_missing", "2"), ("ask.code", "735194")):
            one.until(lambda slug=slug: f"zh-hans/{slug}" in one.asterisk.lines["c1"].heard)
            one.asterisk.key_in("c1", keys)
        one.until(lambda: "zh-hans/menu.anything_else" in one.asterisk.lines["c1"].heard)
        one.asterisk.key_in("c1", "0")
        one.until(lambda: one.state() == "waiting")
        assert one.call().pressed[2] == {"node": "code", "key": "******"}
        assert (one.call().order_no, one.call().proof) == ("KM1", "order_facts")
    assert "735194" not in caplog.text


def test_a_bug_sends_the_caller_to_a_person_and_not_into_silence(house: Make) -> None:
    one = house(answers=Breaks())
    one.asterisk.dial("c1")
    one.until(lambda: one.state() == "menu")
    one.asterisk.key_in("c1", "4")
    one.until(lambda: one.state() == "waiting")
    assert "zh-hans/safe.trouble" in one.asterisk.lines["c1"].heard


def test_op_a_new_switchboard_carries_on_where_the_rows_are(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.wait_in_queue("c2")
    one.end()
    one.begin()
    one.run(reconcile(one.exchange))
    assert len(one.exchange.flows) == 2
    assert one.asterisk.rooms[f"hy.{one.call().pk}.talk"] == {"c1", leg}
    one.asterisk.leave(leg)
    one.until(lambda: one.heard("rating.ask"))
    one.asterisk.key_in("c1", "3")
    one.until(lambda: one.state() == "ended")
    assert one.state("c2") == "waiting"


def test_what_ended_unseen_is_found_and_legs_of_no_call_are_taken_down(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    call = one.call()
    one.end()
    Call.objects.filter(pk=call.pk).update(started_at=MIDNIGHT.replace(year=2025))
    del one.asterisk.lines["c1"]
    one.asterisk.since = "2024-01-01T00:00:00.000+0000"
    one.begin()
    one.run(reconcile(one.exchange))
    assert (one.call().state, one.call().ended_by) == ("ended", "buyer")
    one.until(lambda: leg not in one.asterisk.lines)
    assert not one.asterisk.rooms


def test_calls_of_an_asterisk_that_died_are_lost_and_who_waited_is_called_back(house: Make) -> None:
    one = house()
    call = one.wait_in_queue()
    one.end()
    Call.objects.filter(pk=call.pk).update(started_at=MIDNIGHT.replace(year=2025))
    one.asterisk.lines.clear()
    one.begin()
    one.run(reconcile(one.exchange))
    assert (one.call().ended_by, one.call().outcome) == ("lost", "callback")
