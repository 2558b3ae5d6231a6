"""CP16: an order points at the versions in force when it was paid, and what they owe is computed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from huiyin.demo.terms import BONUS, BONUS_BEFORE, REFUNDS, REFUNDS_BEFORE, terms_for
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.due import compared, terms_of
from huiyin.domain.orders.models import Order, Terms
from huiyin.domain.orders.situations import judge
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT, an_order

NOW = MIDNIGHT


def short_order() -> Order:
    snapshot = an_order("short_amount")
    return orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)


def test_cp16_100_yuan_with_50_on_top_are_150(shop: object) -> None:
    order = short_order()
    orders.keep_terms(order, terms_for(an_order("short_amount")), now=NOW)
    found = compared(order)
    assert (found.expected.amount, found.credited) == (Money.parse("150"), Money.parse("120"))
    assert found.difference == Money.parse("30")
    assert found.expected.values == {"paid": "100.00", "step": "100.00", "bonus": "50.00", "times": "1"}


def test_cp16_versions_that_were_not_in_force_are_not_pointed_at() -> None:
    order = short_order()
    later = replace(BONUS, version="2030-01", valid_from=NOW + timedelta(days=1))
    orders.keep_terms(order, [BONUS_BEFORE, BONUS, later, REFUNDS_BEFORE, REFUNDS], now=NOW)
    assert [(row.kind, row.version) for row in terms_of(order)] == [("promotion", "2024-06"), ("refund", "2024-06")]


def test_cp16_orders_share_a_version() -> None:
    first = short_order()
    snapshot = an_order("short_amount", seed=1)
    second = orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    for order in (first, second, first):
        orders.keep_terms(order, [BONUS], now=NOW)
    assert Terms.objects.count() == 1
    assert first.matter.facts.filter(name="terms_kept").count() == 1


def test_cp16_a_shop_that_says_something_else_under_the_same_version_is_on_record() -> None:
    order = short_order()
    orders.keep_terms(order, [BONUS], now=NOW)
    orders.keep_terms(order, [replace(BONUS, rule=BONUS_BEFORE.rule)], now=NOW)
    assert Terms.objects.filter(version="2024-06").count() == 2
    assert order.matter.facts.get(name="terms_changed").data["version"] == "2024-06"
    found = compared(order)
    assert (found.expected.amount, found.expected.why) == (None, "several_promotions")


def test_cp16_a_promotion_without_a_version_at_payment_is_said() -> None:
    order = short_order()
    orders.keep_terms(order, [replace(BONUS, valid_from=NOW + timedelta(days=1))], now=NOW)
    found = compared(order)
    assert found.expected.why == "no_version"
    assert found.difference == Money.parse("30")  # by the shop's own figure


@pytest.mark.parametrize(("situation", "why"), [("payment_pending", "not_paid"), ("delivered", "no_promotion")])
def test_cp16_where_no_promotion_was_nothing_is_computed(situation: str, why: str) -> None:
    snapshot = an_order(situation)
    order = orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    orders.keep_terms(order, terms_for(snapshot), now=NOW)
    found = compared(order)
    assert (found.expected.amount, found.expected.why, found.difference) == (None, why, Money())
