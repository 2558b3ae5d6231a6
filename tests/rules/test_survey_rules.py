"""HL8, OP17: when a buyer is asked how it was."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.notices.quiet import QUIET_FROM, QUIET_UNTIL, ZONE, is_quiet
from huiyin.domain.surveys.rules import Answer, ask_at
from huiyin.lib.errors import Refusal


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("closed", "outcome", "asked"),
    [
        (at(21, 14, 30), "confirmed", at(21, 14, 30)),
        (at(21, 9), "settled", at(21, 9)),
        (at(21, 8, 59), "settled", at(21, 9)),
        (at(21, 20, 59), "settled", at(21, 20, 59)),
        (at(21, 21), "confirmed", at(22, 9)),
        (at(22, 0, 5), "withdrawn", at(22, 9)),
        (at(21, 14, 30), "without_confirmation", at(22, 14, 30)),
        (at(21, 23), "without_confirmation", at(23, 9)),
    ],
)
def test_hl8_op17_a_buyer_is_asked_at_once_but_not_at_night(closed: datetime, outcome: str, asked: datetime) -> None:
    assert ask_at(closed, outcome) == asked


@given(st.integers(0, 60 * 24 * 400), st.sampled_from(["settled", "without_confirmation"]))
def test_op17_nobody_is_ever_asked_in_the_quiet_hours(minutes: int, outcome: str) -> None:
    closed = at(1, 0) + timedelta(minutes=minutes)
    asked = ask_at(closed, outcome)
    assert QUIET_UNTIL <= asked.astimezone(ZONE).hour < QUIET_FROM
    assert not is_quiet(asked)
    assert closed <= asked <= closed + timedelta(days=2)


@pytest.mark.parametrize(("rating", "effort"), [(0, 0), (6, 3), (-1, 0), (3, 6)])
def test_hl8_an_answer_beyond_the_scale_is_refused(rating: int, effort: int) -> None:
    with pytest.raises(Refusal) as no:
        Answer(solved=True, rating=rating, effort=effort)
    assert no.value.code == "rating_out_of_range"


def test_hl8_the_effort_need_not_be_said() -> None:
    assert Answer(solved=False, rating=1).effort == 0
