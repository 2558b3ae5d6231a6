"""Who takes what: examples that a person can follow."""

from dataclasses import replace

import pytest

from huiyin.domain.routing.matching import Agent, Code, Decision, Policy, Pool, Relax, Waiting

CHAT = Waiting(1, "chat", "general", arrived=0.0, due=60.0)
ANNA = Agent(1001, {"general": 2}, {"chat": 3, "call": 1}, idle_since=0.0, load=0.0)
BEN = replace(ANNA, id=1002, idle_since=5.0)
EXPERT = replace(ANNA, id=1003, skills={"general": 5, "vip": 5})


def pool_of(*things: Waiting | Agent, policy: Policy = Policy.DEADLINE) -> Pool:
    pool = Pool(policy)
    for each in things:
        pool.put(each) if isinstance(each, Waiting) else pool.seat(each)
    return pool


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.why]


def number(decision: Decision, code: Code, name: str) -> float:
    return next(reason.numbers[name] for reason in decision.why if reason.code == code)


def test_mb1_a_member_with_a_shorter_promise_goes_first_and_it_says_why() -> None:
    diamond = replace(CHAT, id=2, arrived=20.0, due=35.0, tier="diamond")
    decision = pool_of(CHAT, diamond, ANNA).for_agent(1001, now=22.0)
    assert decision.item == 2
    assert codes(decision) == [Code.FIRST_IN_ORDER, Code.DUE]
    assert (number(decision, Code.DUE, "slack_s"), number(decision, Code.DUE, "waited_s")) == (13.0, 2.0)


def test_mb1_an_ordinary_buyer_is_not_overtaken_by_a_member_who_comes_much_later() -> None:
    late_diamond = replace(CHAT, id=2, arrived=46.0, due=61.0, tier="diamond")
    assert pool_of(CHAT, late_diamond, ANNA).for_agent(1001, now=50.0).item == 1


def test_hl5_a_kept_call_back_place_keeps_its_time() -> None:
    """Who gave up the line but not the place is called as if they had waited."""
    called_back = replace(CHAT, id=9, kind="callback", arrived=-100.0, due=-40.0)
    agent = replace(ANNA, room={"chat": 3, "call": 1, "callback": 1})
    assert pool_of(CHAT, called_back, agent).for_agent(1001, now=1.0).item == 9


def test_a_decision_takes_both_out_of_the_pool() -> None:
    pool = pool_of(CHAT, replace(CHAT, id=2), ANNA, BEN)
    assert pool.for_agent(1001, now=1.0).item == 1
    assert codes(pool.for_agent(1001, now=1.0)) == [Code.NOT_ASKED]
    assert pool.for_agent(1002, now=1.0).item == 2
    assert codes(pool.for_item(1, now=1.0)) == [Code.NOT_WAITING]


def test_a_declined_item_comes_back_to_its_place_for_somebody_else() -> None:
    pool = pool_of(CHAT, replace(CHAT, id=2, due=61.0), ANNA)
    pool.for_agent(1001, now=1.0)
    pool.put(replace(CHAT, barred=frozenset({1001})))
    pool.seat(ANNA)
    decision = pool.for_agent(1001, now=2.0)
    assert decision.item == 2
    assert number(decision, Code.NOT_THEIRS, "barred") == 1
    pool.seat(BEN)
    assert pool.for_agent(1002, now=2.0).item == 1


def test_the_owner_gets_their_own_whatever_their_skills() -> None:
    own = replace(CHAT, needs=(("vip", 3),), prefers=1002, sticky_until=30.0)
    decision = pool_of(own, EXPERT, BEN).for_item(1, now=0.0)
    assert decision.agent == 1002
    assert codes(decision)[0] == Code.PREFERRED


def test_what_is_kept_for_a_busy_owner_waits_for_them_only_so_long() -> None:
    busy = replace(BEN, room={"chat": 0})
    pool = pool_of(replace(CHAT, prefers=1002, sticky_until=30.0), ANNA, busy)
    kept = pool.for_item(1, now=10.0)
    assert kept.agent is None
    assert number(kept, Code.KEPT_FOR, "for_s") == 20.0
    assert codes(pool.for_agent(1001, now=20.0)) == [Code.NOTHING_FITS]
    assert pool.next_change() == 30.0
    assert [given.agent for given in pool.matches(30.0)] == [1001]


def test_nothing_is_kept_so_long_that_it_would_be_overtaken() -> None:
    """A promise of 60 s, the shortest is 15 s: after 45 s whoever comes could be due earlier."""
    pool = pool_of(replace(CHAT, prefers=1002, sticky_until=999.0), ANNA, replace(BEN, room={"chat": 0}))
    assert pool.matches(44.9) == []
    assert [given.agent for given in pool.matches(45.0)] == [1001]


def test_nothing_is_kept_for_whoever_has_gone_home() -> None:
    pool = pool_of(replace(CHAT, prefers=1002, sticky_until=40.0), ANNA, replace(BEN, room={"chat": 0}))
    assert pool.matches(1.0) == []
    pool.unseat(1002)
    assert [given.agent for given in pool.matches(2.0)] == [1001]


def test_experts_are_kept_for_what_needs_them() -> None:
    decision = pool_of(CHAT, EXPERT, BEN).for_item(1, now=6.0)
    assert decision.agent == 1002
    assert codes(decision)[:3] == [Code.LEAST_BUSY, Code.BEST_FIT, Code.IDLE]


