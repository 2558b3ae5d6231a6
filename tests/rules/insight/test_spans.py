"""IN1: occupancy counts each moment of an agent once, however many chats are open."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.insight.spans import Span, Worked, joined, seconds, worked

NINE = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def span(start: float, end: float) -> Span:
    """From so many minutes after nine to so many."""
    return Span(NINE + timedelta(minutes=start), NINE + timedelta(minutes=end))


spans = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)).map(lambda pair: span(*pair)))


def test_in1_three_chats_at_once_are_one_time_of_handling() -> None:
    chats = [span(0, 30), span(10, 20), span(15, 40)]
    assert joined(chats) == [span(0, 40)]
    day = worked(chats, [], [span(0, 80)])
    assert day.occupancy == 0.5
    assert day.concurrency == pytest.approx(65 / 40)


def test_in1_wrapping_up_is_handling_and_counts_beside_being_ready() -> None:
    assert worked([span(0, 20)], [span(20, 30)], [span(30, 60)]).occupancy == 0.5
    assert worked([], [], [span(0, 10)]).occupancy == 0.0
    assert worked([span(0, 10)], [], []).occupancy == 1.0
    assert worked([], [span(0, 10)], []).concurrency is None
    assert Worked().occupancy is None


def test_in1_the_times_of_two_people_add_up() -> None:
    busy, idle = worked([span(0, 60)], [], []), worked([], [], [span(0, 60)])
    assert (busy + idle).occupancy == 0.5


def test_a_span_that_ends_before_it_begins_is_empty() -> None:
    assert seconds([span(10, 5)]) == 0
    assert span(0, 60).within(span(50, 0).start, NINE + timedelta(hours=5)).seconds == 600


@given(spans, spans)
def test_in1_occupancy_is_a_share(handling: list[Span], there: list[Span]) -> None:
    day = worked(handling, [], there)
    assert day.occupancy is None or 0 <= day.occupancy <= 1
    assert day.concurrency is None or day.concurrency >= 1


@given(spans)
def test_joined_spans_are_in_order_and_apart_and_last_as_long(given_spans: list[Span]) -> None:
    whole = joined(given_spans)
    assert all(before.end < after.start for before, after in pairwise(whole))
    assert seconds(given_spans) == 60 * len({minute for one in given_spans for minute in _minutes(one)})


def _minutes(one: Span) -> range:
    return range((one.start - NINE) // timedelta(minutes=1), (one.end - NINE) // timedelta(minutes=1))
