"""Chinese text for searching."""

import pytest

from huiyin.lib.bigrams import pairs, plain


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [("儲值卡 沒有到賬", "储值卡 没有到账"), ("ＡＢＣ　１２", "abc 12"), (" a\n\tb ", "a b"), ("", ""), ("①", "1")],
)
def test_one_spelling_for_what_means_the_same(typed: str, spelled: str) -> None:
    assert plain(typed) == spelled


def test_pairs_never_cross_a_blank() -> None:
    assert pairs("卡密无效 卡密") == ["卡密", "密无", "无效"]
    assert pairs("a") == pairs("") == []
