"""What is said in a recording, from some place on, in pieces that stand by themselves: whoever has written one down may
stop and go on behind it. An hour takes no more memory than the file and a sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import soundfile

from huiyin.adapters.speech.utterances import Utterance, Utterances
from huiyin.domain.voice.hearing import Heard, Recogniser

BLOCK_S = 0.5
PIECE_S = 20.0  # so much sound at least, then a place where one may stop


@dataclass(frozen=True, slots=True)
class Piece:
    """What was said until then: channel (0 is the buyer, 1 who talks with them) and words."""

    until_s: float
    said: tuple[tuple[int, Heard], ...]


def pieces(wav: BinaryIO, begin_s: float, recogniser: Recogniser) -> Iterator[Piece]:
    """Raises ValueError for what is no sound."""
    try:
        with soundfile.SoundFile(wav) as source:
            yield from _pieces(source, begin_s, recogniser)
    except soundfile.LibsndfileError as fault:
        raise ValueError(str(fault)) from fault


def _pieces(source: soundfile.SoundFile, begin_s: float, recogniser: Recogniser) -> Iterator[Piece]:
    rate = source.samplerate
    source.seek(min(round(begin_s * rate), source.frames))
    sides = [Utterances(rate) for _ in range(min(source.channels, 2))]
    found: list[tuple[int, Utterance]] = []
    last_s = 0.0
    for block in source.blocks(int(rate * BLOCK_S), dtype="int16", always_2d=True):
        for number, side in enumerate(sides):
            sound = np.ascontiguousarray(block[:, number]).astype("<i2").tobytes()
            found += [(number, one) for one in side.feed(sound)]
        until = min(side.pending_s for side in sides)
        if until - last_s >= PIECE_S:
            last_s = until
            ready = [one for one in found if one[1].start_s < until]
            found = [one for one in found if one[1].start_s >= until]
            yield Piece(begin_s + until, tuple(_understood(ready, begin_s, rate, recogniser)))
    found += [(number, rest) for number, side in enumerate(sides) if (rest := side.rest()) is not None]
    yield Piece(source.frames / rate, tuple(_understood(found, begin_s, rate, recogniser)))


def _understood(
    found: list[tuple[int, Utterance]], begin_s: float, rate: int, recogniser: Recogniser
) -> Iterator[tuple[int, Heard]]:  # fmt: skip
    for number, one in sorted(found, key=lambda pair: pair[1].start_s):
        begun = begin_s + one.start_s
        for heard in recogniser.recognise(one.sound, rate):
            yield number, Heard(round(begun + heard.start_s, 2), round(begun + heard.end_s, 2), heard.text)
