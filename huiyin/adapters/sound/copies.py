"""A small copy for playing and the wave form beside it. The original is never changed and stays the evidence.

Opus in Ogg at about 16 kbit/s a side: everything said stays clear, an hour is some 15 MB in place of 115 (decision
0021). Sound goes through in pieces, so that an hour takes no more memory than a minute.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

MIME: Final = "audio/ogg"
COLUMNS: Final = 600  # of a wave form: more than a wide screen shows
QUALITY: Final = 0.96  # of libsndfile: 0 is the largest, 1 the smallest; 0.96 is 16 kbit/s a channel
PIECE: Final = 8000 * 30  # frames


def playing_copy(wav: BinaryIO) -> bytes:
    """The same sound as Opus in Ogg, buyer and agent on their own sides. Raises ValueError for what is no sound."""
    made = BytesIO()
    wav.seek(0)
    try:
        with soundfile.SoundFile(wav) as source, soundfile.SoundFile(
            made, "w", source.samplerate, source.channels, "OPUS", format="OGG", compression_level=QUALITY
        ) as target:  # fmt: skip
            for piece in source.blocks(PIECE, dtype="int16", always_2d=True):
                target.write(piece)
    except soundfile.LibsndfileError as fault:
        raise ValueError(str(fault)) from fault
    return made.getvalue()


def peaks(wav: BinaryIO) -> list[list[int]]:
    """How loud it is along the time, 0 to 100: one list a channel (buyer, then agent), at most COLUMNS values each.
    Raises ValueError for what is no sound."""
    wav.seek(0)
    try:
        with soundfile.SoundFile(wav) as source:
            width = max(1, -(-source.frames // COLUMNS))
            loud = [np.abs(piece).max(axis=0) for piece in _pieces(source, width)]
    except soundfile.LibsndfileError as fault:
        raise ValueError(str(fault)) from fault
    return [[min(100, round(float(value) * 100)) for value in channel] for channel in zip(*loud, strict=True)]


def _pieces(source: soundfile.SoundFile, width: int) -> Iterator[NDArray[np.float32]]:
    yield from source.blocks(width, dtype="float32", always_2d=True)
