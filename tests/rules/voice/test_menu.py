"""HL4: nobody gets lost in a menu, whatever table it is and whatever is pressed."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.voice.menu import (
    MOST_STEPS,
    Answer,
    Ask,
    Facts,
    HangUp,
    Known,
    Listen,
    Menu,
    MenuFault,
    Say,
    Step,
    ToCallback,
    ToQueue,
    ToVoicemail,
    answered,
    begin,
    heard,
    press,
    spoken,
    timed_out,
    turned_away,
)
from huiyin.domain.voice.shipped import LINES
from huiyin.domain.voice.shipped_menu import ACTIONS, TABLE, shipped_menu

MENU = shipped_menu()
KEYS = st.sampled_from("0123456789*#")
NAMES = ("a", "b", "c", "d", "e")
KINDS = ("choice", "digits", "ask", "say", "set", "queue", "voicemail", "callback", "hang_up")

MOSTLY_CHOICES = (*KINDS, *["choice"] * 5)


def start(line: str = "main", **facts: Any) -> Step:
    return begin(MENU, line, Facts(**facts))


def listen(step: Step) -> Listen:
    assert isinstance(step.then, Listen)
    return step.then


def node(target: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A node of any kind, right in shape."""
    keys = st.dictionaries(st.sampled_from("123456789*#"), st.one_of(target, st.just("@again")), min_size=1)
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(MOSTLY_CHOICES), "say": st.lists(st.just("p"), max_size=2), "keys": keys,
            "next": target, "answers": target.map(lambda to: {"other": to}), "action": st.just("find"),
            "as": st.just("x"), "least": st.just(4), "most": st.just(8), "queue": st.just("general"),
        }
    )  # fmt: skip


def _only_its_own(one: dict[str, Any]) -> dict[str, Any]:
    """Fields that this kind has: others would count as ways."""
    own = {
        "choice": ("say", "keys", "queue"), "digits": ("say", "as", "least", "most", "next", "queue"),
        "ask": ("say", "action", "answers"), "say": ("say", "next"), "set": ("next",), "queue": ("queue",),
    }.get(one["kind"], ("say",))  # fmt: skip
    return {"kind": one["kind"], **{name: one[name] for name in own}}


def tables() -> st.SearchStrategy[dict[str, Any]]:
    """Tables that look like menus; many of them have faults."""
    target = st.sampled_from(NAMES)
    nodes = st.fixed_dictionaries({name: node(target).map(_only_its_own) for name in NAMES})
    return st.fixed_dictionaries(
        {"start": target, "closed": target, "tries": st.integers(1, 3), "nodes": nodes}
    )  # fmt: skip


def _next(step: Step, key: str, digits: str) -> Step | None:
    """What follows when somebody presses this, or these digits, and every search says no."""
    if isinstance(step.then, Ask):
        return answered(step.walk, Answer("nothing_like_it"))
    if not isinstance(step.then, Listen):
        return None
    return heard(step.walk, digits) if step.then.most > 1 else press(step.walk, key)


def _assert_nobody_is_locked_in(menu: Menu, presses: list[tuple[str, str]]) -> None:
    step: Step | None = begin(menu, "", Facts())
    for key, digits in presses:
        assert step is not None
        if isinstance(step.then, Listen):
            assert "0" in step.then.keys
            assert isinstance(press(step.walk, "0").then, ToQueue)
            assert isinstance(_silence(step).then, ToQueue)
            assert isinstance(spoken(step.walk, "我要转人工").then, ToQueue)
        following = _next(step, key, digits)
        if following is None:
            assert isinstance(step.then, ToQueue | ToVoicemail | ToCallback | HangUp)
            return
        step = following


def _silence(step: Step) -> Step:
    for _ in range(10):
        if not isinstance(step.then, Listen):
            return step
        step = timed_out(step.walk)
    return step


@given(st.lists(st.tuples(KEYS, st.text("0123456789*#", max_size=9)), max_size=60), st.sampled_from(LINES))
def test_hl4_a_person_is_reachable_from_everywhere_in_the_shipped_menu(presses: Any, line: Any) -> None:
    _assert_nobody_is_locked_in(MENU, presses)
    assert not isinstance(begin(MENU, line.node, Facts()).then, HangUp)


