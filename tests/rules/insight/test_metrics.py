"""IN1, KP1, KP7: the figures of a queue, each by its named way of counting."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.insight.metrics import (
    QUARTER,
    Aim,
    Counts,
    End,
    Variant,
    Wait,
    abandonment,
    connection_rate,
    counted,
    peak_over_normal,
    quarters,
    service_level,
    speed_of_answer,
)

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
waits = st.builds(
    Wait,
    arrived=st.integers(0, 86_399).map(lambda s: NOON + timedelta(seconds=s)),
    waited_s=st.floats(0, 4000),
    end=st.sampled_from(End),
)


def wait(seconds: float, end: End = End.ANSWERED, at: datetime = NOON) -> Wait:
    return Wait(at, seconds, end)


# Published worked example: A=1000, Ab=60, A_T=860, Ab_T=20, Ab_s=10.
EXAMPLE = Counts(answered=1000, answered_in_time=860, abandoned=60, abandoned_early=20, abandoned_short=10)


@pytest.mark.parametrize(
    ("variant", "percent"),
    [
        (Variant.EARLY_COUNT, 83.0189),
        (Variant.OF_ANSWERED, 86.0000),
        (Variant.OF_OFFERED, 81.1321),
        (Variant.LESS_EARLY, 82.6923),
        (Variant.SHORT_COUNT, 82.0755),
        (Variant.LESS_SHORT, 81.9048),
    ],
)
def test_in1_each_variant_gives_the_published_figure(variant: Variant, percent: float) -> None:
    level = service_level(EXAMPLE, variant)
    assert level is not None
    assert round(100 * level, 4) == percent


def test_in1_who_leaves_within_the_short_threshold_counts_neither_way() -> None:
    counts = counted([wait(3, End.ABANDONED), wait(5, End.ABANDONED), wait(6, End.ABANDONED), wait(10), wait(20)])
    assert (counts.abandoned, counts.abandoned_short) == (3, 2)
    assert abandonment(counts) == pytest.approx(1 / 3)
    assert connection_rate(counts) == pytest.approx(2 / 3)


def test_in1_the_speed_of_answer_knows_only_the_answered() -> None:
    counts = counted([wait(10), wait(30), wait(500, End.ABANDONED), wait(900, End.WAITING)])
    assert speed_of_answer(counts) == 20
    assert counts.longest_s == 900


def test_in1_whoever_still_waits_beyond_the_target_is_missed_already() -> None:
    fine = counted([wait(10), wait(59, End.WAITING)])
    late = counted([wait(10), wait(61, End.WAITING)])
    assert service_level(fine) == 1.0
    assert service_level(late) == 0.5
    assert late.offered == 1


def test_an_empty_day_has_no_figures_instead_of_false_ones() -> None:
    nothing = counted([])
    assert [f(nothing) for f in (service_level, abandonment, connection_rate, speed_of_answer)] == [None] * 4
    assert [service_level(nothing, variant) for variant in Variant] == [None] * len(Variant)
    assert peak_over_normal([]) is None


def test_a_clock_that_runs_behind_never_makes_a_negative_wait() -> None:
    assert speed_of_answer(counted([wait(-2)])) == 0


@given(st.lists(waits), st.floats(1, 600))
def test_in1_shares_stay_between_none_and_all(given_waits: list[Wait], within: float) -> None:
    counts = counted(given_waits, Aim(within_s=within))
    figures = [abandonment(counts), connection_rate(counts), *(service_level(counts, v) for v in Variant)]
    assert all(figure is None or 0 <= figure <= 1 for figure in figures)


@given(st.lists(waits), st.floats(1, 600), st.floats(0, 600))
def test_in1_more_patience_never_lowers_the_strict_level(given_waits: list[Wait], within: float, more: float) -> None:
    strict = [
        service_level(counted(given_waits, Aim(within_s=t)), Variant.OF_OFFERED) or 0.0 for t in (within, within + more)
    ]
    answered_only = [
        service_level(counted(given_waits, Aim(within_s=t)), Variant.OF_ANSWERED) or 0.0
        for t in (within, within + more)
    ]
    assert answered_only[0] <= answered_only[1]
    assert strict[0] <= strict[1] + 1e-12


@given(st.lists(waits), st.lists(waits))
def test_counts_of_two_periods_add_up(first: list[Wait], second: list[Wait]) -> None:
    apart, together = counted(first) + counted(second), counted(first + second)
    assert apart.answer_s == pytest.approx(together.answer_s)
    assert [apart.offered, apart.waiting, apart.longest_s] == [together.offered, together.waiting, together.longest_s]


@given(st.lists(waits))
def test_in1_every_wait_falls_into_exactly_one_quarter(given_waits: list[Wait]) -> None:
    day = quarters(given_waits, NOON, NOON + timedelta(days=1))
    assert len(day) == 96
    assert sum(one.counts.offered + one.counts.waiting for one in day) == len(given_waits)
    assert [one.start for one in day] == [NOON + n * QUARTER for n in range(96)]


def test_in1_the_quarter_that_has_begun_is_shown_and_no_later_one() -> None:
    assert len(quarters([], NOON, NOON)) == 0
    assert len(quarters([], NOON, NOON + timedelta(minutes=1))) == 1
    assert len(quarters([], NOON, NOON + QUARTER)) == 1
    outside = [wait(1, at=NOON - timedelta(seconds=1)), wait(1, at=NOON + QUARTER)]
    assert quarters(outside, NOON, NOON + QUARTER)[0].counts.offered == 0


def test_kp7_the_fullest_quarter_is_compared_with_all_the_others() -> None:
    usual = [wait(20, at=NOON), wait(20, at=NOON + QUARTER)]
    rush = [wait(30, at=NOON + 2 * QUARTER) for _ in range(3)]
    assert peak_over_normal(quarters([*usual, *rush], NOON, NOON + 3 * QUARTER)) == 1.5
    assert peak_over_normal(quarters(rush, NOON, NOON + 3 * QUARTER)) is None
