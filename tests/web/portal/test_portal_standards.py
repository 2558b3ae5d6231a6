"""TR1: the page for buyers."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind, Term
from huiyin.domain.routing import actions as routing
from huiyin.domain.staff.models import Person
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.rules import Answer
from huiyin.lib.working_time import Unit
from huiyin.web.portal.standards import FEW
from tests import people, talks
from tests.fakes import MIDNIGHT
from tests.routing import a_talk

pytestmark = pytest.mark.django_db


def page(language: str = "en") -> str:
    answer = Client(headers={"accept-language": language}).get("/standards")
    assert answer.status_code == 200
    return answer.content.decode()


def test_tr1_a_share_of_very_few_is_not_told() -> None:
    assert page().count("too few yet to say") == 9


def test_tr1_a_promise_that_was_not_kept_is_said_as_such() -> None:
    for number in range(12):
        matter, at = a_talk(MIDNIGHT), MIDNIGHT - timedelta(minutes=number)
        promises.make(matter, Kind.CALLBACK, Term(3600, Unit.SECONDS, "at_once"), by="system", now=at)
        if number:
            promises.keep(matter, Kind.CALLBACK, by="system", now=at)
        else:
            running = matter.promises.get(kind="callback")
            promises.break_due(running.pk, now=at + timedelta(hours=2))
    assert "<b>91%</b> of 12 ✗ not kept" in page() or "<b>92%</b> of 12 ✗ not kept" in page()


def test_tr1_what_buyers_say_after_the_end_is_told_once_enough_have_answered() -> None:
    for number in range(FEW):
        assert "say it is solved" not in page()
        filed = people.complaint("账号登不上去", email=f"b{number}@example.com", category="account_access")
        cases.resolve(filed, [], "已经处理好了", Doer(people.hire().by), now=MIDNIGHT)
        surveys.answer(Survey.objects.get(case=filed), Answer(solved=number > 0, rating=4), now=timezone.now())
    share = f"{100 * (FEW - 1) // FEW}%"
    assert f"{FEW} people answered: {share} say it is solved" in page()


@pytest.mark.usefixtures("midnight")
def test_tr1_what_is_settled_the_first_time_is_counted_once_a_week_has_passed() -> None:
    alice, then = talks.here(now=MIDNIGHT - timedelta(days=9)), MIDNIGHT - timedelta(days=9)
    for number in range(FEW):
        who = {"phone": f"1380013800{number}"}
        wrapped(alice, who, then, WrapUp("solved", number_spoken=True))
        if number < 2:  # four days later they are back, too lately to be counted themselves
            wrapped(alice, who, MIDNIGHT - timedelta(days=5), WrapUp("solved", number_spoken=True))
    told = page()
    assert "Settled the first time" in told
    assert "<b>80%</b> of 10 ✓ kept" in told
    late = WrapUp("follow_up", "补发", then + timedelta(days=1), number_spoken=True)
    wrapped(alice, {"phone": "13900139000"}, then, late)
    assert "<b>73%</b> of 11 ✗ not kept" in page()


def wrapped(alice: Person, who: dict[str, str], at: datetime, how: WrapUp) -> None:
    """A talk from its first word to its end, in a minute."""
    routing.set_presence(alice, "laptop", "available", now=at)
    talk = talks.taken(talks.asked(now=at, identities=who).conversation, alice, now=at)
    conversations.end(talk, how, by=alice.by, now=at + timedelta(minutes=1))
    routing.end_wrap_ups(at + timedelta(minutes=9))


def test_tr1_it_is_there_in_chinese() -> None:
    assert "我们承诺什么，做到了没有" in page("zh-CN")
