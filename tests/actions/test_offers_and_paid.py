"""What is offered on a case stays, all offers together, within what was paid."""

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import carrying
from huiyin.domain.cases.actions import Doer, Filing
from huiyin.domain.cases.demand import Item, ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import carrying as remedies
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.queries import refundable
from huiyin.domain.orders.situations import judge
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT as NOW
from tests.fakes import FakeShop
from tests.people import SUN, hire

BUYER, LEAD = Doer("buyer"), Doer(f"staff:{SUN}")
ALL = Money(10_000)
REFUND = Item(ItemKind.REFUND)


@pytest.fixture
def case(shop: FakeShop) -> Case:
    """Two refunds are wanted of an order of 100 that was paid and not delivered."""
    hire(SUN)
    snapshot = shop.holds("out_of_stock")
    orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    two = (REFUND, REFUND)
    filing = Filing("付了款没有到", "退款", {"email": "wang@example.com"}, order_no=snapshot.order_no, items=two)
    return cases.file(filing, by="buyer", now=NOW)


@pytest.mark.parametrize("more", [Offer(2, ItemKind.REFUND, Money(1)), Offer(2, ItemKind.REFUND)])
def test_rm9_offers_of_a_case_together_are_not_above_what_was_paid(case: Case, shop: FakeShop, more: Offer) -> None:
    for above in ([Offer(1, ItemKind.REFUND, ALL), more], [Offer(1, ItemKind.REFUND, Money(10_001))]):
        with pytest.raises(Refusal, match="above_paid"):
            cases.propose(case, above, LEAD, now=NOW)
    cases.propose(case, [Offer(1, ItemKind.REFUND, ALL)], LEAD, now=NOW)
    with pytest.raises(Refusal, match="above_paid"):
        cases.propose(case, [more], LEAD, now=NOW)
    with pytest.raises(Refusal, match="above_paid"):
        cases.resolve(case, [more], "再退一次", LEAD, now=NOW)
    cases.propose(case, [Offer(1, ItemKind.REFUND, Money(9_000))], LEAD, now=NOW)  # in place of the one before
    cases.propose(case, [Offer(2, ItemKind.REFUND, Money(1_000))], LEAD, now=NOW)


@pytest.mark.parametrize("are_slow", [False, True])
def test_rm9_what_is_refunded_or_about_to_be_cannot_be_offered_again(
    case: Case, shop: FakeShop, are_slow: bool
) -> None:
    shop.are_refunds_slow = are_slow
    assert case.order is not None
    assert refundable(case.order) == ALL
    cases.propose(case, [Offer(1, ItemKind.REFUND, Money(6_000))], LEAD, now=NOW)
    cases.accept(case, [1], BUYER, now=NOW)
    carrying.look(case.items.get(no=1).pk, shop=shop, now=NOW)
    case.order.refresh_from_db()
    assert refundable(case.order) == Money(4_000)  # asked for
    remedies.carry_out(Remedy.objects.get().pk, shop=shop, now=NOW)
    case.order.refresh_from_db()
    assert refundable(case.order) == Money(4_000)  # and shown by the shop, once
    with pytest.raises(Refusal, match="above_paid"):
        cases.propose(case, [Offer(2, ItemKind.REFUND, Money(4_001))], LEAD, now=NOW)
    cases.propose(case, [Offer(2, ItemKind.REFUND, Money(4_000))], LEAD, now=NOW)


def of_the_same_order(case: Case) -> Case:
    filing = Filing("还是没有到", "退款", {"email": "li@example.com"}, order_no=case.order_no, items=(REFUND,))
    return cases.file(filing, by="buyer", now=NOW)


def test_rm9_what_another_case_of_the_order_was_offered_counts(case: Case) -> None:
    other = of_the_same_order(case)
    cases.propose(case, [Offer(1, ItemKind.REFUND, Money(6_000))], LEAD, now=NOW)
    with pytest.raises(Refusal, match="above_paid"):
        cases.propose(other, [Offer(1, ItemKind.REFUND, Money(7_000))], LEAD, now=NOW)
    cases.propose(other, [Offer(1, ItemKind.REFUND, Money(4_000))], LEAD, now=NOW)
    cases.accept(case, [1], BUYER, now=NOW)
    cases.accept(other, [1], BUYER, now=NOW)
    assert [item.state for item in (case.items.get(no=1), other.items.get())] == ["accepted"] * 2


def test_rm9_an_offer_that_nobody_took_on_a_case_that_ended_binds_no_other(case: Case) -> None:
    other = of_the_same_order(case)
    cases.propose(case, [Offer(1, ItemKind.REFUND, ALL), Offer(2, ItemKind.OTHER, text="道歉")], LEAD, now=NOW)
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="without_confirmation", closed_at=NOW)
    cases.propose(other, [Offer(1, ItemKind.REFUND, ALL)], LEAD, now=NOW)
    cases.accept(other, [], BUYER, now=NOW)
    with pytest.raises(Refusal, match="offer_unpayable"):
        cases.accept(case, [1], BUYER, now=NOW)


@pytest.mark.parametrize("amount", [Money(), Money(10_001)])
def test_cp17_a_yes_to_more_than_the_order_joined_since_holds_is_not_taken(case: Case, amount: Money) -> None:
    order, _ = case.order, Case.objects.filter(pk=case.pk).update(order=None)
    cases.propose(case, [Offer(1, ItemKind.REFUND, amount), Offer(2, ItemKind.REFUND, ALL)], LEAD, now=NOW)
    assert order is not None
    cases.link_order(order, now=NOW)
    with pytest.raises(Refusal, match="offer_unpayable") as no:
        cases.accept(case, [], BUYER, now=NOW)
    assert no.value.params == {"no": 1 if amount else 2, "limit": "100.00" if amount else "0.00"}
    with pytest.raises(Refusal, match="offer_unpayable"):
        cases.negotiate(case, [], "先这样", BUYER, now=NOW)
    with pytest.raises(Refusal, match="offer_unpayable"):
        cases.resolve(case, [], "就这样", LEAD, now=NOW)
    assert {item.state for item in case.items.all()} == {"offered"}
    cases.accept(case, [2], BUYER, now=NOW)
    assert case.items.get(no=2).state == "accepted"
