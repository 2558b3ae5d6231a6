"""RM5: the shop's JSON becomes values, or a `Malformed` that names the place; nothing else, whatever is sent."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.adapters.shop import parse
from huiyin.domain.orders.shop import DeliveryState, OrderSnapshot
from huiyin.lib.money import Money

ORDER: dict[str, Any] = {
    "order_no": "KM1",
    "placed_at": "2026-11-22T00:00:00+08:00",
    "goods": {
        "sku": "S",
        "title": "点卡",
        "kind": "card",
        "price": "100.00",
        "stock": 3,
        "alternatives": [{"sku": "T", "title": "另一张", "kind": "card", "price": "100.00", "stock": 1}],
    },
    "quantity": 1,
    "amount": "100.00",
    "buyer": {"email": "a@b.example"},
    "delivery": {
        "state": "done",
        "promised_by": None,
        "attempts": [{"at": "2026-11-22T00:00:00Z", "result": "ok"}],
        "items": [{"key_id": "k", "masked": "ABCD****WXYZ", "delivered_at": "2026-11-22T00:00:00Z", "by": "page"}],
    },
    "payments": [{"bill_no": "42", "channel": "wechat", "amount": "100.00", "state": "paid"}],
    "refunds": [{"amount": "1.00", "state": "failed", "at": "2026-11-22T00:00:00Z"}],
}


def _order(value: object) -> OrderSnapshot:
    return parse.order(parse.document(json.dumps(value).encode("utf-8", "surrogatepass")))


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, child in inside for place in ((*at, key), *_places(child, (*at, key)))]


PLACES = _places(ORDER)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(["\ud800", "a\x00b", "1e999999", "-1.00", "9" * 3000, "0001-01-01T00:00:00+23:59", "２.00"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


def test_rm5_an_order_is_read() -> None:
    order = _order(ORDER)
    assert (order.order_no, order.amount, order.delivery.state) == ("KM1", Money(10000), DeliveryState.DONE)
    assert order.placed_at.isoformat() == "2026-11-21T16:00:00+00:00"
    assert order.goods.alternatives[0].sku == "T"
    assert order.account_confirmed


@pytest.mark.parametrize(("said", "points"), [({}, None), ({"points": None}, None), ({"points": 0}, 0),
                                              ({"points": 36000}, 36000)])  # fmt: skip
def test_mb1_a_member_has_points_where_the_shop_tells_them(said: dict[str, Any], points: int | None) -> None:
    assert _order(ORDER | {"buyer": said}).buyer.points == points


@pytest.mark.parametrize("junk", [-1, 1.5, "many", True, 10**12])
def test_mb1_points_are_a_whole_number(junk: object) -> None:
    with pytest.raises(parse.Malformed, match=r"buyer\.points"):
        _order(ORDER | {"buyer": {"points": junk}})


@given(place=st.sampled_from(PLACES), junk=JUNK)
def test_rm5_junk_anywhere_is_a_value_or_malformed(place: tuple[Any, ...], junk: object) -> None:
    wrong = copy.deepcopy(ORDER)
    inside = wrong
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = junk
    try:
        order = _order(wrong)
    except parse.Malformed:
        return
    assert order.amount.fen >= 0
    repr(order).encode()


@given(st.binary(max_size=300))
def test_rm5_any_bytes_are_a_document_or_malformed(body: bytes) -> None:
    try:
        parse.document(body)
    except parse.Malformed as fault:
        assert str(fault)
    parse.problem(body)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("amount", 100, "amount is not an amount"),
        ("amount", "100.001", "amount is not an amount"),
        ("placed_at", "2026-11-22T00:00:00", "placed_at is not an ISO 8601 time with a zone"),
        ("goods", [], "goods is not an object"),
        ("payments", {}, "payments is not a list"),
        ("payments", [{"bill_no": "42"}], "payments.0.channel is not a string"),
        ("delivery", {"state": "lost"}, "delivery.state is not one of none, queued"),
        ("order_no", "", "order_no is empty"),
    ],
)
def test_rm5_malformed_names_the_place(place: str, value: object, words: str) -> None:
    with pytest.raises(parse.Malformed, match=words):
        _order(ORDER | {place: value})


def test_rm5_a_key_the_shop_forgot_to_mask_is_masked() -> None:
    wrong = copy.deepcopy(ORDER)
    wrong["delivery"]["items"][0]["masked"] = "HX7K-9QPM-2W4T-8RDC"
    assert _order(wrong).delivery.items[0].masked == "HX7K****8RDC"
