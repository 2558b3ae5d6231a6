"""What buyers paste into the one field of the first screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.lib.paste import LONGEST, MOST_ENTRIES, Entry, entries

BILL = "4200002233202611211234567890"
ORDER = "KM202611210123456789"


@pytest.mark.parametrize(
    ("text", "by", "value"),
    [
        (ORDER, "order_no", ORDER),
        (f"  {ORDER}\n", "order_no", ORDER),
        (f"订单号：{ORDER}", "order_no", ORDER),
        (f"訂單號 {ORDER} 複製", "order_no", ORDER),
        ("订单编号: KM2026 1121 0123 4567 89", "order_no", ORDER),
        (f"Order No. {ORDER}", "order_no", ORDER),
        (f"我的订单{ORDER}没收到", "order_no", ORDER),
        ("ＫＭ２０２６１１２１０１２３４５６７８９", "order_no", ORDER),
        ("KM-2026-0042", "order_no", "KM-2026-0042"),
        ("202611210001", "order_no", "202611210001"),
        (BILL, "bill_no", BILL),
        ("4200 0022 3320 2611 2112 3456 7890", "bill_no", BILL),
        ("4200-0022-3320-2611-2112-3456-7890", "bill_no", BILL),
        (f"交易单号\u200b：\u00a0{BILL}", "bill_no", BILL),
        (f"交易单号 {BILL} 2026-11-21 20:15 ¥100.00", "bill_no", BILL),
        (f"交易单号 {BILL} 支付时间 2026年11月21日 20:15:01", "bill_no", BILL),
        ("账单号 1" + BILL + "234", "bill_no", "1" + BILL + "234"),
        ("商户单号：T20261121123456789012", "trade_no", "T20261121123456789012"),
        ("yuebai@QQ.com", "email", "yuebai@qq.com"),
        ("下单邮箱：yuebai@qq.com。", "email", "yuebai@qq.com"),
        ("ｙｕｅｂａｉ＠ｑｑ．ｃｏｍ", "email", "yuebai@qq.com"),
        ("13800138000", "phone", "13800138000"),
        ("手机号 138 0013 8000", "phone", "13800138000"),
        ("+86 138-0013-8000", "phone", "13800138000"),
        ("QQ：123456789", "qq", "123456789"),
        ("qq号 123456", "qq", "123456"),
        ("微信号：yue_bai-01", "wechat", "yue_bai-01"),
    ],
)
def test_kp10_the_likeliest_reading_comes_first(text: str, by: str, value: str) -> None:
    assert entries(text)[0] == Entry(by, value)


def test_a_bare_number_of_ten_digits_may_be_an_order_or_a_qq() -> None:
    assert entries("1234567890") == (Entry("order_no", "1234567890"), Entry("qq", "1234567890"))


def test_a_wrong_label_does_not_hide_what_is_unmistakable() -> None:
    assert Entry("bill_no", BILL) in entries(f"订单号：{BILL}")
    assert Entry("phone", "13800138000") in entries("订单没收到，我是13800138000")


def test_small_letters_are_tried_as_capitals_too() -> None:
    assert entries("km20261121")[:2] == (Entry("order_no", "km20261121"), Entry("order_no", "KM20261121"))


def test_two_labelled_contacts_are_two_readings() -> None:
    found = entries("邮箱: yuebai@qq.com，手机 138 0013 8000")
    assert found == (Entry("email", "yuebai@qq.com"), Entry("phone", "13800138000"))


@pytest.mark.parametrize(
    "text",
    ["", "   ", "订单号", "我买的卡没收到", "😀😀", "2026-11-21", "100.00", "' OR 1=1 --", "<script>alert()</script>"],
)
def test_what_holds_no_number_holds_no_reading(text: str) -> None:
    assert entries(text) == ()


def test_only_the_first_200_characters_are_read() -> None:
    assert entries("x " * LONGEST + ORDER) == ()


NASTY = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="0123456789 -@.aZ订单号：qQ_+", max_size=250),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Nd", "Lo"]), max_size=60),
)


@given(NASTY)
def test_it_never_raises_and_answers_in_plain_ascii(text: str) -> None:
    found = entries(text)
    assert len(found) <= MOST_ENTRIES
    assert len(set(found)) == len(found)
    for entry in found:
        assert entry.by in {"order_no", "bill_no", "trade_no", "email", "phone", "qq", "wechat"}
        assert entry.value.isascii() and entry.value.isprintable() and " " not in entry.value
        assert len(entry.value) <= 130


@given(st.integers(10**27, 10**32 - 1).map(str), st.sampled_from(["", " ", "-", "\u3000", "\u200b"]))
def test_kp10_every_long_bill_number_is_found_in_groups_of_four(bill: str, between: str) -> None:
    groups = between.join(bill[n : n + 4] for n in range(0, len(bill), 4))
    assert entries(groups)[0] == Entry("bill_no", bill)
