"""Numbers that are secrets are not written down, however they are read aloud."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.voice.transcripts.masking import LONGEST_SHOWN, masked


@pytest.mark.parametrize(("said", "written"), [
    (["卡密是12345678"], ["卡密是********"]),
    (["一二三四", "嗯 五六七八"], ["****", "嗯 ****"]),
    (["12 34", "56-78", "好的"], ["** **", "**-**", "好的"]),
    (["one two three four", "five six seven eight"], ["* * * *", "* * * *"]),
    (["１２３４５６７８９"], ["*********"]),
    (["付了100元，今天10点"], ["付了100元，今天10点"]),
    (["来电码是123456"], ["来电码是123456"]),
    (["十一月二十二日"], ["十一月二十二日"]),
    (["**** ", "5678"], ["**** ", "****"]),
])  # fmt: skip
def test_long_numbers_are_stars_and_short_ones_stay(said: list[str], written: list[str]) -> None:
    assert masked(said) == written


@pytest.mark.parametrize("said", [
    ["1234", "对", "5678", "对", "9012"], ["六六六六", "您说", "七七七七"], ["1234 好 5678"], ["1234那个5678"],
    ["1234/5678/9012"], ["1234，然后5678 9012"], ["1234 横杠 5678", "嗯嗯，对的。", "9012"], ["12、34；56|78"],
    ["1234 dash 5678", "OK, and then", "nine zero one two"], ["第一组1234", "第二组是5678"],
    ["one two，three四 five6 7 8"],
    ["一二三四——五六七八"], ["兩兩兩兩 幺幺幺幺"], ["12", "好的好的好的", "34", "...", "56", "是的", "78"],
])  # fmt: skip
def test_hl10_a_number_that_is_read_with_small_words_between_is_one_number(said: list[str]) -> None:
    digit = re.compile("[0-9一二三四五六七八九幺两兩零]|one|two|three|five|nine|zero")
    assert not digit.search("".join(masked(said)))


@pytest.mark.parametrize("said", [
    "3月15日充了100元，4月16日充了200元", "¥1000，¥2000，¥3000", "打了10086，又打了95188",
    "thousands of phones and nobody",
    "还剩20%，30%，40%，50%", "第一次等了15分钟，第二次等了20分钟",
])  # fmt: skip
def test_hl10_what_is_no_number_of_a_card_stays(said: str) -> None:
    assert masked([said]) == [said]


@given(st.lists(st.sampled_from(["1", "七", "好的", "的", "好", "是", " ", "then", "，", "人", "*"]), max_size=12))
def test_long_speech_is_masked_at_once(words: list[str]) -> None:
    """What can be read in many ways is not tried in all of them: such an hour would never end."""
    began = process_time()
    masked(["".join(words) * 2_000])
    assert process_time() - began < 2


@given(st.lists(st.text("0123456789零一二三 ,人", max_size=12), max_size=6))
def test_what_was_masked_stays_so_and_nothing_is_lost(said: list[str]) -> None:
    once = masked(said)
    assert masked(once) == once
    assert [len(one) for one in once] == [len(one) for one in said]
    digits = "".join("x" if one == "人" else one for one in "".join(once) if one not in " ,")
    assert all(len(run) <= LONGEST_SHOWN for run in digits.replace("*", "x").split("x"))
