"""CP16: a shop's terms become values, or an answer that cannot be read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from huiyin.adapters.shop.http import HttpShop
from huiyin.domain.orders.shop import TermsKind
from huiyin.lib.errors import Unavailable
from tests.adapters.liar import Liar, lying, says

PAGE = {
    "kind": "promotion", "sku": "XHB-100", "version": "2024-06", "title": "充 100 送 50", "text": "每满 100 元送 50 元",
    "valid_from": "2024-06-01T00:00:00+08:00", "valid_until": None, "rule": {"type": "bonus", "steps": []},
}  # fmt: skip


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as one:
        yield one


@pytest.fixture
def shop(liar: Liar) -> Iterator[HttpShop]:
    port = HttpShop(liar.url, "test", "secret", timeout_s=1.0)
    yield port
    port.close()


def told(**changes: Any) -> str:
    return json.dumps({"terms": [PAGE | changes]}, ensure_ascii=False)


def test_cp16_terms_are_read_with_their_rule(liar: Liar, shop: HttpShop) -> None:
    liar.says(says(told()))
    (one,) = shop.terms("HY1")
    assert (one.kind, one.version, one.rule) == (TermsKind.PROMOTION, "2024-06", {"type": "bonus", "steps": []})
    assert one.valid_from == datetime(2024, 5, 31, 16, tzinfo=UTC)
    assert liar.asked == ["GET /huiyin/v1/orders/HY1/terms"]


def test_cp16_a_goods_page_may_be_long_and_optional_fields_missing(liar: Liar, shop: HttpShop) -> None:
    short = {name: value for name, value in PAGE.items() if name not in {"valid_until", "rule", "sku"}}
    liar.says(says(json.dumps({"terms": [short | {"text": "文" * 20_000}]})))
    assert len(shop.terms("HY1")[0].text) == 20_000


@pytest.mark.parametrize("status", [404, 409])
def test_cp16_a_shop_without_versions_has_said_nothing(liar: Liar, shop: HttpShop, status: int) -> None:
    liar.says(says('{"code": "not_found"}', status))
    assert shop.terms("HY1") == ()


@pytest.mark.parametrize("number", ["", "../secrets", "a/b", "x" * 101])
def test_cp16_what_is_no_order_number_is_not_asked(liar: Liar, shop: HttpShop, number: str) -> None:
    assert shop.terms(number) == ()
    assert liar.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        "{}", '{"terms": 5}', '{"terms": [5]}', told(kind="gift"), told(version=""), told(version="x" * 41),
        told(title=None), told(title="x" * 201), told(text=5), told(text="x" * 20_001), told(text="a\x00b"),
        told(valid_from="tomorrow"), told(valid_from="2024-06-01T00:00:00"), told(rule=[1]),
        told(rule={"a": "x" * 5000}),
        told(rule={"a": "\x00"}), told(sku="x" * 101), '{"terms": [' + "[" * 900 + "]" * 900 + "]}",
    ],
)  # fmt: skip
def test_cp16_terms_that_cannot_be_read_are_no_answer(liar: Liar, shop: HttpShop, answer: str) -> None:
    liar.says(says(answer))
    with pytest.raises(Unavailable):
        shop.terms("HY1")
