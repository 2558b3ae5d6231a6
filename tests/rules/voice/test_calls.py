"""The life of a call, who may do what to it, and what is made of numbers and recordings."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.voice.calls import LIVE, TABLE, WITH_PERSON, Outcome, State, Verb, outcome_of, target, why_not
from huiyin.domain.voice.commands import LEADS_ONLY, Asker, check_keys, verb_of
from huiyin.domain.voice.commands import Verb as CommandVerb
from huiyin.domain.voice.commands import why_not as why_not_command
from huiyin.domain.voice.phone import (
    MOST_ATTEMPTS,
    Caller,
    Recorded,
    flags_of,
    next_time_to_call,
    why_not_dial,
    why_not_now,
)
from huiyin.lib.errors import Refusal

HERE = ZoneInfo("Asia/Shanghai")
NIGHT, NOON = datetime(2026, 11, 22, 3, 0, tzinfo=HERE), datetime(2026, 11, 22, 12, 0, tzinfo=HERE)
MINE, THEIRS, LEAD = Asker(True, False), Asker(False, False), Asker(False, True)


def test_hanging_up_is_possible_everywhere_and_ends_it() -> None:
    assert all(TABLE[State(state)][Verb.HANG_UP] is State.ENDED for state in LIVE)
    assert TABLE[State.ENDED] == {}


def test_every_state_is_in_the_table_and_reached() -> None:
    reached = {to for ways in TABLE.values() for to in ways.values()} | {State.MENU, State.DIALLING}
    assert set(TABLE) == set(State) == reached


@given(st.lists(st.sampled_from(Verb)))
def test_whatever_happens_a_call_can_end(verbs: list[Verb]) -> None:
    state = State.MENU
    for verb in verbs:
        if why_not(verb, state) is None:
            state = target(verb, state)
    assert state is State.ENDED or target(Verb.HANG_UP, state) is State.ENDED
    assert outcome_of(state, was_served=False) in set(Outcome)


def test_a_person_talks_only_after_waiting_or_dialling() -> None:
    into = {state for state, ways in TABLE.items() if ways.get(Verb.TALK) is State.TALKING}
    assert into == {State.DIALLING, State.WAITING, State.RINGING, *WITH_PERSON}


def test_what_cannot_be_says_why() -> None:
    over, not_now = why_not(Verb.HOLD, State.ENDED), why_not(Verb.HOLD, State.MENU)
    assert over is not None
    assert not_now is not None
    assert (over.code, not_now.code) == ("call_over", "call_not_now")


@pytest.mark.parametrize("verb", CommandVerb)
def test_s2_nobody_does_anything_to_a_call_that_is_none_of_theirs(verb: CommandVerb) -> None:
    no = why_not_command(verb, State.TALKING, THEIRS)
    assert no is not None
    assert no.code == ("only_leads" if verb in LEADS_ONLY else "not_your_talk")


@pytest.mark.parametrize("verb", CommandVerb)
def test_cp21_who_is_kept_out_does_nothing_at_all(verb: CommandVerb) -> None:
    no = why_not_command(verb, State.TALKING, Asker(True, True, is_kept_out=True))
    assert no is not None
    assert no.code == "kept_out"


def test_who_talks_holds_and_who_leads_listens() -> None:
    assert why_not_command(CommandVerb.HOLD, State.TALKING, MINE) is None
    assert why_not_command(CommandVerb.LISTEN, State.TALKING, LEAD) is None
    assert why_not_command(CommandVerb.LISTEN, State.WAITING, LEAD) is not None
    assert why_not_command(CommandVerb.TAKE_OVER, State.WAITING, LEAD) is None
    assert why_not_command(CommandVerb.HANG_UP, State.TALKING, LEAD) is None


@pytest.mark.parametrize("keys", ["", "1" * 33, "12x", "1,2", "１"])
def test_keys_are_keys(keys: str) -> None:
    with pytest.raises(Refusal, match="keys_invalid"):
        check_keys(keys)


def test_a_verb_is_one_we_know() -> None:
    assert verb_of("hold") is CommandVerb.HOLD
    with pytest.raises(Refusal, match="verb_unknown"):
        verb_of("rm -rf")


@given(st.text(max_size=60))
def test_a_caller_id_is_a_number_or_nothing(text: str) -> None:
    number = Caller.from_text(text).number
    assert number == "" or (number.startswith("+") and number[1:].isdigit())


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("13800138000", None),
        ("+14155552671", "number_not_allowed"),
        ("12345", "number_invalid"),
        ("", "number_invalid"),
    ],
)
def test_only_allowed_numbers_are_dialled(number: str, code: str | None) -> None:
    no = why_not_dial(number, ["+86"])
    assert (no.code if no else None) == code


@pytest.mark.parametrize(
    ("now", "booked", "attempts", "code"),
    [
        (NOON, NIGHT, 0, None),
        (NOON, NIGHT, MOST_ATTEMPTS, "tried_enough"),
        (NIGHT, NIGHT - timedelta(hours=6), 0, "too_late_to_call"),
        (NIGHT, NIGHT - timedelta(minutes=10), 0, None),
        (NIGHT.replace(hour=8), NIGHT, 2, None),
        (NIGHT.replace(hour=21), NIGHT, 0, "too_late_to_call"),
    ],
)
def test_op18_nobody_is_rung_up_at_night_or_for_ever(
    now: datetime, booked: datetime, attempts: int, code: str | None
) -> None:
    no = why_not_now(now, booked, attempts)
    assert (no.code if no else None) == code


@pytest.mark.parametrize(
    ("at", "booked", "then"),
    [
        (NOON, NIGHT, NOON),
        (NIGHT, NIGHT - timedelta(minutes=10), NIGHT),
        (NIGHT, NIGHT - timedelta(hours=6), NIGHT.replace(hour=8)),
        (NOON.replace(hour=21, minute=5), NOON, NOON.replace(day=23, hour=8)),
    ],
)
def test_hl5_the_next_time_to_call_is_one_at_which_we_call(at: datetime, booked: datetime, then: datetime) -> None:
    assert next_time_to_call(at, booked) == then
    assert why_not_now(then, booked, 0) is None


@pytest.mark.parametrize(
    ("recorded", "talked", "flags"),
    [
        (Recorded("a", 60, 1000), 61, []),
        (Recorded("a", 50, 1000), 61, ["short"]),
        (Recorded("a", 60, 1000, is_repaired=True), 60, ["repaired"]),
        (Recorded("a", 0, 0), 0, ["empty"]),
    ],
)
def test_hl7_a_recording_says_what_it_lacks(recorded: Recorded, talked: float, flags: list[str]) -> None:
    assert flags_of(recorded, talked) == flags
