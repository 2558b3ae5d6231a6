"""Matter numbers, PINs and link tokens."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.lib import numbers

KEY = b"a key of this test"
FRESH = st.integers(0, 2**64).map(lambda seed: numbers.new(Random(seed)))


def test_a_number_has_twelve_digits_and_a_check_digit() -> None:
    no = numbers.new(Random(7))
    assert (len(no), no.isascii(), no.isdigit()) == (12, True, True)
    assert numbers.is_valid(no)


def test_the_check_digit_is_iso_7064_mod_11_10() -> None:
    """Checked against the recipe of the standard, written out here a second time."""
    product = 10
    for digit in "12345678901":
        product = 2 * ((product + int(digit)) % 10 or 10) % 11
    assert numbers.is_valid(f"12345678901{(11 - product) % 10}")


@given(FRESH, st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(no: str, place: int, shift: int) -> None:
    wrong = str((int(no[place]) + shift) % 10)
    assert not numbers.is_valid(no[:place] + wrong + no[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "1", "1" * 11, "1" * 13, "0" * 12, "12345678901a", "１" * 12, "٠" * 12, "1" * 9999]
)
def test_what_is_no_number_is_not_valid(text: str) -> None:
    assert not numbers.is_valid(text)


@given(FRESH, st.sampled_from([" ", "-", "–", "\u3000", "\u200b", ".", "\n"]))
def test_a_number_survives_how_people_write_it(no: str, between: str) -> None:
    grouped = between.join((no[:4], no[4:8], no[8:]))
    full_width = grouped.translate({ord(str(digit)): ord("０") + digit for digit in range(10)})
    assert numbers.normalise(full_width) == no


@given(st.text(max_size=40))
def test_any_text_can_be_normalised_and_judged(text: str) -> None:
    assert isinstance(numbers.is_valid(numbers.normalise(text)), bool)
    assert not numbers.pin_matches(KEY, "123456789014", text + "!")
    assert not numbers.link_token_matches(KEY, "123456789014", text + "!")


@given(FRESH)
def test_pin_and_token_follow_from_key_and_number_alone(no: str) -> None:
    pin, token = numbers.pin(KEY, no), numbers.link_token(KEY, no)
    assert (len(pin), pin.isdigit(), len(token)) == (8, True, 22)
    assert numbers.pin_matches(KEY, no, f" {pin[:4]} {pin[4:]} ")
    assert numbers.link_token_matches(KEY, no, token)
    assert numbers.link_token(b"another key", no) != token


def test_pins_are_spread_evenly() -> None:
    """2 000 PINs, ten first digits: 200 each, and 60 off would be more than four standard deviations."""
    firsts = [numbers.pin(KEY, str(n))[0] for n in range(2_000)]
    assert all(140 < firsts.count(digit) < 260 for digit in "0123456789")


def test_a_surrogate_is_a_wrong_pin_and_not_a_crash() -> None:
    assert not numbers.pin_matches(KEY, "123456789014", "\ud800")
    assert not numbers.link_token_matches(KEY, "123456789014", "\ud800")
