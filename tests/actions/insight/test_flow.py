"""IN11, HL8: what buyers had to put up with today, and how content they are, from the rows."""

from datetime import datetime, timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.insight.queries import board
from huiyin.domain.insight.queries.board import midnight
from huiyin.domain.insight.queries.flow import Flow, flow
from huiyin.domain.insight.queries.opinions import opinions
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Queue
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.rules import Answer
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Pressed, Wait, Walked
from huiyin.domain.voice.actions.turning import note_refused, refused_since
from huiyin.domain.voice.calls import Who
from huiyin.lib.errors import Refusal
from tests.calls import answered, called
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, complaint, hire
from tests.talks import here, talking

pytestmark = pytest.mark.django_db
DAY = midnight(MIDNIGHT)
NOON = DAY + timedelta(hours=12)


def seen() -> Flow:
    return flow(DAY)


def a_talk(agent_no: str, at: datetime, phone: str = "13800138000") -> Conversation:
    """Somebody talks with this agent, and it ends."""
    talk, person = talking(now=at, agent_no=agent_no, identities={"phone": phone})
    talks.end(talk, WrapUp("solved", number_spoken=True), by=person.by, now=at + timedelta(minutes=5))
    return Conversation.objects.get(pk=talk.pk)


def test_in11_a_call_that_is_turned_away_is_counted_by_its_reason() -> None:
    routing.ship_queues()
    Queue.objects.filter(slug="general").update(most_waiting=0)
    entered = voice.enter_queue(called(now=NOON), Wait("general"), now=NOON)
    assert entered.left == "queue_full"
    note_refused("flood", times=7, now=NOON)
    note_refused("flood", times=2, now=NOON + timedelta(hours=1))
    note_refused("flood", now=DAY - timedelta(minutes=1))
    assert seen().turned_away == {"queue_full": 1, "flood": 9}
    assert board(NOON).flow.turned_away == seen().turned_away


def test_in11_a_caller_who_insists_is_turned_away_once() -> None:
    routing.ship_queues()
    Queue.objects.update(most_waiting=0)
    call = called(now=NOON)
    for queue in ("recharge", "general", "general"):
        assert voice.enter_queue(call, Wait(queue), now=NOON).left == "queue_full"
    Queue.objects.update(hours=[{"days": "all", "from": "03:00", "to": "03:01"}])
    assert voice.enter_queue(call, Wait("general"), now=NOON).left == "queue_closed"
    assert seen().turned_away == {"queue_full": 1}


def test_in11_a_browser_that_calls_too_often_is_counted() -> None:
    for _ in range(8):
        try:
            voice.ticket("v" * 20, "192.0.2.1", now=NOON)
        except Refusal as no:
            assert no.code == "too_often"
    assert refused_since(DAY) == {"limit": 2}


@pytest.mark.parametrize(
    ("second", "hours", "told"), [(BO, 2, 1), (ALICE, 2, 0), (BO, 23.9, 1), (BO, 24.1, 0)], ids=str
)  # fmt: skip
def test_in11_who_tells_it_to_somebody_else_within_a_day_tells_it_twice(second: str, hours: float, told: int) -> None:
    a_talk(ALICE, NOON + timedelta(hours=12 - hours))
    a_talk(second, NOON + timedelta(hours=12))
    assert flow(DAY + timedelta(days=1)).told_twice == told


def test_in11_another_case_of_the_same_buyer_is_not_told_twice() -> None:
    first, second = a_talk(ALICE, NOON), a_talk(BO, NOON + timedelta(hours=1))
    assert seen().told_twice == 1
    for talk in (first, second):
        cases.from_conversation(talk, by="system", now=NOON)
    assert seen().told_twice == 0


def test_in11_the_same_case_told_by_somebody_else_is_told_twice() -> None:
    first, second = a_talk(ALICE, NOON), a_talk(BO, NOON + timedelta(hours=1), "13900139000")
    assert seen().told_twice == 0
    case = cases.from_conversation(first, by=f"staff:{ALICE}", now=NOON)
    cases.join_conversation(second, case, by=f"staff:{BO}", now=NOON + timedelta(hours=1))
    assert seen().told_twice == 1


