"""CP4: only what proves this problem, what we hold counts, and at most one thing is asked for."""

import pytest

from huiyin.domain.cases.evidence import (
    CHAINS,
    POINTS,
    SMALL_PICTURE,
    TYPE_OF,
    What,
    assess,
    held_by_the_shop,
    may_be_asked,
    unreadable,
)
from huiyin.domain.cases.records import canonical, order_records
from huiyin.domain.orders.situations import Situation
from huiyin.domain.orders.snapshots import as_json
from huiyin.domain.promises.promises import Category
from tests.fakes import MIDNIGHT, SITUATIONS, an_order

SHOP = {"order", "payment", "delivery_log"}


def test_cp4_an_undelivered_key_closes_with_the_payment_and_an_empty_delivery_log() -> None:
    order = an_order("platform_failed")
    chain = assess("recharge_delayed", "platform_failed", held_by_the_shop(as_json(order)))
    assert chain.present == (What.PAYMENT, What.DELIVERY_LOG)
    assert chain.missing == ()


def test_cp4_without_an_order_the_bill_is_the_one_thing_asked_for() -> None:
    chain = assess("recharge_delayed", "", ())
    assert chain.missing == (What.PAYMENT,)
    assert chain.points[0] == "bill_no"


def test_cp4_what_looks_delivered_needs_the_balance() -> None:
    assert assess("recharge_delayed", "delivered", SHOP).missing == (What.BALANCE,)
    assert assess("recharge_delayed", "delivered", {*SHOP, "balance"}).missing == ()


@pytest.mark.parametrize("situation", ["expired_card", "wrong_region", "key_sold_twice", "redeemed_before_delivery"])
def test_cp4_a_key_our_own_records_show_to_be_bad_needs_no_picture(situation: str) -> None:
    assert assess("card_invalid", situation, SHOP).missing == ()
    assert assess("card_invalid", "delivered", SHOP).missing == (What.ERROR,)


def test_fr1_a_used_card_claim_asks_the_buyer_for_nothing_we_hold() -> None:
    assert assess("card_invalid", "already_redeemed", SHOP).missing == ()


def test_cp16_a_promotion_we_hold_is_not_asked_for() -> None:
    assert assess("promo_dispute", "short_amount", {*SHOP, "promotion"}).missing == ()
    assert assess("promo_dispute", "short_amount", SHOP).missing == (What.PROMOTION,)


def test_cp4_what_only_we_can_bring_is_never_asked_of_the_buyer() -> None:
    chain = assess("refund_request", "delivered", {"payment"})
    assert (chain.missing, chain.ours) == ((), (What.REFUND_TERMS,))


def test_cp4_one_of_several_ways_to_show_it_is_enough() -> None:
    assert assess("service_attitude", "", {"call"}).present == (What.CALL,)
    assert assess("service_attitude", "", {"call"}).missing == ()
    assert assess("service_attitude", "", ()).missing == (What.CHAT,)


def test_cp4_what_proves_another_problem_is_not_counted() -> None:
    assert assess("service_attitude", "", {*SHOP, "points"}).present == ()


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("situation", ["", *Situation])
def test_cp4_at_most_one_thing_is_named_and_the_buyer_can_bring_it(category: str, situation: str) -> None:
    chain = assess(category, situation, ())
    assert len(chain.missing) <= 1
    assert set(chain.missing) <= may_be_asked(category)


@pytest.mark.parametrize("category", Category)
def test_cp8_a_clock_waits_only_for_what_the_category_lists(category: Category) -> None:
    listed = {what.value for link in CHAINS[category] for what in link.any_of}
    assert may_be_asked(category) <= listed
    assert not may_be_asked(category) & {"delivery_log", "order", "refund_terms"}


def test_cp4_everything_asked_for_brought_closes_the_chain() -> None:
    for category in Category:
        assert assess(category, "", may_be_asked(category)).missing == ()


def test_cp4_an_unknown_category_asks_for_nothing() -> None:
    assert assess("made_up", "", ()).missing == ()


def test_cp20_every_kind_has_its_points_and_its_type() -> None:
    assert set(POINTS) == set(TYPE_OF) == set(What)
    assert all(POINTS.values())


def test_cp20_missing_points_are_named_in_order_and_nothing_else() -> None:
    assert unreadable(What.PAYMENT, {"time", "bill_no", "nonsense"}) == ["bill_no", "time"]


def test_cp20_a_picture_too_small_to_read_is_named_and_not_refused() -> None:
    assert unreadable(What.PAYMENT, (), shortest_side=200) == [SMALL_PICTURE]
    assert unreadable(What.PAYMENT, (), shortest_side=1080) == []


def test_cp4_records_of_an_unchanged_order_are_the_same_bytes() -> None:
    order = as_json(an_order("out_of_stock"))
    restocked = order | {"goods": order["goods"] | {"stock": 99, "alternatives": []}}
    first, second = (order_records("1", one, MIDNIGHT) for one in (order, restocked))
    assert [one.content for one in first] == [one.content for one in second]
    assert canonical({"b": 1, "a": "充"}) == '{"a":"充","b":1}'.encode()


@pytest.mark.parametrize("situation", SITUATIONS)
def test_tr5_records_mask_contacts_and_hold_no_key(situation: str) -> None:
    order = an_order(situation)
    text = b"".join(one.content for one in order_records(order.order_no, as_json(order), MIDNIGHT)).decode()
    who = order.buyer
    told = {who.email, who.phone, who.qq, who.wechat, who.account, *(item.to for item in order.delivery.items)} - {""}
    assert [secret for secret in told if secret in text] == []
    assert order.order_no in text
    assert all(payment.bill_no in text for payment in order.payments)


def test_cp4_an_order_never_seen_has_no_records() -> None:
    assert order_records("1", {}, MIDNIGHT) == []
    assert held_by_the_shop({}) == frozenset()
