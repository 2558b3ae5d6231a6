"""HL8: two workers ask in the same instant, two windows answer in the same instant: once each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from huiyin.domain.notices.models import Notice
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.rules import Answer, State
from huiyin.lib.errors import Refusal
from tests.actions.test_surveys import NOON, closed

TURNS = 8


def at_once(deed: Callable[[int], object]) -> list[str]:
    """What the turns were told: a refusal's code, or nothing."""

    def turn(number: int) -> str:
        try:
            deed(number)
        except Refusal as no:
            return no.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(4) as pool:
        return sorted(pool.map(turn, range(TURNS)))


@pytest.mark.django_db(transaction=True)
def test_hl8_workers_that_ask_at_once_send_one_message() -> None:
    survey = Survey.objects.get(case=closed())
    assert at_once(lambda _: surveys.send(survey.pk, now=NOON)) == [""] * TURNS
    assert Notice.objects.filter(template="survey").count() == 1
    survey.refresh_from_db()
    assert survey.state == State.SENT


@pytest.mark.django_db(transaction=True)
def test_hl8_windows_that_answer_at_once_give_one_answer() -> None:
    survey = Survey.objects.get(case=closed())
    told = at_once(lambda turn: surveys.answer(survey, Answer(solved=True, rating=turn % 5 + 1), now=NOON))
    assert told == ["", *["survey_answered"] * (TURNS - 1)]
    survey.refresh_from_db()
    assert survey.case.matter.facts.filter(name="survey_answered").get().data["rating"] == survey.rating
