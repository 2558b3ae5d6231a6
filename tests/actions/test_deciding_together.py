"""Two people deciding at once: one is heard, the other is told what changed; nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer, Filing
from huiyin.domain.cases.demand import Item, ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT as NOW
from tests.people import ALICE, hire

SOON = NOW + timedelta(minutes=5)


def outcome_of(deed: Callable[[], None]) -> str:
    try:
        deed()
    except Refusal as no:
        return no.code
    finally:
        connections.close_all()
    return ""


@pytest.mark.django_db(transaction=True)
def test_cp17_a_yes_and_a_no_at_once_are_one_decision() -> None:
    agent = hire(ALICE)
    filing = Filing("没有到账", "", {"qq": "10001"}, items=(Item(ItemKind.OTHER, text="道歉"),))
    case = cases.file(filing, by="buyer", now=NOW)
    cases.propose(case, [Offer(1, ItemKind.OTHER, text="书面道歉")], Doer(agent.by), now=SOON)
    seen = Case.objects.select_related("matter").get(pk=case.pk).matter.head_seq
    doer = Doer("buyer", seen=seen)

    def decide(turn: int) -> str:
        mine = Case.objects.get(pk=case.pk)
        if turn % 2:
            return outcome_of(lambda: cases.accept(mine, [1], doer, now=SOON))
        return outcome_of(lambda: cases.refuse(mine, [1], "不", doer, now=SOON))

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(decide, range(8)))
    assert sorted(said) == ["", *["changed_meanwhile"] * 7]
    assert case.matter.facts.filter(name="items_decided").count() == 1
