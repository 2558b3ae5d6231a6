"""CP16: the amount a promotion owes is computed from the version in force when the order was paid."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.orders.promotions import Expected, compare, expected
from huiyin.domain.orders.shop import Terms, TermsKind
from huiyin.domain.orders.terms import hash_of, in_force
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT

ONCE = {"type": "bonus", "steps": [{"pay": "100.00", "bonus": "50.00"}]}
EACH = ONCE | {"repeat": True}
STEPS = {
    "type": "bonus",
    "steps": [{"pay": "50", "bonus": "5"}, {"pay": "100", "bonus": "50"}, {"pay": "500", "bonus": "300"}],
}
PERCENT = {"type": "percent", "percent": "10", "from": "50.00", "most": "30.00"}
FACE = {"type": "face", "steps": [{"pay": "95.00", "face": "100.00"}, {"pay": "50", "face": "52"}]}
PAGE = Terms(TermsKind.PROMOTION, "XHB-100", "2", "充 100 送 50", "每满 100 元送 50 元", MIDNIGHT, None, EACH)


@pytest.mark.parametrize(
    ("rule", "paid", "due"),
    [
        (EACH, "100", "150"), (ONCE, "100", "150"), (EACH, "250", "350"), (ONCE, "250", "300"), (EACH, "9.99", "9.99"),
        (STEPS, "49", "49"), (STEPS, "60", "65"), (STEPS, "499.99", "549.99"), (STEPS, "500", "800"),
        (PERCENT, "100", "110"), (PERCENT, "49.99", "49.99"), (PERCENT, "1000", "1030"), (PERCENT, "55.55", "61.10"),
        (FACE, "95", "100"), (FACE, "190", "200"), (FACE, "100", "104"), (FACE, "96", None), (FACE, "0", None),
    ],
)  # fmt: skip
def test_cp16_what_must_arrive(rule: dict[str, Any], paid: str, due: str | None) -> None:
    assert expected(rule, Money.parse(paid)).amount == (Money.parse(due) if due else None)


@pytest.mark.parametrize(
    "rule",
    [
        {}, {"type": "lottery"}, {"type": "bonus"}, {"type": "bonus", "steps": []}, {"type": "bonus", "steps": ["100"]},
        {"type": "bonus", "steps": [{"pay": "0", "bonus": "5"}]},
        {"type": "bonus", "steps": [{"pay": "1e9", "bonus": None}]},
        {"type": "bonus", "steps": [{"pay": "100", "bonus": "-5"}]}, {"type": "percent", "percent": "NaN"},
        {"type": "percent", "percent": "10", "most": "a lot"}, {"type": ["bonus"]}, {"type": "percent"},
        {"type": "face", "steps": {"pay": "1"}}, {"type": "percent", "percent": "-10"},
    ],
)  # fmt: skip
def test_cp16_a_rule_nobody_can_read_is_said_and_not_guessed(rule: dict[str, Any]) -> None:
    assert expected(rule, Money.parse("100")) == Expected(None, "rule_unreadable")


@given(st.integers(min_value=0, max_value=10**8), st.sampled_from([ONCE, EACH, STEPS, PERCENT]))
def test_cp16_nobody_gets_less_than_they_paid(fen: int, rule: dict[str, Any]) -> None:
    due = expected(rule, Money(fen)).amount
    assert due is not None
    assert due >= Money(fen)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_cp16_whatever_a_shop_sends_as_a_rule_does_no_harm(value: Any) -> None:
    for kind in ("bonus", "percent", "face"):
        expected({"type": kind, "steps": value, "percent": value, "from": value}, Money.parse("100"))


def test_cp16_the_difference_is_what_is_owed() -> None:
    found = compare(expected(EACH, Money.parse("100")), Money.parse("120"), Money.parse("150"))
    assert found.difference == Money.parse("30")
    assert not found.contradicts_shop


def test_cp16_a_shop_that_computes_otherwise_is_named() -> None:
    assert compare(expected(EACH, Money.parse("100")), Money.parse("120"), Money.parse("120")).contradicts_shop


def test_cp16_without_a_version_the_shops_own_figure_counts() -> None:
    found = compare(Expected(None, "no_version"), Money.parse("120"), Money.parse("150"))
    assert found.difference == Money.parse("30")


def test_cp16_more_than_due_is_owed_by_nobody() -> None:
    assert compare(expected(EACH, Money.parse("100")), Money.parse("200")).difference == Money()


def test_cp16_only_the_version_in_force_counts() -> None:
    before = replace(PAGE, version="1", valid_from=MIDNIGHT - timedelta(days=9), valid_until=MIDNIGHT)
    after = replace(PAGE, version="3", valid_from=MIDNIGHT + timedelta(seconds=1))
    assert in_force([before, PAGE, after], MIDNIGHT) == [PAGE]
    assert in_force([before, PAGE, after], MIDNIGHT - timedelta(microseconds=1)) == [before]


def test_cp16_another_text_is_another_version() -> None:
    assert hash_of(PAGE) == hash_of(replace(PAGE))
    assert hash_of(PAGE) != hash_of(replace(PAGE, text="每满 100 元送 20 元"))
    assert hash_of(PAGE) != hash_of(replace(PAGE, rule=ONCE))
