"""The life of a conversation, wrap-ups, wishes for a person, and evasions."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.conversations.evasions import Evasion, found_in
from huiyin.domain.conversations.presence import is_away
from huiyin.domain.conversations.talk import TABLE, Disposition, Side, State, Verb, side_of, target, why_not
from huiyin.domain.conversations.wishes import Wish, wish_in
from huiyin.domain.conversations.wrap_up import WrapUp, check, missing
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT

LATER = MIDNIGHT + timedelta(hours=2)


def test_every_state_is_reached_and_left_but_the_end() -> None:
    reached = {to for verbs in TABLE.values() for to in verbs.values()}
    assert reached == set(State)
    assert {state for state, verbs in TABLE.items() if set(verbs.values()) <= {state}} == {State.ENDED}


def test_nothing_is_said_after_the_end_but_a_rating() -> None:
    assert set(TABLE[State.ENDED]) == {Verb.RATE}
    no = why_not(Verb.SAY, State.ENDED)
    assert no is not None
    assert no.code == "talk_ended"
    with pytest.raises(Refusal, match="talk_not_now"):
        target(Verb.END, State.QUEUED)


def test_hl12_a_talk_with_an_agent_only_ends_by_being_wrapped_up() -> None:
    assert [verb for verb, to in TABLE[State.TALKING].items() if to is State.ENDED] == [Verb.END]
    assert [verb for verb, to in TABLE[State.WRAP_UP].items() if to is State.ENDED] == [Verb.END]


@pytest.mark.parametrize(("by", "side"), [
    ("buyer", Side.BUYER), ("api:3", Side.BUYER), ("staff:1024", Side.AGENT), ("system", Side.SYSTEM),
])  # fmt: skip
def test_whose_word_it_is(by: str, side: Side) -> None:
    assert side_of(by) is side


@pytest.mark.parametrize(("wrap_up", "lacks"), [
    (WrapUp("follow_up", "补发", LATER, number_spoken=True), []),
    (WrapUp("solved", number_spoken=True), []),
    (WrapUp("solved"), ["number"]),
    (WrapUp("follow_up", number_spoken=True), ["next_step", "next_by"]),
    (WrapUp("follow_up", "补发", MIDNIGHT, number_spoken=True), ["next_by"]),
    (WrapUp("follow_up", "补发", MIDNIGHT + timedelta(days=91), number_spoken=True), ["next_by"]),
    (WrapUp("solved", "还要回电", number_spoken=True), ["next_by"]),
    (WrapUp("well", "x", LATER, number_spoken=True), ["disposition"]),
    (WrapUp("", "  "), ["disposition", "number", "next_step", "next_by"]),
])  # fmt: skip
def test_hl12_what_a_wrap_up_lacks(wrap_up: WrapUp, lacks: list[str]) -> None:
    assert missing(wrap_up, now=MIDNIGHT) == lacks
    if lacks:
        with pytest.raises(Refusal, match="wrap_up_incomplete"):
            check(wrap_up, now=MIDNIGHT)


@given(st.sampled_from(Disposition), st.text(max_size=20), st.booleans())
def test_hl12_without_the_number_nothing_ends(disposition: Disposition, step: str, has_time: bool) -> None:
    lacks = missing(WrapUp(disposition.value, step, LATER if has_time else None), now=MIDNIGHT)
    assert "number" in lacks


@pytest.mark.parametrize(("said", "wish"), [
    ("人工客服", Wish.PERSON), ("转人工", Wish.PERSON), ("转人工！！！", Wish.PERSON), ("我要人工", Wish.PERSON),
    ("有人吗？", Wish.PERSON), ("找个真人来", Wish.PERSON), ("agent", Wish.PERSON), ("Agent please", Wish.PERSON),
    ("I want to talk to a human", Wish.PERSON), ("speak to someone", Wish.PERSON), ("人工", Wish.PERSON),
    ("ＡＧＥＮＴ", Wish.PERSON), ("转接客服", Wish.PERSON),
    ("我要找你们主管", Wish.SUPERVISOR), ("supervisor", Wish.SUPERVISOR),
    ("叫你们领导来", Wish.SUPERVISOR),
    ("不用人工", None), ("人工费多少", None), ("人工审核要多久", None), ("我的卡密没到", None), ("", None),
    ("no human needed", None), ("the agent yesterday said it would arrive, but nothing came so far", None),
])  # fmt: skip
def test_ch2_who_asks_for_a_person(said: str, wish: Wish | None) -> None:
    assert wish_in(said) is wish


@pytest.mark.parametrize(("said", "found"), [
    ("系统延迟，请耐心等待", [Evasion.SYSTEM_DELAY, Evasion.WAIT_PATIENTLY]),
    ("这个不归我们管", [Evasion.NOT_OURS]), ("请您联系游戏方处理", [Evasion.NOT_OURS]),
    ("已经帮您反馈了", [Evasion.ALREADY_REPORTED]), ("这个我们也没办法", [Evasion.NOTHING_TO_DO]),
    ("规定就是这样的", [Evasion.READ_THE_RULES]), ("please be patient", [Evasion.WAIT_PATIENTLY]),
    ("系统有延迟，我30分钟内给您补发", []),  # it says what comes and when
    ("您好", []), ("好的，稍等", []),
])  # fmt: skip
def test_ai6_stock_evasions_are_pointed_out(said: str, found: list[Evasion]) -> None:
    assert found_in(said, has_case=False) == found


@pytest.mark.parametrize(("said", "found"), [
    ("您反映的问题我们非常重视，会认真对待", [Evasion.NO_STEP, Evasion.NO_TIME]),
    ("我们会核实您的订单并给您退款", [Evasion.NO_TIME]),
    ("我今天下午三点前核实并给您退款", []),
    ("好的", []), ("请问您的订单号是多少呢？", []),
    ("系统延迟，我30分钟内给您补发", [Evasion.SYSTEM_DELAY]),
])  # fmt: skip
def test_ai6_a_reply_on_an_open_case_names_step_and_time(said: str, found: list[Evasion]) -> None:
    assert found_in(said, has_case=True) == found


def test_who_has_not_been_seen_for_a_minute_is_away() -> None:
    assert is_away(None, MIDNIGHT)
    assert not is_away(MIDNIGHT, MIDNIGHT + timedelta(seconds=60))
    assert is_away(MIDNIGHT, MIDNIGHT + timedelta(seconds=61))
