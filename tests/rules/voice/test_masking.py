"""Numbers that are secrets are not written down, however they are read aloud."""

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


@given(st.lists(st.text("0123456789零一二三 ,人", max_size=12), max_size=6))
def test_what_was_masked_stays_so_and_nothing_is_lost(said: list[str]) -> None:
    once = masked(said)
    assert masked(once) == once
    assert [len(one) for one in once] == [len(one) for one in said]
    digits = "".join("x" if one == "人" else one for one in "".join(once) if one not in " ,")
    assert all(len(run) <= LONGEST_SHOWN for run in digits.replace("*", "x").split("x"))