def test_the_least_busy_is_asked_before_the_best_fitting_and_the_longest_idle() -> None:
    assert pool_of(CHAT, EXPERT, replace(BEN, load=0.3)).for_item(1, now=6.0).agent == 1003
    assert pool_of(CHAT, ANNA, BEN).for_item(1, now=6.0).agent == 1001
    assert pool_of(CHAT, ANNA, replace(BEN, idle_since=0.0)).for_item(1, now=6.0).agent == 1001


def test_waiting_opens_an_item_to_others_step_by_step() -> None:
    relax = (Relax(60.0, levels=1), Relax(90.0, also=(("general", 1),)), Relax(120.0, anyone=True))
    pool = pool_of(replace(CHAT, needs=(("vip", 4),), relax=relax))
    for now, skills, may in (
        (59.0, {"vip": 3}, False),
        (60.0, {"vip": 2, "general": 9}, False),
        (60.0, {"vip": 3}, True),
        (90.0, {"general": 1}, True),
        (119.0, {"account": 5}, False),
        (120.0, {}, True),
    ):
        fresh = pool_of(pool.entries[1].item, replace(ANNA, skills=skills))
        assert (fresh.for_agent(1001, now).item == 1) is may, (now, skills)


def test_a_decision_says_when_waiting_has_opened_the_item() -> None:
    pool = pool_of(replace(CHAT, needs=(("vip", 2),), relax=(Relax(60.0, anyone=True),)), ANNA)
    assert pool.next_change() == 60.0
    assert number(pool.for_agent(1001, now=70.0), Code.RELAXED, "steps") == 1


def test_nobody_is_asked_for_an_item_before_what_they_would_take_first() -> None:
    """The agent came back a moment ago and was not yet asked about what is due earlier."""
    pool = pool_of(CHAT, replace(CHAT, id=2, due=90.0), ANNA)
    decision = pool.for_item(2, now=1.0)
    assert decision.agent is None
    assert number(decision, Code.BEHIND, "item") == 1
    assert [given.item for given in pool.matches(1.0)] == [1]


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ((CHAT,), Code.NOBODY_ABLE),
        ((CHAT, replace(ANNA, room={"chat": 0})), Code.ALL_BUSY),
        ((CHAT, replace(ANNA, room={"call": 1})), Code.NOBODY_ABLE),
        ((replace(CHAT, barred=frozenset({1001})), ANNA), Code.NOBODY_ABLE),
        ((replace(CHAT, needs=(("vip", 1),)), ANNA), Code.NOBODY_ABLE),
    ],
)
def test_an_item_without_anybody_says_why(things: tuple[Waiting | Agent, ...], expected: Code) -> None:
    assert codes(pool_of(*things).for_item(1, now=1.0)) == [expected]


def test_an_agent_without_anything_is_told_why() -> None:
    assert codes(pool_of(ANNA).for_agent(1001, 1.0)) == [Code.NOTHING_WAITING]
    assert codes(pool_of(CHAT, replace(ANNA, room={"chat": 0})).for_agent(1001, 1.0)) == [Code.NO_ROOM]
    assert codes(pool_of(CHAT).for_agent(1001, 1.0)) == [Code.NOT_ASKED]


def test_telling_the_pool_what_it_knows_changes_nothing() -> None:
    pool = pool_of(CHAT, replace(ANNA, room={"chat": 0}))
    assert pool.matches(1.0) == []
    pool.put(CHAT)
    pool.seat(replace(ANNA, room={"chat": 0}))
    pool.drop(77)
    pool.unseat(77)
    assert (len(pool), 1 in pool, pool.matches(2.0)) == (1, True, [])


def test_an_overdue_call_finds_somebody_whose_desk_is_full_of_chats() -> None:
    """With chats coming without end nobody would ever be free for a call: one agent takes no more of them."""
    chatting = replace(ANNA, room={"chat": 1, "call": 0})
    call = Waiting(5, "call", "general", arrived=0.0, due=30.0)
    chats = [replace(CHAT, id=number, arrived=30.0, due=90.0) for number in (6, 7)]
    pool = pool_of(call, *chats, chatting)
    assert pool.for_agent(1001, now=31.0).item == 6  # seated before the call was overdue
    pool.seat(chatting)
    assert codes(pool.for_agent(1001, now=32.0)) == [Code.CLEARING]
    pool.seat(replace(BEN, room={"chat": 1, "call": 0}))
    assert pool.for_agent(1002, now=33.0).item == 7  # one agent for one call
    pool.seat(replace(chatting, room={"chat": 3, "call": 1}))
    assert pool.for_agent(1001, now=34.0).item == 5


def test_when_the_call_is_gone_the_chats_come_again() -> None:
    chatting = replace(ANNA, room={"chat": 1, "call": 0})
    pool = pool_of(replace(CHAT, id=5, kind="call", due=-1.0), replace(CHAT, id=6))
    pool.matches(0.0)
    pool.seat(chatting)
    assert pool.matches(1.0) == []
    pool.drop(5)
    assert [given.item for given in pool.matches(2.0)] == [6]


def test_ours_does_not_let_members_overtake_without_end_as_the_comparison_does() -> None:
    """`longest_idle` puts members first however long anybody else has waited."""
    diamond = replace(CHAT, id=2, arrived=500.0, due=515.0, tier="diamond")
    assert pool_of(CHAT, diamond, ANNA, policy=Policy.LONGEST_IDLE).for_agent(1001, 501.0).item == 2
    assert pool_of(CHAT, diamond, ANNA, policy=Policy.DEADLINE).for_agent(1001, 501.0).item == 1


def test_a_reason_is_ready_for_a_column() -> None:
    decision = pool_of(CHAT, ANNA).for_agent(1001, now=1.0)
    assert decision.why[1].as_json() == {"code": "due", "numbers": {"slack_s": 59.0, "waited_s": 1.0}}
