"""A recogniser for trials and tests: it understands tones. `tones.toml` says which tone is which word.

    [words]
    700 = "人工"

It listens as a real one does: to the sound itself, word by word, and knows when each was said.
"""

import tomllib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from huiyin.adapters.speech.models import TABLE
from huiyin.domain.voice.hearing import Heard

_WINDOW_S = 0.04
_NEAR_HZ = 30.0
_LEAST_S = 0.1
_PURE = 0.6  # share of the power that one tone has


class Tones:
    """Knows these tones (Hz → word)."""

    def __init__(self, words: dict[float, str], name: str = "tones") -> None:
        self._words, self._name = words, name

    @classmethod
    def from_directory(cls, directory: Path) -> "Tones":
        """Raises ValueError, OSError."""
        table = tomllib.loads((directory / TABLE).read_text())
        return cls({float(hz): str(word) for hz, word in table["words"].items()})

    @property
    def name(self) -> str:
        return self._name

    def recognise(self, sound: bytes, rate: int) -> tuple[Heard, ...]:
        """Which tones there are, one after the other."""
        if len(sound) % 2 or rate <= 0:
            raise ValueError("no 16 bit sound")
        window = int(rate * _WINDOW_S)
        samples = np.frombuffer(sound, "<i2").astype(np.float32)
        heard = [self._word(samples[at : at + window], rate) for at in range(0, len(samples) - window + 1, window)]
        return tuple(_stretches(heard))

    def _word(self, samples: npt.NDArray[np.float32], rate: int) -> str:
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * len(samples))) ** 2
        loudest = int(power.argmax())
        around = float(power[max(0, loudest - 24) : loudest + 25].sum())
        if not around or around < _PURE * float(power.sum()) or float(np.abs(samples).mean()) < 100:
            return ""
        hz = loudest * rate / (8 * len(samples))
        near = min(self._words, key=lambda one: abs(one - hz), default=None)
        return self._words[near] if near is not None and abs(near - hz) <= _NEAR_HZ else ""


def _stretches(words: list[str]) -> list[Heard]:
    found: list[Heard] = []
    begun = 0
    for at, word in enumerate([*words, ""]):
        if at and words[at - 1] != word:
            if words[at - 1] and (at - begun) * _WINDOW_S >= _LEAST_S:
                found.append(Heard(begun * _WINDOW_S, at * _WINDOW_S, words[at - 1]))
            begun = at
    return found
