"""The wording we propose is itself complete, in both languages (CP3)."""

import pytest
from django.utils import translation

from huiyin.domain.cases.demand import check
from huiyin.domain.cases.demand_words import suggestion
from huiyin.domain.cases.places import order_facts
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.situations import judge
from tests.fakes import MIDNIGHT as NOW
from tests.fakes import SITUATIONS, FakeShop

VAGUE = ["尽快解决", "给我个说法", "退款", "补发", "赔偿我", "骗子", "说明原因", "恢复账号", "把积分补上"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("situation", [*SITUATIONS, ""])
def test_cp3_our_wording_passes_our_own_check(situation: str, language: str, shop: FakeShop) -> None:
    known = None
    if situation:
        snapshot = shop.holds(situation)
        known = order_facts(orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW))
    for text in VAGUE:
        with translation.override(language):
            words = suggestion(check(text, (), known, NOW).proposed, known)
        assert words
        assert check(words, (), known, NOW).missing == ()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_cp3_a_manner_is_worded_as_one(language: str) -> None:
    found = check("给我个说法", (), None, NOW, category="service_attitude")
    with translation.override(language):
        words = suggestion(found.proposed, None, "service_attitude")
    assert ("道歉" if language == "zh-hans" else "apology") in words
    assert ("订单" if language == "zh-hans" else "order") not in words
    assert check(words, (), None, NOW, category="service_attitude").missing == ()


def test_cp3_the_wording_names_order_amount_and_time(shop: FakeShop) -> None:
    snapshot = shop.holds("short_amount")
    known = order_facts(orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW))
    with translation.override("zh-hans"):
        words = suggestion(check("尽快补给我", (), known, NOW).proposed, known)
    assert snapshot.order_no in words
    assert "差额30.00元" in words
    assert "11月23日01:00前" in words
