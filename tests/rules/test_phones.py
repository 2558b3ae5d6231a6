"""Phone numbers in one shape, and masks that keep only what the owner recognises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.lib import phones


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "0086 138 0013 8000",
        "１３８００１３８０００",
    ],
)
def test_a_chinese_mobile_number_has_one_shape(text: str) -> None:
    assert phones.normalise(text) == "+8613800138000"
    assert phones.national(text) == "13800138000"
    assert phones.is_mobile(text)


@pytest.mark.parametrize(
    ("text", "shape", "shown"),
    [
        ("010-65529988", "+861065529988", "01065529988"),
        ("+1 650 253 0000", "+16502530000", "+16502530000"),
        ("+852 9123 4567", "+85291234567", "+85291234567"),
    ],
)
def test_landlines_and_numbers_from_abroad(text: str, shape: str, shown: str) -> None:
    assert (phones.normalise(text), phones.national(text)) == (shape, shown)


def test_a_landline_gets_no_text_message() -> None:
    assert not phones.is_mobile("010-65529988")


@pytest.mark.parametrize(
    "text", ["", "123", "hello", "12345678901", "1380013800", "13800138000 ext 5", "1" * 500, "\ud800"]
)
def test_what_is_no_phone_number(text: str) -> None:
    assert phones.normalise(text) is None


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (phones.mask_phone, "+8613800138000", "138****8000"),
        (phones.mask_phone, "138 0013 8000", "138****8000"),
        (phones.mask_phone, "110", "****"),
        (phones.mask_email, "abc@qq.com", "a***@qq.com"),
        (phones.mask_email, "a@qq.com", "***@qq.com"),
        (phones.mask_email, "not an address", "n****"),
        (phones.mask_qq, "123456789", "12****89"),
        (phones.mask_qq, "12345", "1****5"),
        (phones.mask_account, "yuebai_123456", "yu****56"),
        (phones.mask_account, "13800138000", "138****8000"),
        (phones.mask_account, "abc@qq.com", "a***@qq.com"),
        (phones.mask_name, "张三", "张**"),
        (phones.mask_name, "欧阳娜娜", "欧**"),
        (phones.mask_name, "张", "**"),
        (phones.mask_name, "", "**"),
        (phones.mask_key, "HX7K-9QPM-2W4T-8RDC", "HX7K****8RDC"),
        (phones.mask_key, "ABCD-1234", "ABC****234"),
        (phones.mask_key, "ABC", "****"),
        (phones.mask_key, "", "****"),
    ],
)
def test_a_mask_keeps_the_ends(mask: phones.Mask, text: str, masked: str) -> None:
    assert mask(text) == masked


KEEPS_ENDS = st.sampled_from([phones.mask_phone, phones.mask_qq, phones.mask_account, phones.mask_key])


@given(KEEPS_ENDS, st.text("abcdefgh0123456789-", min_size=1, max_size=30))
def test_a_mask_hides_at_least_a_third_and_three_characters(mask: phones.Mask, text: str) -> None:
    shown = mask(text).replace("****", "")
    assert len(text) - len(shown) >= min(len(text), max(3, len(text) // 3))
    assert mask(text).startswith(text[0]) or not shown or shown[0] in text


@given(st.text(max_size=30))
def test_every_mask_takes_every_text(text: str) -> None:
    for mask in (phones.mask_email, phones.mask_name, phones.mask_account, phones.mask_key, phones.mask_phone):
        assert "**" in mask(text)