def test_in11_a_call_that_we_make_is_nobody_coming_again() -> None:
    a_talk(ALICE, NOON)
    case = complaint("卡密无效", owner=hire(BO))
    dialled = voice.call_buyer(case.matter, "13800138000", here(BO, now=NOON), now=NOON + timedelta(hours=1))
    voice.talking(dialled, hire(BO), None, voice.Legs(), now=NOON + timedelta(hours=1))
    assert Conversation.objects.filter(matter=dialled.matter, buyer=dialled.buyer).exists()
    assert (seen().repeated, seen().told_twice) == (0, 0)
    a_talk(ALICE, NOON + timedelta(hours=2))  # whom we have called may come again
    assert (seen().repeated, seen().told_twice) == (1, 1)


def test_in11_keys_before_a_person_are_those_of_calls_that_reached_one() -> None:
    assert (seen().steps, seen().reached) == (None, 0)
    for agent_no, keys in ((ALICE, "10"), (BO, "1230")):
        call = called(f"+86138{agent_no:>08}", now=NOON)
        walk = Walked([Pressed("start", key) for key in keys])
        entered = voice.enter_queue(call, Wait("general"), walk=walk, now=NOON)
        answered(entered.call, here(agent_no, now=NOON), now=NOON)
    left = called("+8613800000099", now=NOON)
    voice.hung_up(left, Who.BUYER, walk=Walked([Pressed("start", "9")] * 9), now=NOON)
    assert (seen().steps, seen().reached) == (3.0, 2)


def ended(email: str) -> Survey:
    filed = complaint("账号登不上去", owner=hire(ALICE), category="account_access", email=email)
    cases.resolve(filed, [], "已经处理好了", Doer(f"staff:{ALICE}"), now=NOON)
    return Survey.objects.get(case=Case.objects.get(pk=filed.pk))


def test_hl8_content_is_the_share_of_four_and_five() -> None:
    assert (opinions(DAY).given, opinions(DAY).share, opinions(DAY).mean) == (0, None, None)
    for rating, email in [(5, "a@example.com"), (4, "b@example.com"), (1, "c@example.com")]:
        surveys.answer(ended(email), Answer(rating > 1, rating, 2), now=NOON)
    said = opinions(DAY)
    assert (said.given, said.content, said.solved, said.unsolved) == (3, 2, 2, 1)
    assert said.share == pytest.approx(2 / 3)
    assert said.mean == pytest.approx(10 / 3)
    assert said.effort == 2.0
    assert opinions(NOON + timedelta(seconds=1)).given == 0


def test_hl8_a_rating_after_the_survey_of_its_case_counts() -> None:
    talk, person = talking(now=NOON)
    case = cases.from_conversation(talk, by=person.by, now=NOON)
    cases.resolve(case, [], "已经处理好了", Doer(person.by), now=NOON)
    surveys.answer(Survey.objects.get(case=case), Answer(solved=True, rating=5), now=NOON)
    talks.rate(talk, 1, by="buyer", now=NOON + timedelta(hours=1))
    assert (opinions(DAY).given, opinions(DAY).mean) == (2, 3.0)


def test_hl8_what_was_keyed_and_then_confirmed_in_the_survey_counts_once() -> None:
    talk, person = talking(now=NOON)
    talks.rate(talk, 2, by="buyer", now=NOON)
    talks.rate(talk, 3, by="buyer", now=NOON)
    assert (opinions(DAY).given, opinions(DAY).mean) == (1, 3.0)
    case = cases.from_conversation(talk, by=person.by, now=NOON)
    cases.resolve(case, [], "已经处理好了", Doer(person.by), now=NOON)
    surveys.answer(Survey.objects.get(case=case), Answer(solved=True, rating=5), now=NOON)
    assert (opinions(DAY).given, opinions(DAY).mean) == (1, 5.0)
