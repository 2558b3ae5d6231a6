"""Erlang C and A against reference rows: computed with scipy, checked with 50-digit sums and long simulations."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.insight.staffing import Load, erlang_a, erlang_b, erlang_c, people_for, side_by_side

# contacts, interval s, handle s, level to reach, within s
# → people, p_wait, level, asa s, occupancy, level with one fewer
ERLANG_C = [
    (100, 1800, 180, 0.80, 20, 14, 0.174132, 0.888350, 7.835937, 0.714286, 0.795595),
    (200, 1800, 180, 0.80, 20, 24, 0.298072, 0.808882, 13.413253, 0.833333, 0.702111),
    (100, 1800, 240, 0.80, 20, 17, 0.257311, 0.810435, 16.842197, 0.784314, 0.689953),
    (360, 1800, 240, 0.80, 15, 55, 0.238701, 0.845883, 8.184032, 0.872727, 0.792914),
    (20, 1800, 300, 0.80, 20, 6, 0.148217, 0.875924, 16.674374, 0.555556, 0.707683),
    (5, 1800, 300, 0.80, 20, 3, 0.057710, 0.950052, 7.990624, 0.277778, 0.773243),
    (1, 1800, 300, 0.80, 20, 1, 0.166667, 0.842340, 60.000000, 0.166667, 0.0),
    (50, 900, 360, 0.80, 20, 25, 0.209103, 0.841612, 15.055404, 0.800000, 0.761322),
    (250, 1800, 210, 0.80, 20, 34, 0.293020, 0.815080, 12.731221, 0.857843, 0.730442),
    (500, 1800, 240, 0.90, 20, 76, 0.188167, 0.913551, 4.838576, 0.877193, 0.884223),
    (1000, 3600, 300, 0.80, 20, 91, 0.309451, 0.814382, 12.108954, 0.915751, 0.764501),
    (30, 3600, 600, 0.80, 30, 8, 0.167267, 0.856032, 33.453301, 0.625000, 0.706697),
    (100, 3600, 180, 0.85, 15, 8, 0.167267, 0.869733, 10.035990, 0.625000, 0.725613),
    (100, 1800, 180, 0.95, 20, 16, 0.057340, 0.970560, 1.720210, 0.625000, 0.941453),
    (2000, 1800, 300, 0.80, 20, 345, 0.415007, 0.809335, 10.671620, 0.966184, 0.778565),
    (12, 1800, 420, 0.90, 60, 6, 0.075467, 0.952223, 9.904988, 0.466667, 0.861594),
    (60, 1800, 300, 0.90, 10, 15, 0.102042, 0.913623, 6.122542, 0.666667, 0.847604),
    (1800, 3600, 200, 0.80, 30, 106, 0.445783, 0.818758, 14.859421, 0.943396, 0.756397),
]
# contacts, interval s, handle s, people, patience s, within s
# → p_wait, p_abandon, level, level less early, asa s, mean wait s, occupancy
ERLANG_A = [
    (100, 1800, 180, 10, 60, 20, 0.423418, 0.157527, 0.718010, 0.795333, 7.494470, 9.451612, 0.842473),
    (100, 1800, 180, 12, 120, 20, 0.279807, 0.061597, 0.825583, 0.854645, 6.334774, 7.391685, 0.782002),
    (100, 1800, 180, 14, 180, 20, 0.135536, 0.018694, 0.925560, 0.935528, 2.997690, 3.364869, 0.700933),
    (200, 1800, 180, 20, 120, 20, 0.482759, 0.097711, 0.706453, 0.750241, 10.781088, 11.725315, 0.902289),
    (200, 1800, 180, 22, 180, 20, 0.356302, 0.048975, 0.797905, 0.821402, 8.172712, 8.815469, 0.864568),
    (360, 1800, 240, 48, 180, 15, 0.484821, 0.061592, 0.685630, 0.708021, 10.583484, 11.086598, 0.938408),
    (20, 1800, 300, 4, 90, 20, 0.344107, 0.183251, 0.704707, 0.752322, 9.972524, 16.492632, 0.680624),
    (60, 1800, 300, 10, 120, 20, 0.442044, 0.152438, 0.649994, 0.691735, 15.001669, 18.292565, 0.847562),
    (1000, 3600, 300, 84, 300, 20, 0.485430, 0.039833, 0.731563, 0.749471, 11.614329, 11.949907, 0.952547),
    (1, 1800, 300, 1, 120, 20, 0.148812, 0.107130, 0.859667, 0.879142, 4.066533, 12.855658, 0.148812),
    (30, 3600, 600, 5, 240, 30, 0.466432, 0.212543, 0.583274, 0.615111, 37.718200, 51.010344, 0.787457),
    (500, 1800, 240, 66, 120, 20, 0.461099, 0.062417, 0.804249, 0.844833, 7.105173, 7.490087, 0.947053),
]


@pytest.mark.parametrize("row", ERLANG_C)
def test_in7_erlang_c_gives_the_reference_row(row: tuple[float, ...]) -> None:
    contacts, interval, handle, level, within, people, *expected, with_one_less = row
    load = Load(contacts, interval, handle)
    got = erlang_c(load, int(people), within)
    assert (got.p_wait, got.service_level, got.asa_s, got.occupancy) == pytest.approx(expected, abs=1e-6)
    assert people_for(load, level, within) == people
    assert erlang_c(load, int(people) - 1, within).service_level == pytest.approx(with_one_less, abs=1e-6)


@pytest.mark.parametrize("row", ERLANG_A)
def test_in7_erlang_a_gives_the_reference_row(row: tuple[float, ...]) -> None:
    contacts, interval, handle, people, patience, within, *expected = row
    got = erlang_a(Load(contacts, interval, handle), int(people), patience, within)
    assert [
        got.p_wait, got.p_abandon, got.service_level, got.service_level_less_early, got.asa_s, got.mean_wait_s,
        got.occupancy,
    ] == pytest.approx(expected, abs=2e-6, rel=2e-6)  # fmt: skip


def test_as_much_work_as_people_is_never_answered_in_time() -> None:
    for contacts in (10.0, 11.0):
        got = erlang_c(Load(contacts, 1800, 180), 1, 20)
        assert (got.service_level, got.asa_s, got.occupancy) == (0.0, math.inf, 1.0)


@pytest.mark.parametrize("load", [Load(0, 1800, 180), Load(10, 1800, 0)])
def test_no_work_needs_no_wait(load: Load) -> None:
    for got in (erlang_c(load, 1, 20), erlang_a(load, 1, 60, 20), erlang_c(load, 0, 20)):
        assert (got.p_wait, got.service_level, got.asa_s, got.occupancy) == (0.0, 1.0, 0.0, 0.0)


def test_nobody_for_no_contacts_and_somebody_for_short_ones() -> None:
    assert people_for(Load(0, 1800, 180), 0.8, 20) == 0
    assert people_for(Load(10, 1800, 0), 0.8, 20) == 1


@pytest.mark.parametrize("level", [1.0, -0.1, 1.5])
def test_a_share_nobody_can_promise_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="share"):
        people_for(Load(1, 1800, 180), level, 20)


@pytest.mark.parametrize("wrong", [(-1, 1800, 180), (1, 0, 180), (1, 1800, -1)])
def test_a_load_that_cannot_be_is_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="load"):
        Load(*wrong)


def test_without_anybody_everybody_leaves_and_without_patience_nobody_waits() -> None:
    load = Load(100, 1800, 180)
    empty = erlang_a(load, 0, 60, 20)
    assert (empty.p_abandon, empty.service_level, empty.occupancy) == (1.0, 0.0, 0.0)
    hasty = erlang_a(load, 10, 0, 20)
    assert hasty.p_abandon == pytest.approx(erlang_b(10, 10))
    assert (hasty.asa_s, hasty.service_level) == (0.0, 1 - hasty.p_abandon)


def test_endless_patience_is_erlang_c() -> None:
    load = Load(100, 1800, 180)
    assert erlang_a(load, 14, math.inf, 20) == erlang_c(load, 14, 20)
    assert erlang_a(load, 14, 1e7, 20).asa_s == pytest.approx(erlang_c(load, 14, 20).asa_s, rel=1e-3)


def test_a_crowd_three_times_too_large_is_still_computed() -> None:
    got = erlang_a(Load(6000, 1800, 300), 333, 600, 20)
    assert got.occupancy == pytest.approx(1.0, abs=1e-6)
    assert got.p_abandon == pytest.approx(2 / 3, abs=1e-3)
    assert got.asa_s == pytest.approx(-600 * math.log(1 / 3), rel=0.02)  # a queue that patience alone holds in balance


@given(st.floats(1, 300), st.integers(1, 40), st.floats(10, 600))
def test_one_more_person_never_makes_it_worse(contacts: float, people: int, within: float) -> None:
    load = Load(contacts, 1800, 180)
    less, more = erlang_c(load, people, within), erlang_c(load, people + 1, within)
    assert more.service_level >= less.service_level - 1e-12
    assert more.asa_s <= less.asa_s


def test_three_chats_at_once_are_worth_two_and_a_half() -> None:
    assert side_by_side(300, 1) == 300
    assert side_by_side(300, 3) == 120
