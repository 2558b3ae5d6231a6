"""HL4: what is said in the menu works like its key, and what we say ourselves does not."""

import pytest

from huiyin.domain.voice.menu import Facts, Walk, begin, understood
from huiyin.domain.voice.shipped_menu import TABLE, shipped_menu


def at(node: str) -> Walk:
    """Somebody who is asked there."""
    return begin(shipped_menu(), node, Facts()).walk


@pytest.mark.parametrize(("node", "text", "key"), [
    ("main", "我的卡密，没收到。", "1"), ("main", "沒收到卡密", "1"), ("main", "Ｏrder", "2"),
    ("anything_else", "没有了", "#"), ("anything_else", "还有问题", "1"),
    ("closed", "给我回电吧", "1"), ("account", "我的号被盗了", "1"),
])  # fmt: skip
def test_hl4_what_people_say_is_the_key_they_mean(node: str, text: str, key: str) -> None:
    assert understood(at(node), text) == key


@pytest.mark.parametrize("text", ["人工。", "转人工", "Agent!", "人工，人工！", "人工人工人工"])
def test_hl4_a_person_may_be_called_for_while_we_speak(text: str) -> None:
    assert understood(at("main"), text, alone=True) == "0"


@pytest.mark.parametrize("text", ["人工客服请按零", "卡密没有收到请按1", "For English press seven", "", "人工 请按零"])
def test_our_own_words_from_a_loudspeaker_are_nobodys_wish(text: str) -> None:
    assert understood(at("main"), text, alone=True) == ""


def test_every_word_of_the_shipped_menu_is_of_a_key_that_is_there() -> None:
    for node in TABLE["nodes"].values():
        assert set(node.get("words", {})) <= set(node.get("keys", {}))


def test_hl4_we_listen_where_one_chooses_and_never_where_one_types() -> None:
    for name, node in TABLE["nodes"].items():
        then = begin(shipped_menu(), name, Facts()).then
        assert getattr(then, "speech", False) is (node["kind"] == "choice" or (name in {"english", "elderly"}))
