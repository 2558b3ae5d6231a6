"""“It is solved” while an offer waits: nothing that was offered is thrown away."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.orders import actions as orders
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from tests import people
from tests.fakes import MIDNIGHT

BUYER, AGENT = Doer("buyer"), Doer(f"staff:{people.ALICE}")
SOON = MIDNIGHT + timedelta(minutes=5)
MONEY = Offer(1, ItemKind.REFUND, Money(1_000))


def again(case: Case) -> Case:
    return Case.objects.select_related("matter", "owner", "order").get(pk=case.pk)


def test_cp10_solved_does_not_throw_away_what_is_offered() -> None:
    case = people.complaint(owner=people.hire(people.ALICE))
    cases.propose(case, [MONEY], AGENT, now=SOON)
    for by, behalf in (("buyer", ""), ("api:9", "在电话里说解决了")):
        with pytest.raises(Refusal, match="offer_waits"):
            cases.close(again(case), "confirmed", by=by, behalf=behalf, now=SOON)
    assert (again(case).state, case.items.get().state) == ("proposed", "offered")
    cases.refuse(again(case), [], "", BUYER, now=SOON)
    cases.close(again(case), "confirmed", by="buyer", now=SOON)
    assert (again(case).outcome, case.items.get().state) == ("confirmed", "refused")


def test_cp10_an_order_that_is_said_to_be_settled_leaves_an_offer_on_the_table() -> None:
    order, _ = people.order("out_of_stock")
    case = people.complaint(order_no=order.order_no, owner=people.hire(people.ALICE))
    Case.objects.filter(pk=case.pk).update(matter=order.matter)  # as where it began on the order's own page
    cases.propose(again(case), [MONEY], AGENT, now=SOON)
    orders.settled(order, by="buyer", now=SOON)
    assert (again(case).state, case.items.get().state) == ("proposed", "offered")
