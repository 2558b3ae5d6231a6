"""HL4: the table of a menu as people read it, and trying it without a call."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.voice.hotline.tables import (
    INPUTS,
    differences,
    leading_to,
    lines_faults,
    own_slug,
    own_words,
    reached,
    tree,
)
from huiyin.domain.voice.hotline.trying import MOST_TOKENS, tokens_of, trial
from huiyin.domain.voice.menu import Ask, Facts, Known, Listen, Menu, MenuFault, Say, ToQueue, ToVoicemail, begin
from huiyin.domain.voice.menu_faults import faults_of_words
from huiyin.domain.voice.shipped import LINES
from huiyin.domain.voice.shipped_menu import TABLE, shipped_menu
from huiyin.web.ui.words_menu import ACTIONS, KINDS, NODES, fault_text
from huiyin.web.ui.words_menu import INPUTS as MEANINGS

BEGIN = [one.node for one in LINES if one.node]
TOKENS = st.one_of(
    st.sampled_from([f"k{key}" for key in "0123456789*#"]), st.just("s"), st.just("d12345678"), st.just("d1000"),
    st.sampled_from(["anot_found", "aperson", "aother"]),
)  # fmt: skip


def changed(**nodes: Any) -> dict[str, Any]:
    table = deepcopy(TABLE)
    table["nodes"] |= nodes
    return table


def faults(table: dict[str, Any], known: Known | None = None) -> set[tuple[str, str, str]]:
    with pytest.raises(MenuFault) as fault:
        Menu.parse(table, known)
    return {(one.code, one.node, one.what) for one in fault.value.faults}


def test_each_node_stands_unfolded_in_the_tree_once_where_fewest_keys_lead_to_it() -> None:
    found = tree(TABLE, BEGIN)
    unfolded = [one.node for one in found if not one.is_again]
    assert sorted(unfolded) == sorted(TABLE["nodes"])
    depth = {one.node: one.depth for one in found if not one.is_again}
    assert (depth["main"], depth["key_missing"], depth["bill"], depth["vip"]) == (0, 1, 2, 0)


def test_a_tree_of_a_broken_table_ends() -> None:
    table = changed(a={"kind": "say", "say": [], "next": "b"}, b={"kind": "say", "say": [], "next": "a"},
                    c={"kind": "say", "say": [], "next": "moon"})  # fmt: skip
    found = tree(table, [*BEGIN, "moon"])
    assert {"a", "b", "c", "moon"} <= {one.node for one in found}
    assert "a" not in reached(table, BEGIN)
    assert leading_to(table, "b") == ["a"]


def test_what_differs_is_named() -> None:
    table = changed(fresh={"kind": "voicemail"}, bye={"kind": "voicemail"}) | {"tries": 4}
    del table["nodes"]["vip"]
    assert differences(TABLE, table) == {"fresh": "added", "bye": "changed", "vip": "removed", "": "changed"}
    assert differences(TABLE, TABLE) == {}
    assert [(one.node, one.what) for one in lines_faults(table, {"vip": "vip", "001": "recharge"})] == [("vip", "vip")]


def test_own_words_are_said_in_both_languages_or_refused() -> None:
    said = {"zh-hans": "您好。", "en": "Good day."}
    table = changed(bye={"kind": "hang_up", "say": ["menu.bye", said]})
    step = begin(Menu.parse(table), "bye", Facts())
    assert step.say == (Say("menu.bye"), Say("", words=said))
    assert list(own_words(table)) == [(own_slug(text), language, text) for language, text in said.items()]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"en": "x"}, "words_missing"), ({"zh-hans": "x", "en": " "}, "words_missing"),
        ({"zh-hans": "x" * 601, "en": "x"}, "words_too_long"), ({"zh-hans": 1, "en": 2}, "wrong_type"),
        ({"zh-hans": "x", "en": "x", "fr": "Bonjour"}, "wrong_type"), (["x"], "wrong_type"),
    ],
)  # fmt: skip
def test_words_that_would_be_silence_are_refused(words: Any, code: str) -> None:
    assert code in {one[0] for one in faults(changed(bye={"kind": "hang_up", "say": [words]}))}


def test_words_that_nothing_is_taken_by_are_named_and_so_are_those_that_end_a_call_and_mean_more() -> None:
    node = {"kind": "choice", "say": ["p"], "keys": {"1": "main", "#": "bye"},
            "words": {"5": ["传真"], "1": ["好了", "还有"], "#": ["没有了", "好了"]}}  # fmt: skip
    found = faults_of_words(changed(fresh=node))
    assert [(one.code, one.node, one.what) for one in found] == [
        ("word_without_key", "fresh", "5"), ("end_means_more", "fresh", "好了")]  # fmt: skip
    assert all(fault_text(one) not in {"", one.code} for one in found)
    assert faults_of_words(TABLE) == []


def test_a_menu_that_is_heard_already_goes_on_being_heard_with_words_for_no_key() -> None:
    table = changed(fresh={"kind": "choice", "say": ["p"], "keys": {"1": "main"}, "words": {"5": ["传真"]}})
    assert Menu.parse(table).nodes == table["nodes"]


def test_mb1_the_level_of_members_may_be_asked_for_with_and_without_numbers() -> None:
    closed = {"kind": "choice", "say": ["p"], "keys": {"1": "voicemail"}}
    ask = {"kind": "ask", "action": "membership", "inputs": list(INPUTS["membership"]), "answers": {"other": "closed"}}
    table = {
        "start": "ask",
        "closed": "closed",
        "nodes": {"ask": ask, "closed": closed, "voicemail": {"kind": "voicemail"}},
    }
    assert begin(Menu.parse(table), "", Facts()).then == Ask("membership", {"bill": "", "amount": ""})
    ask["action"] = "order_status"
    assert {(one[0], one[2]) for one in faults(table)} == {("input_unknown", "bill"), ("input_unknown", "amount")}


def test_own_words_need_no_prompt_of_their_name() -> None:
    known = Known(prompts=frozenset({"menu.bye"}))
    own = {"kind": "hang_up", "say": [{"zh-hans": "再会", "en": "So long"}, "menu.moon"]}
    found = faults(changed(bye=own), known)
    assert ("prompt_unknown", "bye", "menu.moon") in found
    assert not [one for one in found if one[1] == "bye" and one[2] != "menu.moon"]


def test_everything_in_the_shipped_menu_has_a_name_for_people() -> None:
    nodes = TABLE["nodes"]
    assert set(nodes) - set(NODES) == set()
    assert {node["kind"] for node in nodes.values()} - set(KINDS) == set()
    asked = {node["action"]: tuple(node.get("inputs", ())) for node in nodes.values() if node["kind"] == "ask"}
    assert set(asked) - set(ACTIONS) == set()
    assert {node["as"] for node in nodes.values() if node["kind"] == "digits"} - set(MEANINGS) == set()
    assert set(INPUTS) == set(ACTIONS)


@given(st.lists(TOKENS, max_size=30), st.sampled_from(["", "queue_closed", "queue_full"]), st.sampled_from(LINES))
def test_hl4_a_trial_ends_or_waits_for_a_key_and_never_breaks(tokens: list[str], why: str, line: Any) -> None:
    here = trial(shipped_menu(), line.node, Facts(), lambda _queue: why, tokens)
    assert here.is_over != isinstance(here.step.then, Listen | Ask)
    assert len(here.way) <= len(tokens)
    assert not (why and isinstance(here.step.then, ToQueue))


def test_hl4_a_trial_is_the_walk_of_a_caller() -> None:
    away = trial(shipped_menu(), "", Facts(), lambda _queue: "queue_full", ["k0", "k0"])
    assert isinstance(away.step.then, ToVoicemail)
    assert away.away == "queue_full"
    waits = trial(shipped_menu(), "account", Facts(), lambda _queue: "", ["k1"])
    assert waits.step.then == ToQueue("account", urgent=True)
    secret = trial(shipped_menu(), "", Facts(), lambda _queue: "", ["k1", "k1", "d12345678"])
    assert secret.step.walk.node == "amount"


@pytest.mark.parametrize("text", ["", "~", "k", "kk1", "d", "dx", "a", "aX", "x1", "k1 ", "d" + "1" * 33])
def test_hl4_what_is_no_token_is_left_out(text: str) -> None:
    assert tokens_of(text) == []
    assert len(tokens_of("~".join(["k1"] * 500))) == MOST_TOKENS
