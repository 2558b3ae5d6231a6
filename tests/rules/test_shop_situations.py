"""RM1, RM2, RM9: what the shop's facts look like in each situation, and what a shop refuses."""

import re
from dataclasses import replace

import pytest

from huiyin.domain.orders.shop import DeliveryState, GoodsKind, PaymentState, ReceiptState, RemedyKind, RemedyRequest
from huiyin.lib.errors import Rejected, Unavailable
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT, SITUATIONS, FakeShop, an_order


def _ask(order_no: str, kind: RemedyKind = RemedyKind.REISSUE, key: str = "r-1", **more: object) -> RemedyRequest:
    return replace(RemedyRequest(key, order_no, kind), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("seed", [0, 1])
def test_rm5_every_situation_has_an_order_with_real_looking_numbers(situation: str, seed: int) -> None:
    order = an_order(situation, seed=seed)
    for payment in order.payments:
        assert re.fullmatch(r"(42000|2026)\d+", payment.bill_no)
        assert len(payment.bill_no) == 28
    assert order.buyer.email
    assert bool(order.buyer.phone) == (seed == 1 or situation == "mail_mistyped")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_pa4_only_the_watched_order_is_overdue_by_itself(situation: str) -> None:
    delivery = an_order(situation).delivery
    if delivery.state is DeliveryState.DONE or delivery.promised_by is None:
        return
    wait = (delivery.promised_by - MIDNIGHT).total_seconds()
    assert wait == 10 if situation == "watched" else wait >= 6 * 3600


def test_rm1_the_facts_say_whose_fault_it_is() -> None:
    assert an_order("payment_pending").payments[0].state is PaymentState.PENDING
    assert an_order("platform_failed").delivery.attempts[0].detail == "queue timeout"
    empty = an_order("out_of_stock").goods
    assert empty.stock == 0
    assert all(other.price == empty.price and other.stock for other in empty.alternatives)
    assert empty.alternatives
    late = an_order("paid_after_expiry")
    assert late.expires_at and late.payments[0].paid_at and late.expires_at < late.payments[0].paid_at
    assert an_order("manual_goods").goods.kind is GoodsKind.MANUAL


def test_rm2_the_facts_say_what_is_wrong_with_a_key() -> None:
    for situation in ("expired_card", "wrong_region", "already_redeemed", "redeemed_before_delivery"):
        order = an_order(situation)
        item = order.delivery.items[0]
        assert {
            "expired_card": item.expires_at is not None and item.expires_at < item.delivered_at,
            "wrong_region": item.region != order.goods.region,
            "already_redeemed": item.redeemed_at is not None and item.redeemed_at > item.delivered_at,
            "redeemed_before_delivery": item.redeemed_at is not None and item.redeemed_at < item.delivered_at,
        }[situation]


def test_rm1_a_fake_shop_reissues_once_however_often_it_is_asked() -> None:
    shop = FakeShop()
    order = shop.holds("platform_failed")
    first = shop.remedy(_ask(order.order_no))
    assert shop.remedy(_ask(order.order_no)) == first
    assert len(shop.ledger) == 1
    assert len(first.keys) == 1
    with pytest.raises(Rejected, match="already_delivered"):
        shop.remedy(_ask(order.order_no, key="r-2"))


def test_rm9_a_fake_shop_never_refunds_more_than_was_paid() -> None:
    shop = FakeShop()
    order = shop.holds("platform_failed")
    shop.remedy(_ask(order.order_no, RemedyKind.REFUND, amount=Money.parse("60")))
    with pytest.raises(Rejected, match="over_paid"):
        shop.remedy(_ask(order.order_no, RemedyKind.REFUND, key="r-2", amount=Money.parse("60")))


def test_rm9_one_of_two_charges_goes_back_and_the_key_stays() -> None:
    shop = FakeShop()
    order = shop.holds("duplicate_charge")
    assert shop.remedy(_ask(order.order_no, RemedyKind.REFUND, amount=order.amount)).state is ReceiptState.DONE
    seen = shop.order(order.order_no)
    assert seen and seen.refunds[0].bill_no in {payment.bill_no for payment in seen.payments}


def test_rm9_what_was_refunded_is_not_delivered_after_all() -> None:
    shop = FakeShop()
    order = shop.holds("platform_failed")
    shop.remedy(_ask(order.order_no, RemedyKind.REFUND, amount=order.amount))
    with pytest.raises(Rejected, match="refunded"):
        shop.remedy(_ask(order.order_no, key="r-2"))


def test_rm4_an_old_key_is_voided_before_a_new_one_is_given() -> None:
    shop = FakeShop()
    order = shop.holds("expired_card")
    old = order.delivery.items[0].key_id
    shop.remedy(_ask(order.order_no, replaces=(old,)))
    seen = shop.order(order.order_no)
    assert seen and [item.voided_at is None for item in seen.delivery.items] == [False, True]


@pytest.mark.parametrize(
    ("situation", "change", "code"),
    [
        ("payment_pending", {}, "not_paid"),
        ("out_of_stock", {}, "no_stock"),
        ("manual_goods", {}, "manual_goods"),
        ("delivered", {}, "already_delivered"),
        ("delivered", {"replaces": ("nobody's",)}, "unknown_key_id"),
        ("platform_failed", {"kind": RemedyKind.EXCHANGE, "sku": "nothing"}, "unknown_sku"),
        ("platform_failed", {"kind": RemedyKind.RESEND, "to": "a@b.example"}, "nothing_to_resend"),
        ("delivered", {"kind": RemedyKind.RESEND, "to": "nowhere"}, "bad_address"),
        ("short_amount", {"amount": Money.parse("30.01")}, "over_expected"),
        ("platform_failed", {"kind": RemedyKind.REFUND}, "bad_amount"),
        ("platform_failed", {"kind": RemedyKind.REFUND, "amount": Money(1), "bill_no": "4"}, "unknown_bill"),
    ],
)
def test_rm9_a_shop_guards_its_own_money_and_keys(situation: str, change: dict[str, object], code: str) -> None:
    shop = FakeShop()
    order = shop.holds(situation)
    with pytest.raises(Rejected, match=code):
        shop.remedy(_ask(order.order_no, **change))  # type: ignore[arg-type]


def test_rm2_a_key_the_buyer_has_redeemed_is_not_taken_back() -> None:
    shop = FakeShop()
    order = shop.holds("already_redeemed")
    with pytest.raises(Rejected, match="key_redeemed"):
        shop.remedy(_ask(order.order_no, replaces=(order.delivery.items[0].key_id,)))


def test_rm2_a_key_used_before_it_was_sold_is_replaced() -> None:
    shop = FakeShop()
    for situation in ("redeemed_before_delivery", "key_sold_twice"):
        order = shop.holds(situation)
        request = _ask(order.order_no, key=situation, replaces=(order.delivery.items[0].key_id,))
        assert shop.remedy(request).state is ReceiptState.DONE


def test_rm1_a_short_credit_is_made_up() -> None:
    shop = FakeShop()
    order = shop.holds("short_amount")
    shop.remedy(_ask(order.order_no, amount=Money.parse("30")))
    seen = shop.order(order.order_no)
    assert seen and seen.credited_value == seen.expected_value


def test_rm5_a_silent_order_is_no_answer_and_not_nothing_found() -> None:
    shop = FakeShop()
    order = shop.holds("shop_unreachable")
    with pytest.raises(Unavailable):
        shop.find("bill_no", order.payments[0].bill_no)
    assert shop.find("bill_no", "4200000000000000000000000000") == ()
