"""What was heard and when: pure tones found in 8 kHz linear sound.

Everybody in a test speaks with a tone of their own, so that one look at a recording says who heard whom, from when to
when. Prompts and music are told apart from tones and from silence.
"""

import math
import wave
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path

RATE = 8000
FRAME = 800  # 100 ms: bins of 10 Hz
QUIET = 60.0  # root mean square below which nobody speaks, of 32 767
SHARE = 0.12  # of a frame's energy that a tone must have to count as heard
HEADER = 44  # bytes before the samples of a WAV file
SILENCE, OTHER = ".", "?"  # OTHER is speech or music


@dataclass(frozen=True)
class Stretch:
    """The same was heard from `start` to `end`, in seconds: the tones in it, or SILENCE, or OTHER."""

    what: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Timeline:
    """Everything that was heard, in order."""

    stretches: tuple[Stretch, ...]

    @property
    def end(self) -> float:
        return self.stretches[-1].end if self.stretches else 0.0

    def seconds(self, tone: int | str, since: float = 0.0) -> float:
        """How long this tone (or SILENCE, or OTHER) was heard, alone or with others, from `since` on."""
        heard = (one for one in self.stretches if str(tone) in one.what.split("+"))
        return sum(max(0.0, one.end - max(one.start, since)) for one in heard)

    def first(self, tone: int | str) -> float | None:
        """When this was first heard."""
        return next((one.start for one in self.stretches if str(tone) in one.what.split("+")), None)

    def longest(self, tone: int | str, since: float = 0.0) -> float:
        """The longest stretch of this alone that ended after `since`."""
        return max((one.end - max(one.start, since) for one in self.stretches if one.what == str(tone)), default=0.0)

    def __str__(self) -> str:
        return " ".join(f"{one.what}[{one.start:.1f}–{one.end:.1f}]" for one in self.stretches)


def timeline(samples: Sequence[int], tones: Sequence[int]) -> Timeline:
    """What of these tones is in the samples, in steps of 100 ms."""
    found: list[Stretch] = []
    for number, what in enumerate(_labels(samples, tones)):
        start, end = number * FRAME / RATE, (number + 1) * FRAME / RATE
        if found and found[-1].what == what:
            start = found.pop().start
        found.append(Stretch(what, start, end))
    return Timeline(tuple(found))


def samples_so_far(path: Path) -> "array[int]":
    """The samples of a mono WAV file that is perhaps still being written: its header may not be right yet."""
    raw = path.read_bytes()[HEADER:] if path.exists() else b""
    return array("h", raw[: len(raw) // 2 * 2])


def channels_of(path: Path) -> "list[array[int]]":
    """The samples of each channel of a finished WAV file of 8 kHz."""
    with wave.open(str(path)) as sound:
        assert (sound.getframerate(), sound.getsampwidth()) == (RATE, 2), sound.getparams()
        every, channels = array("h", sound.readframes(sound.getnframes())), sound.getnchannels()
    return [every[number::channels] for number in range(channels)]


def write_tone(path: Path, tone: int, seconds: float = 1.0) -> None:
    """A mono WAV file of one tone, fit to be played in a loop."""
    wave_of = array("h", (round(8000 * math.sin(2 * math.pi * tone * n / RATE)) for n in range(int(RATE * seconds))))
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(wave_of.tobytes())


def _labels(samples: Sequence[int], tones: Sequence[int]) -> Iterator[str]:
    for at in range(0, len(samples) - FRAME + 1, FRAME):
        frame = samples[at : at + FRAME]
        energy = sum(map(mul, frame, frame))
        if energy < QUIET * QUIET * FRAME:
            yield SILENCE
        else:
            yield "+".join(str(tone) for tone in tones if _share(frame, tone, energy) > SHARE) or OTHER


def _share(frame: Sequence[int], tone: int, energy: float) -> float:
    """The part of the frame's energy that is this tone: a pure one gives 1."""
    cosine, sine = _waves(tone)
    in_phase, across = float(sum(map(mul, frame, cosine))), float(sum(map(mul, frame, sine)))
    return 2 * (in_phase * in_phase + across * across) / (FRAME * energy)


@cache
def _waves(tone: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    steps = [2 * math.pi * tone * n / RATE for n in range(FRAME)]
    return tuple(map(math.cos, steps)), tuple(map(math.sin, steps))
