"""Whom a complaint is about, from its words (CP21)."""

import pytest

from huiyin.domain.cases.partiality import agents_named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("工号1024态度很差，骂人", ("1024",)),
        ("工號：１０２４ 不理我", ("1024",)),
        ("1024号客服挂我电话，后来客服 1025 也一样", ("1024", "1025")),
        ("客服是1024", ("1024",)),
        ("Agent no. 1024 was rude", ("1024",)),
        ("工号1024、工号1024", ("1024",)),
        ("订单202611220001的客服态度差", ()),
        ("打了3次电话，客服态度差", ()),
    ],
)
def test_cp21_a_complaint_about_somebodys_manner_names_them_by_number(text: str, named: tuple[str, ...]) -> None:
    assert agents_named("service_attitude", text) == named


def test_cp21_who_was_spoken_to_is_not_accused() -> None:
    assert agents_named("refund_request", "工号1024说今天退款，没有退") == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("卡密没收到，我要投诉工号1024", ("1024",)),
        ("我要投诉你们1024号客服", ("1024",)),
        ("我要投诉1024，他不帮我", ("1024",)),
        ("投訴 1024 號客服", ("1024",)),
        ("I complain about agent 1024", ("1024",)),
        ("我要投诉，1024元没退", ()),
        ("我要投诉1024元没退给我", ()),
        ("我要投诉20261122000017这个订单", ()),
    ],
)
def test_cp21_who_is_complained_about_in_so_many_words_is_named_whatever_else_is_wrong(
    text: str, named: tuple[str, ...]
) -> None:
    assert agents_named("recharge_delayed", text) == named