@given(tables(), st.lists(st.tuples(KEYS, st.text("0123456789", max_size=9)), min_size=1, max_size=30))
def test_hl4_a_person_is_reachable_in_every_table_without_faults(table: Any, presses: Any) -> None:
    try:
        menu = Menu.parse(table)
    except MenuFault as fault:
        assert fault.faults
        return
    _assert_nobody_is_locked_in(menu, presses)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(NAMES + KINDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "say", "keys", "next", "nodes", "start", "closed", "answers", "least", "most", "as"]),
        inner, max_size=6,
    ), max_leaves=20,
)  # fmt: skip


@given(JSON, JSON)
def test_whatever_is_sent_as_a_table_is_read_or_refused(nodes: Any, rest: Any) -> None:
    table = {"start": "a", "closed": "a", "nodes": nodes, **(rest if isinstance(rest, dict) else {})}
    try:
        menu = Menu.parse(table)
    except MenuFault as fault:
        assert fault.faults
        return
    assert begin(menu, "", Facts()).walk.node in menu.nodes


FIELDS = (
    "kind", "say", "keys", "next", "answers", "least", "most", "as", "queue", "seconds", "secret", "elderly",
    "language", "words", "inputs", "action", "tier", "urgent",
)  # fmt: skip
PRESSES = st.lists(st.tuples(KEYS, st.text("0123456789", max_size=9)), min_size=1, max_size=20)


@given(st.sampled_from(sorted(TABLE["nodes"])), st.sampled_from(FIELDS), JSON, PRESSES)
def test_one_wrong_field_is_refused_or_harmless(node: str, field: str, value: Any, presses: Any) -> None:
    table = copy.deepcopy(TABLE)
    table["nodes"][node][field] = value
    try:
        menu = Menu.parse(table)
    except MenuFault as fault:
        assert fault.faults
        return
    _assert_nobody_is_locked_in(menu, presses)


def test_whoever_goes_round_in_circles_gets_a_person() -> None:
    step = start()
    for _ in range(MOST_STEPS + 1):
        if isinstance(step.then, ToQueue):
            break
        step = press(step.walk, "9")
    assert isinstance(step.then, ToQueue)


def test_hl4_three_silences_lead_to_a_person() -> None:
    step = start()
    said = []
    while isinstance(step.then, Listen):
        step = timed_out(step.walk)
        said.append(step.say[0].slug)
    assert said == ["menu.nothing_heard", "menu.nothing_heard", "menu.to_person"]


def test_mb2_the_elderly_have_more_time_and_more_tries_and_go_first() -> None:
    plain, slow = listen(start()), press(start().walk, "8")
    assert (slow.walk.elderly, slow.walk.node) == (True, "main_plain")
    assert listen(slow).seconds > plain.seconds
    person = press(slow.walk, "0")
    assert isinstance(person.then, ToQueue)
    assert person.then.elderly


def test_english_is_one_key_away() -> None:
    step = press(start().walk, "7")
    assert (step.walk.language, step.walk.node) == ("en", "main")


def test_hl2_lines_begin_where_they_belong() -> None:
    assert (start("recharge").walk.node, start("no such node").walk.node) == ("recharge", "main")
    vip = start("vip").then
    assert isinstance(vip, ToQueue)
    assert (vip.queue, vip.tier) == ("vip", "diamond")


def _find_by_bill() -> Step:
    step = press(press(start().walk, "1").walk, "1")
    assert listen(step).most == 8
    return heard(heard(step.walk, "12345678").walk, "990")


def test_hl4_the_bill_and_the_amount_find_the_order() -> None:
    step = _find_by_bill()
    assert isinstance(step.then, Ask)
    assert (step.then.action, step.then.inputs) == ("order_by_bill", {"bill": "12345678", "amount": "990"})


@pytest.mark.parametrize(
    ("code", "node"), [("not_found", "bill_again"), ("person", "to_recharge"), ("unheard_of", "anything_else")]
)
def test_every_answer_leads_on(code: str, node: str) -> None:
    step = answered(_find_by_bill().walk, Answer(code, (Say("answer.x"),), served=code == "unheard_of"))
    assert (step.walk.node, step.say[0].slug) == (node, "answer.x")
    assert step.walk.served == (code == "unheard_of")


def test_secrets_are_secret_and_never_shown() -> None:
    step = press(press(start().walk, "1").walk, "2")
    assert listen(step).secret
    assert step.walk.is_secret
    after = heard(step.walk, "135790")
    assert "135790" not in repr(after.walk)


