"""IN1, IN11, CP15: the board says what the rows say."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.actions import Opening
from huiyin.domain.conversations.actions.writing import write
from huiyin.domain.insight import actions
from huiyin.domain.insight.metrics import Aim, Counts, End, Wait, counted, quarters
from huiyin.domain.insight.queries import board
from huiyin.domain.insight.queries.board import midnight
from huiyin.domain.insight.queries.waits import OTHER_WAYS, day_of, quarters_of, summed
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind, Term
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item, Queue
from huiyin.domain.routing.states import Presence
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import Unit
from tests import people
from tests.fakes import MIDNIGHT
from tests.routing import a_talk, here, offered, talking, waiting

pytestmark = pytest.mark.django_db
DAY = midnight(MIDNIGHT)
NOON = DAY + timedelta(hours=12)


@pytest.fixture(autouse=True)
def _queues(db: None) -> None:
    routing.ship_queues()


def after(seconds: float, since: datetime = NOON) -> datetime:
    return since + timedelta(seconds=seconds)


def test_in1_an_empty_day_is_shown_as_one() -> None:
    seen = board(NOON)
    assert (seen.waiting, seen.since, seen.agents, seen.near, seen.without_fate) == (0, None, [], [], 0)
    assert seen.today == Counts()
    assert len(seen.day) == 48
    assert {line.slug for line in seen.queues} >= {"general", "vip", "supervisor"}


def test_in1_who_waits_and_who_was_answered() -> None:
    alice = here(now=after(0), chats=2)
    talking(alice, now=after(10))
    waiting(now=after(20))
    waiting(now=after(25), queue="vip")
    seen = board(after(100))
    assert seen.waiting == 2
    assert seen.since == after(20)
    assert (seen.today.answered, seen.today.waiting, seen.today.waiting_late) == (1, 2, 2)
    line = next(line for line in seen.queues if line.slug == "general")
    assert (line.waiting, line.talking, line.since) == (1, 1, after(20))


def test_in1_whoever_gives_up_counts_and_whoever_takes_something_else_does_not() -> None:
    for seconds, why in [(3, "gone"), (30, "gone"), (40, "left_message"), (50, "call_back")]:
        item = waiting(now=NOON)
        routing.leave_queue(item, why, by="buyer", now=after(seconds))
    today = board(after(60)).today
    assert (today.abandoned, today.abandoned_short, today.other) == (2, 1, 2)


def test_in1_what_was_passed_on_before_anybody_took_it_is_one_contact_that_waited_from_the_beginning() -> None:
    alice = here(now=NOON)
    item = waiting(now=NOON, queue="vip")
    moved = routing.hand_over(item, "queue:general", by="system", now=after(30), why="overflow")
    routing.accept(offered(moved, alice, now=after(35)).pk, alice, "desk", now=after(40))
    today = board(after(60)).today
    assert (today.offered, today.answered, today.answer_s) == (1, 1, 40)


def test_in11_what_was_answered_and_handed_over_is_not_counted_as_a_second_contact() -> None:
    alice = here(now=NOON)
    item = talking(alice, now=NOON)
    routing.hand_over(item, "supervisor", by=alice.by, now=after(60), why="asked_for")
    today = board(after(70)).today
    assert (today.offered, today.waiting) == (1, 0)


def test_in1_yesterday_is_over() -> None:
    item = waiting(now=DAY - timedelta(hours=1))
    routing.leave_queue(item, "gone", by="buyer", now=DAY - timedelta(minutes=30))
    assert board(NOON).today.offered == 0


def test_in1_everybody_is_shown_once_by_what_they_do() -> None:
    alice, bo = here(now=NOON, chats=2), here(people.BO, now=NOON)
    routing.set_presence(alice, "phone", "break", reason="rest", now=after(5))
    talking(alice, now=after(6))
    routing.set_presence(bo, "desk", "break", reason="lunch", now=after(7))
    seen = board(after(10))
    assert [(one.agent_no, one.state, one.in_hand, one.free) for one in seen.agents] == [
        (people.ALICE, Presence.AVAILABLE, 1, 1), (people.BO, Presence.BREAK, 0, 0)
    ]  # fmt: skip
    assert seen.agents[1].reason == "lunch"
    assert board(after(600)).agents == []  # nobody has renewed their lease


def test_in1_free_places_are_counted_where_somebody_is_able() -> None:
    here(now=NOON, chats=2, skills={"vip": 3})
    here(people.BO, now=NOON, chats=3, skills={})
    free = {line.slug: line.free for line in board(after(1)).queues}
    assert (free["general"], free["vip"], free["account"]) == (5, 2, 0)


def test_in1_occupancy_is_the_share_of_talking() -> None:
    alice = here(now=NOON)
    item = talking(alice, now=after(0))
    routing.done(item, by=alice.by, now=after(300))
    assert board(after(600)).work.occupancy == pytest.approx(0.5, abs=0.01)
    assert board(after(3 * 3600)).work.occupancy is None  # of the last hour, in which nobody was here


def test_in1_promises_in_their_last_fifth_are_shown_by_time_left() -> None:
    for minutes in (10, 100):
        promises.make(a_talk(NOON), Kind.RESULT, Term(minutes * 60, Unit.SECONDS, "at_once"), by="system", now=NOON)
    seen = board(NOON + timedelta(minutes=9))
    assert [one.kind for one in seen.near] == ["result"]
    assert seen.near_count == 1
    assert seen.near[0].owner == ""


def test_in1_what_was_missed_and_not_made_up_for_stands_first() -> None:
    late, anew, near = (a_talk(NOON) for _ in range(3))
    promises.commit(late, "补发卡密", after(600), "c1.1", by="staff:1024", now=NOON)
    promises.make(anew, Kind.RESULT, Term(600, Unit.SECONDS, "at_once"), by="system", now=NOON)
    promises.make(near, Kind.RESULT, Term(900, Unit.SECONDS, "at_once"), by="system", now=NOON)
    for matter in (late, anew):  # a missed result is promised anew by itself
        promises.break_overdue(matter, now=after(660))
    seen = board(after(800))
    assert [(one.no, one.state) for one in seen.near] == [(late.no, "broken"), (near.no, "running")]
    assert seen.near_count == 2
    assert "broken" not in [one.state for one in board(after(25 * 3600)).near]  # it is in the figures of its day


def test_in1_a_first_answer_that_came_late_is_not_missed_any_more() -> None:
    talk = conversations.start(Opening("卡密不能用"), by="buyer", now=NOON).conversation
    promises.break_overdue(talk.matter, now=after(3600))
    assert [one.state for one in board(after(3610)).near] == ["broken"]
    talk.answered_at = after(3615)
    talk.save()
    assert [one.state for one in board(after(3618)).near] == ["broken"]  # taken, without a word
    write(talk.matter, "我在，马上查", by=people.hire().by, now=after(3620))
    assert board(after(3630)).near == []


def test_in1_matters_and_calls_back_that_wait_are_counted_apart() -> None:
    waiting("case", now=NOON)
    waiting("case", now=after(60))
    waiting("callback", now=after(30))
    waiting(now=after(90))
    seen = board(after(100))
    assert seen.waiting == 1
    assert {kind: (line.waiting, line.since) for kind, line in seen.not_live.items()} == {
        "case": (2, NOON), "callback": (1, after(30))
    }  # fmt: skip


def test_cp15_contacts_without_a_fate_are_counted() -> None:
    first = contacts.note("phone", "person", now=NOON)
    contacts.note("web", "person", now=NOON)
    assert board(NOON).without_fate == 2
    contacts.settle(first, Fate.ANSWERED, now=NOON)
    assert board(NOON).without_fate == 1


def test_in1_the_board_asks_as_often_for_thirty_queues_as_for_five() -> None:
    talking(here(people.BO, now=NOON), now=NOON)
    with CaptureQueriesContext(connection) as few:
        board(after(1))
    for number in range(25):
        queue = Queue.objects.create(slug=f"q{number}", title=f"队列{number}", title_en=f"Queue {number}")
        waiting(queue=queue.slug, now=NOON)
    for number in range(5):
        talking(here(people.ALICE, now=NOON, chats=9), now=after(number))
    with CaptureQueriesContext(connection) as many:
        board(after(10))
    assert len(many) <= len(few) <= 26


def test_only_who_leads_hangs_a_screen_on_the_wall_and_it_can_be_taken_down() -> None:
    sun, alice = people.hire(people.SUN), people.hire()
    with pytest.raises(Refusal):
        actions.hang_wall("hall", alice, now=NOON)
    wall, token = actions.hang_wall("hall", sun, now=NOON)
    assert token not in wall.digest
    assert actions.wall_behind(token) == wall
    assert actions.wall_behind(token + "x") is None
    actions.take_down_wall(wall, sun, now=NOON)
    assert actions.wall_behind(token) is None
    assert [fact.name for fact in sun.matter.facts.order_by("seq")][-2:] == ["wall_made", "wall_revoked"]


ENDS = {End.ANSWERED: "done", End.ABANDONED: "left", End.OTHER: "left", End.WAITING: "waiting"}


class SqlAndRule(TestCase):
    """The day is counted in the database by the same rule as `metrics.counted`."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 43_000), st.integers(0, 200), st.sampled_from(End)), max_size=25))
    def test_in1_the_database_counts_as_the_rule_does(self, drawn: list[tuple[int, int, End]]) -> None:
        person, queue = people.hire(), Queue.objects.get(slug="general")
        waits = [Wait(after(start, DAY), float(long), end) for start, long, end in drawn]
        for wait in waits:
            _row(wait, queue, person)
        waits = [
            Wait(one.arrived, (NOON - one.arrived).total_seconds(), one.end) if one.end is End.WAITING else one
            for one in waits
        ]
        parts = day_of(DAY, NOON, Aim())
        assert _rounded(summed(parts)) == _rounded(counted(waits))
        assert [_rounded(q.counts) for q in quarters_of(parts, DAY, NOON)] == [
            _rounded(q.counts) for q in quarters(waits, DAY, NOON)
        ]


def _row(wait: Wait, queue: Queue, person: Person) -> None:
    ended = wait.arrived + timedelta(seconds=wait.waited_s)
    is_taken, is_over = wait.end is End.ANSWERED, wait.end is not End.WAITING
    Item.objects.create(
        matter=a_talk(wait.arrived), kind="chat", queue=queue, arrived_at=wait.arrived, due_at=wait.arrived,
        state=ENDS[wait.end], agent=person if is_taken else None, taken_at=ended if is_taken else None,
        ended_at=ended if is_over else None, why_left=OTHER_WAYS[0] if wait.end is End.OTHER else "gone",
    )  # fmt: skip


def _rounded(counts: Counts) -> tuple[object, ...]:
    return (
        counts.answered, counts.answered_in_time, counts.abandoned, counts.abandoned_short, counts.abandoned_early,
        counts.other, counts.waiting, counts.waiting_late, round(counts.answer_s), round(counts.longest_s),
    )  # fmt: skip
