"""TR1: the page for buyers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind, Term
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.rules import Answer
from huiyin.lib.working_time import Unit
from huiyin.web.portal.standards import FEW
from tests import people
from tests.fakes import MIDNIGHT
from tests.routing import a_talk

pytestmark = pytest.mark.django_db


def page(language: str = "en") -> str:
    answer = Client(headers={"accept-language": language}).get("/standards")
    assert answer.status_code == 200
    return answer.content.decode()


def test_tr1_a_share_of_very_few_is_not_told() -> None:
    assert page().count("too few yet to say") == 8


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


def test_tr1_it_is_there_in_chinese() -> None:
    assert "我们承诺什么，做到了没有" in page("zh-CN")
