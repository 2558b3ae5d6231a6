"""Which prompt was heard: by correlation of what came out of the telephone with the prompt's own sound."""

from array import array
from typing import Any

import numpy as np

from tests.voice.tones import RATE

PIECE = RATE // 2  # half a second; longer ones break where a packet came late
ALIKE = 0.6  # correlation at which a piece counts as heard; A-law and a late packet cost some, other words give 0.3
ENOUGH = 0.5  # of the pieces
LOUD = 300.0
Samples = np.ndarray[Any, np.dtype[np.float64]]


def share_heard(heard: "array[int]", prompt: "array[int]") -> float:
    """The part of the prompt's pieces that occur in what was heard."""
    pieces = [piece for piece in _pieces(np.array(prompt, dtype=float)) if piece.std() > LOUD]
    if not pieces or len(heard) < PIECE:
        return 0.0
    sound = np.array(heard, dtype=float)
    return sum(_best(sound, piece) > ALIKE for piece in pieces) / len(pieces)


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
