"""HL1: the word both sides can read, by which somebody who is called knows that it is us."""

from datetime import date, timedelta

from huiyin.lib import code_words
from huiyin.lib.code_words import code_word, in_english, is_same

KEY, NO, TODAY = b"k" * 32, "483102759164", date(2026, 11, 22)


def test_hl1_both_sides_read_the_same_word() -> None:
    assert code_word(KEY, NO, TODAY) == code_word(KEY, NO, TODAY)


def test_hl1_tomorrow_and_elsewhere_it_is_another_one() -> None:
    days = {code_word(KEY, NO, TODAY + timedelta(days=n)) for n in range(30)}
    centres = {code_word(bytes([n]) * 32, NO, TODAY) for n in range(30)}
    assert len(days) > 25
    assert len(centres) > 25


def test_hl1_a_word_is_said_with_two_digits() -> None:
    for n in range(200):
        thing, digits = code_word(KEY, str(n), TODAY).split(" ")
        assert thing
        assert 10 <= int(digits) <= 99


def test_hl1_what_was_heard_may_be_written_in_any_way() -> None:
    word = "青松 47"
    assert in_english(word) == "pine 47"
    assert is_same(word, " 青松47 ")
    assert is_same(word, "Pine 47")
    assert not is_same(word, "青松 48")
    assert not is_same(word, "")


def test_hl1_no_two_things_are_called_alike() -> None:
    chinese, english = zip(*code_words._WORDS, strict=True)
    assert len(set(chinese)) == len(set(english)) == 64
