"""CP10, CP11: a buyer is told of a proposal once, what it is and until when to answer; reminders call themselves so."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.notices.letters import letter
from huiyin.domain.notices.models import Notice
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT as NOW
from tests.people import ALICE, complaint, hire

SOON = NOW + timedelta(minutes=5)
AGENT = Doer(f"staff:{ALICE}")


@pytest.fixture
def case() -> Case:
    filed = complaint("账号登不上去", owner=hire(ALICE), category="account_access")
    found = Case.objects.select_related("matter", "owner", "order", "buyer").get(pk=filed.pk)
    offer = Offer(1, ItemKind.REFUND, Money(3_000), by=SOON + timedelta(days=1))
    cases.propose(found, [offer], AGENT, now=SOON, text="给您退 30 元")
    return found


def told(case: Case) -> list[Notice]:
    return list(Notice.objects.filter(matter=case.matter).exclude(template="receipt").order_by("pk"))


def test_cp10_a_proposal_is_told_once_with_what_it_is_and_until_when(case: Case) -> None:
    assert [one.template for one in told(case)] == ["proposal"]
    said = letter(told(case)[0])
    assert case.matter.no[:4] in said.subject
    assert "退款 · 30.00 元 · 2026-11-23 00:05 前到位" in said.text
    assert "2026-11-29 00:05 前" in said.text
    assert f"/m#{case.matter.no}." in said.text


def test_cp10_an_answer_without_a_proposal_is_told_as_an_answer(case: Case) -> None:
    cases.answer(case, AGENT, "还有问题请说", now=SOON)
    assert [one.template for one in told(case)] == ["proposal", "answer"]


@pytest.mark.parametrize(("days", "is_last"), [((2,), False), ((2, 5), True)])
def test_cp10_a_reminder_calls_itself_one(case: Case, days: tuple[int, ...], is_last: bool) -> None:
    for day in days:
        cases.remind(case.pk, now=SOON + timedelta(days=day))
    said = letter(told(case)[-1])
    assert said.subject.startswith("提醒")
    assert "退款 · 30.00 元" in said.text
    assert "2026-11-29 00:05 前" in said.text
    assert ("最后一次提醒" in said.text) is is_last


def test_cp10_what_is_settled_at_once_asks_for_no_word() -> None:
    filed = complaint("账号登不上去", owner=hire(ALICE), category="account_access")
    cases.resolve(filed, [], "已经处理好了", AGENT, now=SOON)
    assert [one.template for one in told(filed)] == ["answer"]