@pytest.mark.parametrize("digits", ["1", "123456789", "12a45678", "１２３４５６７８", "1*345678"])
def test_what_cannot_be_right_is_asked_for_again(digits: str) -> None:
    step = press(press(start().walk, "1").walk, "1")
    again = heard(step.walk, digits)
    assert (again.walk.node, again.say[0].slug, again.walk.inputs) == ("bill", "menu.wrong_key", {})


@pytest.mark.parametrize("text", ["人工", "转人工客服", "I want an AGENT", "operator please"])
def test_hl4_whoever_says_it_gets_a_person(text: str) -> None:
    assert isinstance(spoken(start().walk, text).then, ToQueue)


def test_what_is_said_works_like_its_key() -> None:
    assert spoken(start().walk, "我的卡密没收到").walk.node == "key_missing"
    assert spoken(start().walk, "今天天气").say[0].slug == "menu.not_understood"


@pytest.mark.parametrize("code", ["queue_closed", "queue_full"])
def test_in11_nobody_there_is_no_busy_tone(code: str) -> None:
    step = turned_away(press(start().walk, "0").walk, code)
    assert (step.say[0].slug, step.walk.node) == (f"menu.{code}", "closed")
    assert isinstance(press(step.walk, "1").then, ToCallback)
    assert isinstance(press(step.walk, "2").then, ToVoicemail)
    assert isinstance(turned_away(step.walk, code).then, ToVoicemail)


def test_the_shipped_menu_names_what_there_is() -> None:
    slugs = {slug for one in TABLE["nodes"].values() for slug in one.get("say", ())}
    known = Known(frozenset(slugs), frozenset(ACTIONS), frozenset({"general", "recharge", "account", "vip"}))
    assert Menu.parse(TABLE, known).start == "main"
    assert {one.node for one in LINES} <= {"", *MENU.nodes}


def changed(path: str, value: Any) -> dict[str, Any]:
    table: dict[str, Any] = copy.deepcopy(TABLE)
    *way, last = path.split("/")
    here: Any = table
    for name in way:
        here = here[name]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return table


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("start", "nowhere", "node_unknown"),
        ("closed", "bye", "closed_leads_nowhere"),
        ("tries", 9, "tries_out_of_range"),
        ("nodes", {}, "no_nodes"),
        ("nodes/main/kind", "song", "kind_unknown"),
        ("nodes/main/keys", {}, "no_keys"),
        ("nodes/main/keys/0", "bill", "key_invalid"),
        ("nodes/main/keys/1", "nowhere", "node_unknown"),
        ("nodes/main/say", "hello", "wrong_type"),
        ("nodes/bill/next", None, "missing"),
        ("nodes/bill/least", 1, "digits_out_of_range"),
        ("nodes/bill/seconds", 0, "seconds_out_of_range"),
        ("nodes/find_by_bill/answers", {}, "no_other_answer"),
        ("nodes/find_by_bill/answers/other", "bye", "hangs_up_unasked"),
        ("nodes/english/next", "english", "endless"),
        ("nodes/find_by_bill/answers/other", "find_by_bill", "endless"),
        ("nodes/find_by_bill/inputs", ["shoe_size"], "input_unknown"),
        ("nodes/account/keys", {"9": "@again"}, "dead_end"),
    ],
)
def test_hl4_a_table_that_loses_callers_is_refused(path: str, value: Any, code: str) -> None:
    with pytest.raises(MenuFault) as told:
        Menu.parse(changed(path, value))
    assert code in {fault.code for fault in told.value.faults}


def test_every_problem_is_told_at_once() -> None:
    table = changed("start", "nowhere") | {"tries": 0}
    with pytest.raises(MenuFault) as told:
        Menu.parse(table)
    assert {one.code for one in told.value.faults} == {"node_unknown", "tries_out_of_range"}


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (Known(prompts=frozenset()), "prompt_unknown"),
        (Known(actions=frozenset()), "action_unknown"),
        (Known(queues=frozenset()), "queue_unknown"),
    ],
)
def test_what_a_table_names_must_be_there(known: Known, code: str) -> None:
    with pytest.raises(MenuFault) as told:
        Menu.parse(TABLE, known)
    assert code in {fault.code for fault in told.value.faults}


def test_a_walk_keeps_nothing_of_another_one() -> None:
    first = start()
    press(first.walk, "7")
    assert isinstance(first.walk.inputs, Mapping)
    assert (first.walk.language, first.walk.node) == ("zh-hans", "main")
