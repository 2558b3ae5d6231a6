"""HL1: the quiet hours of the week."""

from huiyin.domain.insight.quiet import FEWEST, Span, quiet_spans

BUSY = {(day, hour): 10 for day in range(7) for hour in range(24)}


def test_hl1_the_hours_in_which_fewest_came_are_named() -> None:
    assert quiet_spans(BUSY | {(1, 14): 1, (1, 15): 2, (4, 9): 3, (4, 10): 0})[:2] == [Span(1, 14), Span(4, 9)]


def test_hl1_one_span_a_day_so_that_there_is_a_choice() -> None:
    days = [one.day for one in quiet_spans(BUSY | {(1, hour): 0 for hour in range(8, 22)})]
    assert len(days) == len(set(days)) == 2


def test_hl1_the_night_is_quiet_everywhere_and_not_named() -> None:
    assert all(one.start >= 8 and one.end <= 22 for one in quiet_spans(BUSY | {(2, 3): 0, (2, 4): 0}))


def test_hl1_a_closed_hour_is_no_quiet_hour() -> None:
    is_open = {(day, hour): 9 <= hour < 18 and day < 5 for day in range(7) for hour in range(24)}
    found = quiet_spans(BUSY | {(6, 14): 0, (6, 15): 0, (0, 19): 0, (0, 20): 0}, is_open)
    assert found
    assert all(one.day < 5 and one.end <= 18 for one in found)


def test_hl1_with_few_arrivals_nothing_is_claimed() -> None:
    assert quiet_spans({(1, 10): FEWEST - 1}) == []
    assert quiet_spans({}) == []
