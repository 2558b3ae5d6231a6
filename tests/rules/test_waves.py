"""HL7: the wave form beside a recording."""

import re

from huiyin.web.ui.waves import HALF, WIDTH, wave_of


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", path)]


def test_hl7_the_buyer_is_drawn_above_and_the_agent_below() -> None:
    wave = wave_of([[0, 100, 0], [0, 0, 50]])
    assert wave is not None
    assert min(y for _, y in points(wave.above)) == 1
    assert max(y for _, y in points(wave.above)) == HALF
    assert max(y for _, y in points(wave.below)) == HALF + 15.5
    assert max(x for x, _ in points(wave.below)) == WIDTH


def test_hl7_a_short_sound_is_not_lost_among_many_columns() -> None:
    loud = [0] * 600
    loud[301] = 90
    wave = wave_of([loud])
    assert wave is not None
    assert min(y for _, y in points(wave.above)) < 5
    assert len(points(wave.above)) <= WIDTH + 2


def test_hl7_one_side_alone_has_nothing_below() -> None:
    wave = wave_of([[10, 20]])
    assert wave is not None
    assert wave.below == ""


def test_hl7_without_sound_there_is_no_wave() -> None:
    assert wave_of([]) is None
    assert wave_of([[]]) is None
