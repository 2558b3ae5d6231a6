"""Offers, decisions, arrivals: each item by itself, the case by all of them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.lifecycle import State
from huiyin.domain.cases.offers import (
    Arrival,
    Giver,
    Offer,
    Purse,
    after_yes,
    arrival,
    carrying_term,
    rest_of,
    state_after,
    why_not_offer,
)
from huiyin.domain.cases.responsibility import Responsible, finding_from
from huiyin.domain.orders.brakes import Act, Given, Limits, Stop, authority, stop
from huiyin.domain.orders.situations import Situation
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT as NOW

LOTS = Money(100_000_000)


@given(st.lists(st.sampled_from(ItemState), max_size=6))
def test_cp17_the_items_say_where_the_case_stands(items: list[ItemState]) -> None:
    state = state_after(items)
    is_over = all(item in {ItemState.ARRIVED, ItemState.WITHDRAWN} for item in items)
    assert (state is State.CLOSED) == is_over
    if {ItemState.OPEN, ItemState.REFUSED} & set(items):
        assert state is State.NEGOTIATING


@pytest.mark.parametrize(
    ("items", "state"),
    [
        ([ItemState.OFFERED, ItemState.CARRYING_OUT], State.PROPOSED),
        ([ItemState.OFFERED, ItemState.REFUSED], State.NEGOTIATING),
        ([ItemState.ACCEPTED, ItemState.ARRIVED], State.CARRYING_OUT),
        ([], State.CLOSED),
    ],
)
def test_cp10_whose_turn_it_is_follows_from_the_items(items: list[ItemState], state: State) -> None:
    assert state_after(items) is state


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        (Offer(1, ItemKind.EXPLANATION), "say_what_you_offer"),
        (Offer(1, ItemKind.COMPENSATION), "amount_missing"),
        (Offer(1, ItemKind.REFUND, Money(-1)), "amount_missing"),
        (Offer(1, ItemKind.REFUND, Money(10_001)), "above_authority"),
        (Offer(1, ItemKind.REFUND, by=NOW), "time_has_passed"),
        (Offer(1, ItemKind.OTHER, text="x" * 2_001), "too_long"),
        (Offer(1, ItemKind.REFUND, Money(10_000)), ""),
    ],
)
def test_mb1_an_offer_binds_us_and_is_refused_with_a_reason(offer: Offer, code: str) -> None:
    no = why_not_offer(offer, Giver("L1"), NOW)
    assert (no.code if no else "") == code


@pytest.mark.parametrize(
    ("offer", "tier", "left", "code"),
    [
        (Offer(1, ItemKind.REFUND, Money(10_001)), "operations", 10_000, "above_paid"),
        (Offer(1, ItemKind.REFUND, Money(10_000)), "operations", 10_000, ""),
        (Offer(1, ItemKind.REFUND), "operations", 10_000, ""),
        (Offer(1, ItemKind.REFUND), "operations", 0, "above_paid"),
        (Offer(1, ItemKind.REFUND, Money(30_001)), "", 50_000, "above_automatic"),
        (Offer(1, ItemKind.REFUND, Money(30_000)), "", 50_000, ""),
        (Offer(1, ItemKind.REFUND), "", 50_000, "above_automatic"),
        (Offer(1, ItemKind.REFUND, Money(8_888_800)), "", None, "above_automatic"),
        (Offer(1, ItemKind.OTHER, Money(8_888_800), text="赔"), "", None, "above_automatic"),
        (Offer(1, ItemKind.OTHER, Money(8_888_800), text="赔"), "supervisor", None, "above_authority"),
    ],
)
def test_rm9_nobody_offers_more_than_was_paid_and_programs_what_they_may(
    offer: Offer, tier: str, left: int | None, code: str
) -> None:
    purse = Purse(None if left is None else Money(left))
    no = why_not_offer(offer, Giver(tier, automatic=Money(30_000)), NOW, purse)
    assert (no.code if no else "") == code


def test_rm9_a_second_payment_goes_back_whatever_the_brakes_allow() -> None:
    purse = Purse(Money(100_000), is_second_payment=True)
    offer = Offer(1, ItemKind.REFUND, Money(50_000))
    assert why_not_offer(offer, Giver("", automatic=Money(30_000)), NOW, purse) is None


@pytest.mark.parametrize(
    ("member", "limit"), [("ordinary", 10_000), ("silver", 10_000), ("gold", 15_000), ("diamond", 20_000), ("", 10_000)]
)
def test_mb1_the_member_tier_raises_the_authority_of_whoever_helps(member: str, limit: int) -> None:
    assert authority("L1", member) == Money(limit)
    limits, nothing = Limits(LOTS, LOTS, LOTS, LOTS), Given(Money(), Money(), Money(), Money())
    acts = [Act(Money(limit + more), LOTS, "L1", member_tier=member) for more in (0, 1)]
    assert [stop(act, nothing, limits) for act in acts] == [Stop.NONE, Stop.ABOVE_AUTHORITY]


def test_mb1_whoever_keeps_the_system_gives_nothing_to_anybody() -> None:
    assert authority("admin", "diamond") == Money()


def test_cp18_only_words_have_arrived_at_once() -> None:
    assert {kind for kind in ItemKind if after_yes(kind) is ItemState.ARRIVED} == {ItemKind.EXPLANATION}


def test_cp18_a_named_time_is_the_promise() -> None:
    assert carrying_term(ItemKind.REFUND, NOW + timedelta(hours=5), NOW).amount == 5 * 3600
    assert carrying_term(ItemKind.REFUND, None, NOW).amount == 72 * 3600
    assert carrying_term(ItemKind.REISSUE, NOW, NOW).amount == 600


@pytest.mark.parametrize(
    ("kind", "detail", "states", "found"),
    [
        ("reissue", "", [], Arrival.ARRIVED),
        ("reissue", "on_its_way", [], Arrival.ON_ITS_WAY),
        ("refund", "", [], Arrival.ARRIVED),
        ("refund", "on_its_way", [], Arrival.ON_ITS_WAY),
        ("refund", "on_its_way", ["pending"], Arrival.ON_ITS_WAY),
        ("refund", "on_its_way", ["arrived"], Arrival.ARRIVED),
        ("refund", "", ["pending"], Arrival.ON_ITS_WAY),
        ("refund", "on_its_way", ["failed"], Arrival.FAILED),
    ],
)
def test_cp18_arrived_is_what_the_shop_says_of_that_very_refund(
    kind: str, detail: str, states: list[str], found: Arrival
) -> None:
    other: dict[str, Any] = {"key": "other", "state": "arrived"}
    snapshot = {"refunds": [other, *({"key": "mine", "state": state} for state in states)]}
    assert arrival(kind, "mine", detail, snapshot) is found


@pytest.mark.parametrize(("wanted", "offered", "rest"), [(100, 60, 40), (100, 100, 0), (0, 60, 0), (50, 60, 0)])
def test_cp10_the_rest_stays_open(wanted: int, offered: int, rest: int) -> None:
    assert rest_of(Money(wanted), Money(offered)) == Money(rest)


@pytest.mark.parametrize("situation", [*Situation, "", "something new"])
def test_cp2_every_situation_has_a_finding_with_its_reason(situation: str) -> None:
    found = finding_from(situation)
    assert (found.responsible is Responsible.UNCLEAR) == (found.reason == "")
