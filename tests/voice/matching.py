"""Which prompt was heard: by correlation of what came out of the telephone with the prompt's own sound."""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.voice.tones import RATE

PIECE = RATE // 2  # half a second; longer ones break where a packet came late
ALIKE = 0.6  # correlation at which a piece counts as heard; A-law and a late packet cost some, other words give 0.3
ENOUGH = 0.5  # of the pieces
LOUD = 300.0
NEAR_HZ = 25.0
Samples = np.ndarray[Any, np.dtype[np.float64]]


def share_heard(heard: "array[int]", prompt: "array[int]", tones: Sequence[int] = ()) -> float:
    """The part of the prompt's pieces that occur in what was heard, beside these tones of people who speak as well."""
    if len(heard) < PIECE or len(prompt) < PIECE:
        return 0.0
    sound, words = _without(np.array(heard, dtype=float), tones), _without(np.array(prompt, dtype=float), tones)
    pieces = [piece for piece in _pieces(words) if piece.std() > LOUD]
    return sum(_best(sound, piece) > ALIKE for piece in pieces) / len(pieces) if pieces else 0.0


def _without(samples: Samples, tones: Sequence[int]) -> Samples:
    """Nothing is left near these tones."""
    spectrum, step = np.fft.rfft(samples), RATE / len(samples)
    for tone in tones:
        spectrum[max(0, int((tone - NEAR_HZ) / step)) : int((tone + NEAR_HZ) / step) + 1] = 0
    return np.fft.irfft(spectrum, len(samples))


def _pieces(samples: Samples) -> list[Samples]:
    return [samples[at : at + PIECE] for at in range(0, len(samples) - PIECE + 1, PIECE)]


def _best(sound: Samples, piece: Samples) -> float:
    """The highest normalised correlation of the piece with any place of the sound."""
    size = len(sound) + len(piece)
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(piece - piece.mean(), size)), size)
    energy = np.cumsum(np.concatenate(([0.0], sound**2)))
    places = len(sound) - len(piece) + 1
    there = np.sqrt(energy[len(piece) :][:places] - energy[:places]) + LOUD
    return float((product[:places] / (there * np.linalg.norm(piece - piece.mean()))).max())
