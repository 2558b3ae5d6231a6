"""HL4: what is said in the menu works like its key, and what we say ourselves does not."""

import copy

import pytest

from huiyin.domain.voice.menu import Facts, HangUp, Menu, Walk, begin, spoken, understood
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


@pytest.mark.parametrize(("node", "text"), [
    ("anything_else", "我还没有收到"), ("anything_else", "问题没有解决，我要投诉"), ("anything_else", "卡密没有到账"),
    ("anything_else", "你们没有给我处理"), ("anything_else", "这个不用等三天吗"),
    ("anything_else", "不用谢谢我先把钱退给我"),
    ("anything_else", "好的"), ("anything_else", "我 嗯 那"), ("anything_else", ""),
    ("closed", "没有人接吗"), ("closed", "没有"), ("closed", "我没有"), ("closed", "谢谢你们没有一个人接电话"),
    ("anything_else", "I have not received it, thank you for nothing at all"), ("closed", "bye bye my money"),
])  # fmt: skip
def test_hl4_nobody_is_hung_up_on_for_a_word_in_a_sentence(node: str, text: str) -> None:
    assert understood(at(node), text) != "#"
    assert not isinstance(spoken(at(node), text).then, HangUp)


@pytest.mark.parametrize(("node", "text"), [
    ("anything_else", "没有"), ("anything_else", "没有了，谢谢。"), ("anything_else", "好的谢谢"),
    ("anything_else", "没有问题了"), ("anything_else", "嗯，那就不用了，再见"), ("anything_else", "沒有了沒有了"),
    ("anything_else", "No, thank you. Bye!"),
    ("closed", "不用了"), ("closed", "好的，谢谢您"), ("closed", "OK, bye"),
])  # fmt: skip
def test_hl4_a_good_bye_ends_the_call_when_it_stands_alone(node: str, text: str) -> None:
    assert isinstance(spoken(at(node), text).then, HangUp)


def test_hl4_the_words_of_a_key_that_is_not_there_are_nobodys_wish() -> None:
    table = copy.deepcopy(TABLE)
    table["nodes"]["closed"]["words"] = {"5": ["传真"], "2": ["传真留言"]}
    assert understood(begin(Menu.parse(table), "closed", Facts()).walk, "传真留言") == "2"


def test_hl4_a_good_bye_is_looked_for_before_what_it_holds() -> None:
    table = copy.deepcopy(TABLE)
    words = table["nodes"]["anything_else"]["words"]
    table["nodes"]["anything_else"]["words"] = dict(sorted(words.items(), reverse=True))
    assert understood(begin(Menu.parse(table), "anything_else", Facts()).walk, "没有问题了") == "#"


def test_a_good_bye_may_be_as_long_as_it_likes() -> None:
    """Words that begin alike must not be tried in every combination."""
    table = copy.deepcopy(TABLE)
    table["nodes"]["closed"]["words"] = {"#": ["a", "aa", "aaa"]}
    here = begin(Menu.parse(table), "closed", Facts()).walk
    assert understood(here, "a" * 2_000) == "#"
    assert understood(here, "a" * 2_000 + "b") == ""


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
