"""The life of a case: no state without a way on, no refusal without a reason, the page drawn from the table."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.cases import silence
from huiyin.domain.cases.lifecycle import (
    TABLE,
    WHO,
    Outcome,
    Party,
    State,
    Verb,
    Where,
    diagram,
    possible,
    table,
    target,
    why_not,
)
from tests.fakes import MIDNIGHT as NOW
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "lifecycle.md"
wheres = st.builds(
    Where,
    state=st.sampled_from(State),
    offered=st.integers(0, 3),
    open=st.integers(0, 3),
    refused=st.integers(0, 3),
    under_way=st.integers(0, 3),
    arrived=st.integers(0, 3),
    has_order=st.booleans(),
    is_answered=st.booleans(),
    has_open_remedy=st.booleans(),
    level=st.integers(0, 2),
    closed_for=st.timedeltas(timedelta(), timedelta(days=400)),
    outcome=st.sampled_from(["", *Outcome]),
)


def reachable(start: State) -> set[State]:
    seen, todo = {start}, [start]
    while todo:
        for targets in TABLE[todo.pop()].values():
            todo += [state for state in targets if state not in seen]
            seen |= set(targets)
    return seen


@pytest.mark.parametrize("state", State)
def test_cp10_every_state_leads_to_an_end(state: State) -> None:
    assert State.CLOSED in reachable(state)


@pytest.mark.parametrize("state", State)
def test_cp10_every_state_is_reached_from_a_draft(state: State) -> None:
    assert state in reachable(State.DRAFT)


@pytest.mark.parametrize("state", [state for state in State if state is not State.CLOSED])
def test_cp11_no_open_state_is_without_a_way_on(state: State) -> None:
    assert any(after is not state for targets in TABLE[state].values() for after in targets)


@given(wheres, st.sampled_from(Party))
def test_cp11_every_verb_is_possible_or_says_why_not(where: Where, party: Party) -> None:
    said = possible(where, party)
    assert set(said) == {verb for verb in Verb if party in WHO[verb]}
    assert all(no is None or no.code for no in said.values())


@given(wheres, st.sampled_from(Verb), st.sampled_from(Party))
def test_cp11_what_is_possible_has_a_target(where: Where, verb: Verb, party: Party) -> None:
    if why_not(verb, where, party) is None:
        assert target(verb, where.state) in State


@given(wheres.filter(lambda where: where.state is not State.DRAFT))
def test_cp10_somebody_can_always_do_something(where: Where) -> None:
    """Whatever the items are: no case waits for nobody."""
    moving = {verb for party in Party for verb, no in possible(where, party).items() if no is None} - {Verb.NOTE}
    assert moving or where.state in {State.CLOSED, State.ACCEPTED}


@given(wheres, st.lists(st.tuples(st.sampled_from(Verb), st.integers(0, 9)), max_size=30))
def test_cp10_a_walk_never_leaves_the_table(where: Where, walk: list[tuple[Verb, int]]) -> None:
    state = where.state
    for verb, turn in walk:
        targets = TABLE[state].get(verb, ())
        state = target(verb, state, targets[turn % len(targets)]) if targets else state
    assert state in State


@pytest.mark.parametrize("state", [state for state in State if State.ACKNOWLEDGED in reachable(State.FILED)])
def test_cp10_resolve_is_legal_from_acknowledged_on(state: State) -> None:
    not_yet_or_over = {State.DRAFT, State.FILED, State.ACCEPTED, State.CARRYING_OUT, State.CLOSED}
    assert (Verb.RESOLVE in TABLE[state]) == (state not in not_yet_or_over)


def test_cp12_the_buyer_adds_material_at_any_time_until_the_end() -> None:
    without = {state for state in State if Verb.ADD not in TABLE[state]}
    assert without == {State.DRAFT, State.FILED, State.ACCEPTED, State.CLOSED}


def test_cp10_reopening_is_possible_for_thirty_days() -> None:
    closed = Where(State.CLOSED, closed_for=timedelta(days=30), outcome="settled")
    late = Where(State.CLOSED, closed_for=timedelta(days=30, seconds=1), outcome="settled")
    assert why_not(Verb.REOPEN, closed, Party.BUYER) is None
    no = why_not(Verb.REOPEN, late, Party.BUYER)
    assert no is not None
    assert (no.code, no.params) == ("too_late_to_reopen", {"days": 30})
    assert why_not(Verb.REOPEN, late, Party.STAFF) is None


def test_cp18_nothing_that_is_under_way_is_cut_off() -> None:
    for party in (Party.BUYER, Party.STAFF, Party.SYSTEM):
        no = why_not(Verb.CLOSE, Where(State.CARRYING_OUT, under_way=1, is_answered=True), party)
        assert no is not None
        assert no.code == "remedy_open"


def test_cp13_not_us_is_no_end_state() -> None:
    """Staff close what was refused only after somebody one step up has looked; what was never answered, never."""
    never = Where(State.INVESTIGATING, open=1, is_answered=True)
    refused = Where(State.NEGOTIATING, refused=1, is_answered=True)
    looked_at = Where(State.NEGOTIATING, refused=1, is_answered=True, level=1)
    codes = [no.code if (no := why_not(Verb.CLOSE, w, Party.STAFF)) else "" for w in (never, refused, looked_at)]
    assert codes == ["propose_first", "escalate_first", ""]


def test_cp10_only_a_confirmed_end_counts_as_solved() -> None:
    assert [outcome for outcome in Outcome if outcome.is_solved] == [Outcome.CONFIRMED]


def test_cp10_a_silent_buyer_is_reminded_twice_and_the_case_closes_after_seven_days() -> None:
    first = silence.next_at(NOW, 0)
    second = silence.next_at(first, 1)
    end = silence.next_at(second, 2)
    assert [moment - NOW for moment in (first, second, end)] == [timedelta(days=days) for days in (2, 5, 7)]
    assert [silence.is_over(reminded) for reminded in range(3)] == [False, False, True]


def test_a_target_that_is_none_is_a_bug() -> None:
    with pytest.raises(ValueError, match="does not become"):
        target(Verb.ANSWER, State.INVESTIGATING, State.CLOSED)


def test_the_page_of_the_lifecycle_is_drawn_from_the_table() -> None:
    page = PAGE.read_text()
    drawn = re.findall(r"```mermaid\n(.*?)\n```", page, re.DOTALL)
    assert drawn == [diagram()]
    assert table() in page
