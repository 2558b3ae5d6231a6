"""What the menu answers by itself, with a shop in memory and the real rows."""

import pytest
from django.conf import settings

from huiyin.daemons.calls import answers
from huiyin.daemons.calls.answers import OurAnswers, Question
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.shop import OrderSnapshot
from huiyin.lib import numbers
from tests import people
from tests.calls import called
from tests.fakes import MIDNIGHT, FakeShop

pytestmark = pytest.mark.django_db


def ask(action: str, **inputs: str) -> tuple[str, str, bool]:
    """Where the answer leads, what is said first, whether it was what they wanted."""
    question = Question(action, inputs, called(), "zh-hans", MIDNIGHT)
    answer = OurAnswers().answer(question).answer
    return answer.code, answer.say[0].slug, answer.served


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
    assert ask("membership") == ("other", "member.unknown", False)


def test_a_code_nobody_gave_out_opens_nothing() -> None:
    assert ask("order_by_code", code="123456") == ("not_found", "order.not_found", False)
