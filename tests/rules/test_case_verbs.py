"""Who may do what with a case, person by person, as a table."""

import pytest

from huiyin.domain.cases.verbs import (
    Actor,
    Asked,
    Standing,
    Task,
    Verb,
    verbs,
    why_not,
    why_not_approve,
    why_not_check,
    why_not_decline,
    why_not_finish,
)
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money

ALICE, BO = Actor("1024", "L1"), Actor("1025", "L1")
SECOND, RISK = Actor("1101", "L2"), Actor("1301", "risk")
SUN, OPS, KEEPER = Actor("2001", "supervisor"), Actor("3001", "operations"), Actor("9001", "admin")
ALICES = Standing(state="investigating", owner="1024", is_answered=True, has_order=True, has_buyer=True)
NOBODYS = Standing(state="acknowledged", has_order=True, has_buyer=True)
CLOSED = Standing(state="closed", owner="1024", is_answered=True, has_order=True, has_buyer=True)
ACTS = [Verb.ANSWER, Verb.HAND_OVER, Verb.ESCALATE, Verb.GIVE, Verb.CLOSE]


def code(refusal: Refusal | None) -> str:
    return refusal.code if refusal else ""


@pytest.mark.parametrize("who", [ALICE, SUN, OPS])
@pytest.mark.parametrize("verb", ACTS)
def test_rm3_the_owner_and_leads_act(who: Actor, verb: Verb) -> None:
    assert why_not(verb, who, ALICES) is None


@pytest.mark.parametrize("who", [BO, SECOND, RISK, KEEPER])
@pytest.mark.parametrize("verb", ACTS)
def test_rm3_nobody_else_acts_on_a_case_that_is_alices(who: Actor, verb: Verb) -> None:
    assert code(why_not(verb, who, ALICES)) == "not_yours"


@pytest.mark.parametrize("who", [ALICE, BO, SECOND, RISK, SUN, OPS])
def test_a_case_without_owner_is_anybodys(who: Actor) -> None:
    assert why_not(Verb.ANSWER, who, NOBODYS) is None
    assert why_not(Verb.TAKE, who, NOBODYS) is None


@pytest.mark.parametrize("who", [ALICE, BO, SECOND, RISK, SUN, OPS, KEEPER])
def test_everybody_may_leave_a_note(who: Actor) -> None:
    assert why_not(Verb.NOTE, who, ALICES) is None
    assert why_not(Verb.NOTE, who, CLOSED) is None


def test_rm9_whoever_keeps_the_system_sees_no_money_verbs() -> None:
    assert Verb.GIVE not in verbs(KEEPER, NOBODYS)
    assert code(why_not(Verb.GIVE, KEEPER, NOBODYS)) == "gives_no_money"
    asked = Asked("requested", "buyer", Money(100))
    assert code(why_not_approve(KEEPER, asked)) == "gives_no_money"
    assert code(why_not_decline(KEEPER, NOBODYS, asked)) == "gives_no_money"
    assert code(why_not_finish(KEEPER, NOBODYS, Task("needs_person"))) == "gives_no_money"
    assert code(why_not_check(KEEPER, Task("needs_person", done_by="1024"))) == "gives_no_money"


def test_a_closed_case_is_only_reopened() -> None:
    assert why_not(Verb.REOPEN, ALICE, CLOSED) is None
    assert code(why_not(Verb.REOPEN, BO, CLOSED)) == "not_yours"
    for verb in ACTS:
        assert code(why_not(verb, ALICE, CLOSED)) == "case_closed"
    assert code(why_not(Verb.REOPEN, ALICE, ALICES)) == "case_open"


def test_a_case_closes_after_an_answer_and_after_its_remedies() -> None:
    assert code(why_not(Verb.CLOSE, ALICE, NOBODYS)) == "answer_first"
    busy = Standing(state="investigating", owner="1024", is_answered=True, has_open_remedy=True)
    assert code(why_not(Verb.CLOSE, ALICE, busy)) == "remedy_open"


def test_nobody_stands_above_operations() -> None:
    assert code(why_not(Verb.ESCALATE, OPS, Standing(state="escalated", owner="3001", level=2))) == "at_the_top"


def test_without_an_order_there_is_nothing_to_give() -> None:
    assert code(why_not(Verb.GIVE, ALICE, Standing(state="acknowledged", owner="1024"))) == "no_order"


def test_rm9_nobody_approves_their_own_request() -> None:
    assert code(why_not_approve(SUN, Asked("requested", "staff:2001", Money(100)))) == "four_eyes"
    assert why_not_approve(SUN, Asked("requested", "staff:1024", Money(100))) is None


@pytest.mark.parametrize(
    ("who", "fen", "says"),
    [(ALICE, 10_000, ""), (ALICE, 10_001, "above_authority"), (SECOND, 30_000, ""), (SUN, 200_001, "above_authority")],
)
def test_rm9_approval_ends_at_somebodys_authority(who: Actor, fen: int, says: str) -> None:
    assert code(why_not_approve(who, Asked("requested", "buyer", Money(fen)))) == says


def test_whoever_asked_may_take_it_back() -> None:
    asked = Asked("requested", "staff:1025", Money(100))
    assert why_not_decline(BO, ALICES, asked) is None
    assert why_not_decline(ALICE, ALICES, asked) is None
    assert code(why_not_decline(SECOND, ALICES, asked)) == "not_yours"
    assert code(why_not_decline(ALICE, ALICES, Asked("done", "buyer", Money(100)))) == "remedy_is"


def test_rm12_the_owner_does_the_steps_and_somebody_else_checks() -> None:
    todo, done = Task("needs_person"), Task("needs_person", done_by="1024")
    assert why_not_finish(ALICE, ALICES, todo) is None
    assert code(why_not_finish(BO, ALICES, todo)) == "not_yours"
    assert code(why_not_finish(ALICE, ALICES, done)) == "task_is_done"
    assert code(why_not_check(ALICE, done)) == "four_eyes"
    assert why_not_check(BO, done) is None
    assert code(why_not_check(BO, todo)) == "task_not_done"
    assert code(why_not_check(SUN, Task("failed", done_by="1024"))) == "remedy_is"
