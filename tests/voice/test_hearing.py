"""The ears of these tests: they must not hear what is not there."""

import math
import random
from array import array
from pathlib import Path

import pytest

from bench.rtp import Stream, frame
from tests.voice.matching import ENOUGH, share_heard
from tests.voice.tones import OTHER, RATE, SILENCE, channels_of, samples_so_far, timeline, write_tone


def sound(*tones: int, seconds: float = 1.0, loud: int = 6000) -> "array[int]":
    """These tones at once."""
    steps = range(int(seconds * RATE))
    return array("h", (round(sum(loud * math.sin(2 * math.pi * tone * n / RATE) for tone in tones)) for n in steps))


def noise(seed: int, seconds: float) -> "array[int]":
    dice = random.Random(seed)
    return array("h", (round(dice.gauss(0, 3000)) for _ in range(int(seconds * RATE))))


def test_tones_are_told_apart_and_timed() -> None:
    heard = timeline(sound(1000) + sound(1000, 1500) + sound(0) + noise(1, 0.5), (1000, 1300, 1500))
    assert [one.what for one in heard.stretches] == ["1000", "1000+1500", SILENCE, OTHER]
    assert [one.end for one in heard.stretches] == [1.0, 2.0, 3.0, 3.5]
    assert (heard.seconds(1000), heard.seconds(1000, since=1.5), heard.seconds(1300)) == (2.0, 0.5, 0.0)
    assert (heard.first(1500), heard.first(1300)) == (1.0, None)


def test_a_file_that_is_still_written_can_be_heard(tmp_path: Path) -> None:
    path = tmp_path / "heard.wav"
    write_tone(path, 1300)
    whole = path.read_bytes()
    path.write_bytes(bytes(44) + whole[44 : 44 + 8001])  # its header says nothing yet, half a sample at its end
    assert timeline(samples_so_far(path), (1300,)).seconds(1300) == 0.5
    path.write_bytes(whole)
    assert len(channels_of(path)[0]) == RATE


def test_a_prompt_is_found_where_it_is_and_nowhere_else() -> None:
    prompt, other = noise(2, 3.0), noise(3, 3.0)
    around = sound(1000, seconds=0.7)
    quieter = array("h", (one // 2 for one in prompt))
    assert share_heard(around + quieter + around, prompt) == 1.0
    assert share_heard(around + quieter[: RATE * 2], prompt) >= ENOUGH
    both = array("h", (one // 2 + two for one, two in zip(prompt, sound(1500, seconds=3.0), strict=True)))
    assert share_heard(around + both, prompt, (1000, 1500)) == 1.0
    assert share_heard(around + other, prompt) < 0.1
    assert share_heard(sound(0, seconds=4.0), prompt) == 0.0


def test_lost_and_late_sound_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 packets two never come, and one comes 100 ms late."""
    theirs, ours = Stream(1, 7000), Stream(2, 7000)
    for number in range(100):
        sent = 10.0 + number * 0.02
        monkeypatch.setattr("bench.rtp.time.time", lambda sent=sent: sent)
        raw = theirs.next_packet()
        if number not in {40, 41}:
            ours.take(raw, sent + (0.1 if number == 60 else 0.001))
    told = ours.told()
    assert (told["packets"], told["lost"], told["late"]) == (98, 2, 1)
    assert told["worst_jitter_ms"] > 5
    assert theirs.next_packet()[28:] == frame(1000)[16:]  # before that it says when it was sent
