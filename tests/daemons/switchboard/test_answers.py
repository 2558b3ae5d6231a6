"""What the menu answers by itself, with a shop in memory and the real rows."""

from dataclasses import replace

import pytest
from django.conf import settings

from huiyin.daemons.calls import answers
from huiyin.daemons.calls.answers import Found, OurAnswers, Question
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.shop import OrderSnapshot
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Walked
from huiyin.lib import numbers
from tests import people
from tests.calls import called
from tests.fakes import MIDNIGHT, FakeShop

pytestmark = pytest.mark.django_db


def ask(action: str, **inputs: str) -> tuple[str, str, bool]:
    """Where the answer leads, what is said first, whether it was what they wanted."""
    answer = asked(action, **inputs).answer
    return answer.code, answer.say[0].slug, answer.served


def asked(action: str, *, proven: str = "", **inputs: str) -> Found:
    """What is found out in a call that has proven the order `proven`, if any."""
    call = called()
    if proven:
        voice.walked(call, Walked(order_no=proven, proof="order_facts"), now=MIDNIGHT)
        call.refresh_from_db()
    return OurAnswers().answer(Question(action, inputs, call, "zh-hans", MIDNIGHT))


def keyed(order: OrderSnapshot) -> dict[str, str]:
    """What a caller keys about their order."""
    payment = order.payments[0]
    return {"bill": payment.bill_no[-8:], "amount": str(payment.amount.fen)}


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> FakeShop:
    made = FakeShop()
    monkeypatch.setattr(answers, "the_shop", lambda: made)
    return made


def test_hl4_the_end_of_a_bill_and_the_amount_bring_the_missing_key(shop: FakeShop) -> None:
    assert ask("order_by_bill", **keyed(shop.holds("platform_failed"))) == ("other", "order.reissued", True)
    assert Remedy.objects.get().kind == "reissue"


def test_a_wrong_amount_finds_nothing_and_no_remedy_follows(shop: FakeShop) -> None:
    wrong = keyed(shop.holds("platform_failed")) | {"amount": "1"}
    assert ask("order_by_bill", **wrong) == ("not_found", "order.not_found", False)
    assert not Remedy.objects.exists()


def test_whoever_guesses_gets_a_person(shop: FakeShop) -> None:
    wrong = keyed(shop.holds("platform_failed")) | {"amount": "1"}
    said = [ask("order_by_bill", **wrong) for _ in range(6)]
    assert said[-1] == ("person", "order.too_many", False)


def test_how_an_order_stands(shop: FakeShop) -> None:
    assert ask("order_status", **keyed(shop.holds("delivered"))) == ("other", "order.status", True)


def test_a_silent_shop_means_a_person(shop: FakeShop) -> None:
    shop.is_down = True
    assert ask("order_by_bill", **keyed(shop.holds("platform_failed"))) == ("person", "order.unavailable", False)


def test_hl4_number_and_secret_tell_how_a_complaint_stands() -> None:
    no = people.complaint().matter.no
    pin = numbers.pin(settings.SECRET_KEY.encode(), no)
    assert ask("case_progress", case=no, secret=pin) == ("other", "case.status", True)
    assert ask("case_progress", case=no, secret="00000000") == ("other", "case.not_found", False)


def test_hl11_who_calls_is_no_proof_of_a_membership() -> None:
    assert ask("membership") == ("not_found", "member.prove", False)


@pytest.mark.parametrize(
    ("points", "slug", "values"), [(5200, "member.points", {"points": 5200}), (None, "member.level", {})]
)
def test_mb1_a_proven_order_tells_level_and_points_as_far_as_the_shop_does(
    shop: FakeShop, points: int | None, slug: str, values: dict[str, object]
) -> None:
    order = shop.holds("delivered", 1)
    shop.orders[order.order_no] = replace(order, buyer=replace(order.buyer, tier="gold", points=points))
    found = asked("membership", **keyed(order))
    said = found.answer.say[0]
    assert (said.slug, dict(said.values)) == (slug, {"tier": "金卡会员"} | values)
    assert (found.order_no, found.answer.served) == (order.order_no, True)


def test_mb1_an_order_proven_before_in_the_call_is_enough(shop: FakeShop) -> None:
    order = shop.holds("delivered", 1)
    assert ask("order_status", **keyed(order))[2]
    found = asked("membership", proven=order.order_no)
    assert found.answer.say[0].slug == "member.points"


def test_mb1_who_bought_without_an_account_is_no_member_and_a_wrong_amount_proves_nothing(shop: FakeShop) -> None:
    order = shop.holds("delivered")
    shop.orders[order.order_no] = replace(order, buyer=replace(order.buyer, member_no="", tier=""))
    assert ask("membership", **keyed(order)) == ("other", "member.unknown", False)
    assert ask("membership", **(keyed(order) | {"amount": "1"})) == ("other", "order.not_found", False)


def test_a_code_nobody_gave_out_opens_nothing() -> None:
    assert ask("order_by_code", code="123456") == ("not_found", "order.not_found", False)


def test_hl11_in_a_talk_a_payment_matches_or_not_and_nothing_is_put_right(shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    found = asked("payment", **keyed(order))
    assert (found.answer.code, found.order_no, found.proof) == ("matches", order.order_no, "order_facts")
    assert not Remedy.objects.exists()
    assert asked("payment", **(keyed(order) | {"amount": "1"})).answer.code == "differs"


def test_hl11_the_payment_of_another_order_than_the_proven_one_does_not_match(shop: FakeShop) -> None:
    order, other = shop.holds("delivered", 1), shop.holds("delivered", 2)
    assert asked("payment", proven=order.order_no, **keyed(order)).answer.code == "matches"
    found = asked("payment", proven=order.order_no, **keyed(other))
    assert (found.answer.code, found.order_no) == ("differs", "")


def test_hl11_who_guesses_in_a_talk_is_stopped_and_a_silent_shop_is_said(shop: FakeShop) -> None:
    wrong = keyed(shop.holds("delivered")) | {"amount": "1"}
    said = [asked("payment", **wrong).answer.code for _ in range(6)]
    assert (said[0], said[-1]) == ("differs", "too_many")


def test_hl11_a_shop_that_is_silent_compares_nothing(shop: FakeShop) -> None:
    order = shop.holds("delivered")
    shop.is_down = True
    assert asked("payment", **keyed(order)).answer.code == "unavailable"


def test_hl11_the_pin_of_the_case_matches_or_not() -> None:
    no = people.complaint().matter.no
    pin = numbers.pin(settings.SECRET_KEY.encode(), no)
    assert asked("pin", case=no, secret=pin).answer.code == "matches"
    assert asked("pin", case=no, secret="00000000").answer.code == "differs"
