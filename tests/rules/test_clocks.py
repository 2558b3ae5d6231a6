"""Clocks: how a promise pauses, warns, is kept or broken, and who hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.promises.clocks import (
    Breach,
    Clock,
    ClockEvent,
    ClockVerb,
    Level,
    digests,
    due_of,
    may_pause,
    on_breach,
    pauses_of,
    standing,
    warn_at,
)
from huiyin.domain.promises.promises import Obligor, State
from huiyin.lib.calendars import named
from huiyin.lib.working_time import Unit

START = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday, 10:00 in Shanghai
ALWAYS, CN = named("always"), named("cn")
HOUR = 3600
LISTED = ("screenshot", "account")


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


def event(verb: ClockVerb, after: float, item: str = "") -> ClockEvent:
    return ClockEvent(hours(after), verb, item)


def clock(*events: ClockEvent, amount: int = 4 * HOUR, unit: Unit = Unit.SECONDS, legal: bool = False) -> Clock:
    calendar = ALWAYS if unit is Unit.SECONDS else CN
    return Clock(START, amount, unit, calendar, events, legal=legal)


def refusal(of: Clock, item: str = "screenshot", held: tuple[str, ...] = (), now: float = 1) -> str | None:
    refused = may_pause(of, item, LISTED, held, hours(now))
    return refused.code if refused else None


PAUSED = event(ClockVerb.PAUSED, 1, "screenshot")
RESUMED = event(ClockVerb.RESUMED, 3)


def test_cp8_a_clock_pauses_only_for_a_listed_item_we_do_not_hold() -> None:
    assert refusal(clock()) is None
    assert refusal(clock(), item="passport") == "pause_not_listed"
    assert refusal(clock(), held=("screenshot",)) == "pause_already_held"


def test_cp8_at_most_once_per_item_and_a_day_in_all() -> None:
    assert refusal(clock(PAUSED, RESUMED), now=3.5) == "pause_once_per_item"
    assert refusal(clock(PAUSED, RESUMED), item="account", now=3.5) is None
    used_up = clock(PAUSED, event(ClockVerb.RESUMED, 25))
    assert refusal(used_up, item="account", now=26) == "pause_used_up"
    assert due_of(clock(PAUSED, event(ClockVerb.RESUMED, 90))).at == hours(28)


def test_cp8_a_pause_nobody_ends_is_over_after_a_day() -> None:
    waiting = clock(PAUSED)
    assert due_of(waiting).at == hours(28)
    assert standing(waiting, hours(24.9)).state is State.PAUSED
    assert standing(waiting, hours(25)).state is State.RUNNING
    assert standing(waiting, hours(28.1)).state is State.BROKEN


def test_only_our_own_running_clock_pauses_and_a_legal_one_never() -> None:
    theirs = Clock(START, HOUR, Unit.SECONDS, ALWAYS, obligor=Obligor.AUTHORITY)
    assert refusal(theirs) == "pause_not_ours"
    assert refusal(clock(legal=True)) == "pause_legal_clock"
    assert refusal(clock(PAUSED), item="account", now=2) == "pause_not_running"
    assert refusal(clock(), now=5) == "pause_not_running"
    assert refusal(clock(event(ClockVerb.KEPT, 0.5))) == "pause_not_running"
    assert due_of(clock(PAUSED, RESUMED, legal=True)).at == hours(4)


def test_a_time_the_law_leaves_out_moves_a_legal_clock_once_it_is_over() -> None:
    began = event(ClockVerb.EXCLUSION_BEGAN, 24, "appraisal")
    ended = event(ClockVerb.EXCLUSION_ENDED, 24 * 4, "appraisal")
    plain = clock(amount=60, unit=Unit.NATURAL_DAYS, legal=True)
    appraised = clock(began, ended, amount=60, unit=Unit.NATURAL_DAYS, legal=True)
    assert due_of(clock(began, amount=60, unit=Unit.NATURAL_DAYS, legal=True)) == due_of(plain)
    assert due_of(appraised).at - due_of(plain).at == timedelta(days=2)


def test_the_ring_turns_amber_in_the_last_fifth() -> None:
    running = clock(amount=10 * 60)
    assert warn_at(running) == START + timedelta(minutes=8)
    assert not standing(running, START + timedelta(minutes=7, seconds=59)).is_amber
    assert standing(running, START + timedelta(minutes=8)).is_amber
    assert warn_at(clock(PAUSED, RESUMED)) == hours(3.2 + 2)


def test_the_ring_stands_still_during_a_pause_and_outside_opening_hours() -> None:
    paused = clock(PAUSED)
    assert standing(paused, hours(2)).remaining_s == standing(paused, hours(20)).remaining_s == 3 * HOUR
    assert standing(paused, hours(2)).left == 0.75
    evening = clock(amount=9 * HOUR, unit=Unit.WORKING_SECONDS)
    assert standing(evening, hours(9)).remaining_s == standing(evening, hours(20)).remaining_s == HOUR


def test_a_promise_kept_in_time_is_kept_and_one_kept_late_stays_broken() -> None:
    kept = standing(clock(event(ClockVerb.KEPT, 4)), hours(99))
    assert (kept.state, kept.is_overdue) == (State.KEPT, False)
    late = standing(clock(event(ClockVerb.KEPT, 4.01)), hours(99))
    assert (late.state, late.is_overdue, late.remaining_s) == (State.BROKEN, True, 0)
    assert standing(clock(event(ClockVerb.WITHDRAWN, 1)), hours(99)).state is State.WITHDRAWN


def test_what_is_due_this_instant_is_not_broken_yet() -> None:
    assert standing(clock(), hours(4)).state is State.RUNNING
    assert standing(clock(), hours(4) + timedelta(microseconds=1)).state is State.BROKEN


@pytest.mark.parametrize("obligor", [Obligor.AUTHORITY, Obligor.BUYER])
def test_what_others_owe_is_overdue_and_never_broken(obligor: Obligor) -> None:
    theirs = standing(Clock(START, HOUR, Unit.SECONDS, ALWAYS, obligor=obligor), hours(2))
    assert (theirs.state, theirs.is_overdue) == (State.RUNNING, True)


def test_an_acknowledgement_at_once_is_kept_in_the_same_instant() -> None:
    at_once = clock(event(ClockVerb.KEPT, 0), amount=0)
    assert standing(at_once, hours(1)).state is State.KEPT


def test_day_counts_warn_at_four_fifths_of_their_wall_time() -> None:
    days = clock(amount=5, unit=Unit.WORKING_DAYS)
    assert START < warn_at(days) < due_of(days).at
    assert standing(days, warn_at(days)).left == pytest.approx(0.2, abs=0.001)


def test_cp8_a_breach_goes_up_one_step_by_itself() -> None:
    assert [on_breach(level) for level in Level] == [Level.SUPERVISOR, Level.OPERATIONS, Level.OPERATIONS]


def test_after_an_outage_everybody_gets_one_message() -> None:
    breaches = [Breach(f"staff:{n % 3}", n, hours(-n)) for n in range(500)]
    letters = digests(breaches)
    assert set(letters) == {"staff:0", "staff:1", "staff:2"}
    assert sum(len(theirs) for theirs in letters.values()) == 500
    assert [breach.due for breach in letters["staff:1"]] == sorted(breach.due for breach in letters["staff:1"])


def test_events_survive_the_table_they_are_kept_in() -> None:
    assert ClockEvent.read(PAUSED.as_json()) == PAUSED


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    unit = draw(st.sampled_from(Unit))
    amount = draw(st.integers(0, 20 if unit in (Unit.WORKING_DAYS, Unit.NATURAL_DAYS) else 40 * HOUR))
    verbs = draw(st.lists(st.tuples(st.sampled_from(ClockVerb), st.integers(0, 30 * HOUR)), max_size=4))
    after, events = START, []
    for verb, pause in verbs:
        after += timedelta(seconds=pause)
        events.append(ClockEvent(after, verb, draw(st.sampled_from(LISTED))))
    return Clock(START, amount, unit, CN, tuple(events), draw(st.sampled_from(Obligor)), draw(st.booleans()))


MOMENTS = st.integers(0, 60 * 24 * HOUR).map(lambda seconds: START + timedelta(seconds=seconds))


@given(clocks(), MOMENTS)
def test_every_standing_makes_sense(of: Clock, now: datetime) -> None:
    stands = standing(of, now)
    assert 0.0 <= stands.left <= 1.0
    assert stands.remaining_s >= 0
    assert START <= warn_at(of) <= due_of(of).at == stands.due.at
    assert stands.state is not State.BROKEN or (of.obligor is Obligor.US and stands.is_overdue)
    assert not stands.is_amber or stands.state is State.RUNNING


@given(clocks())
def test_pauses_of_ours_never_exceed_a_day(of: Clock) -> None:
    excluded = [e for e in of.events if e.verb is ClockVerb.EXCLUSION_BEGAN]
    total = sum((pause.end - pause.start for pause in pauses_of(of)), timedelta())
    assert excluded or total <= timedelta(days=0 if of.legal else 1)


@given(clocks(), MOMENTS, MOMENTS)
def test_time_left_only_shrinks(of: Clock, one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert standing(of, later).remaining_s <= standing(of, earlier).remaining_s
