"""Cut sound into utterances: where somebody speaks, by loudness against the noise of their own line (numpy only).

Made to be fed in pieces, so that a caller is understood as soon as they pause, and an hour needs no more memory than a
sentence. What is loud without end (music, a machine) is cut after `longest_s`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

FRAME_S = 0.02
BEFORE_S = 0.2  # kept from before the first loud frame: soft beginnings of words
PAUSE_S = 0.6  # silence that ends an utterance
LEAST_S = 0.1  # loud for less is a click
ABOVE_DB = 9.0  # over the noise of the line
QUIET_DB = -50.0  # nobody speaks below this (0 is the loudest a sample can be)
RISE_DB, FALL_DB = 0.02, 1.0  # a frame: noise that gets louder is known after a while, silence at once
SILENT_DB, LOUDEST_NOISE_DB = -80.0, -20.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody spoke. Seconds from the beginning; `sound` is 16 bit mono PCM."""

    start_s: float
    end_s: float
    sound: bytes


class Utterances:
    """The sound of one person, piece by piece."""

    def __init__(self, rate: int, *, longest_s: float = 15.0) -> None:
        self.rate = rate
        self._frame = int(rate * FRAME_S) * 2  # bytes
        self._before, self._pause = round(BEFORE_S / FRAME_S), round(PAUSE_S / FRAME_S)
        self._longest = round(longest_s / FRAME_S)
        self._over = b""
        self._frames: list[bytes] = []  # what may belong to an utterance
        self._at = 0  # frames that have been looked at
        self._floor = -45.0
        self._loud = self._quiet = 0

    @property
    def is_speaking(self) -> bool:
        """Whether somebody has begun to speak and not paused yet."""
        return self._loud * FRAME_S >= LEAST_S

    @property
    def seconds(self) -> float:
        """How much sound there was so far."""
        return self._at * FRAME_S

    @property
    def pending_s(self) -> float:
        """Where what is being said began; where we are, if nobody speaks."""
        return (self._at - len(self._frames)) * FRAME_S if self._loud else self.seconds

    def feed(self, sound: bytes) -> Iterator[Utterance]:
        """More sound. What was said until the last pause."""
        data = self._over + sound
        whole = len(data) - len(data) % self._frame
        self._over = data[whole:]
        for at in range(0, whole, self._frame):
            if (said := self._take(data[at : at + self._frame])) is not None:
                yield said

    def rest(self) -> Utterance | None:
        """The sound is over: what was being said."""
        return self._cut() if self._loud else None

    def forget(self) -> None:
        """Nothing of what was fed so far counts."""
        self._frames, self._loud, self._quiet, self._over = [], 0, 0, b""

    def _take(self, frame: bytes) -> Utterance | None:
        self._at += 1
        self._frames.append(frame)
        if self._is_loud(frame):
            self._loud, self._quiet = self._loud + 1, 0
        elif self._loud:
            self._quiet += 1
        if not self._loud:
            del self._frames[: -self._before]
        elif self._quiet >= self._pause or len(self._frames) >= self._longest:
            return self._cut()
        return None

    def _is_loud(self, frame: bytes) -> bool:
        samples = np.frombuffer(frame, "<i2").astype(np.float32)
        level = 20 * float(np.log10(max(float(np.sqrt(np.mean(samples * samples))), 1.0) / 32768))
        lower = max(level, self._floor - FALL_DB)
        self._floor = min(max(min(lower, self._floor + RISE_DB), SILENT_DB), LOUDEST_NOISE_DB)
        return level > max(QUIET_DB, self._floor + ABOVE_DB)

    def _cut(self) -> Utterance | None:
        frames, loud, quiet = self._frames, self._loud, self._quiet
        self._frames, self._loud, self._quiet = [], 0, 0
        if loud * FRAME_S < LEAST_S:
            return None
        end = self._at - max(0, quiet - self._before)
        start = self._at - len(frames)
        return Utterance(start * FRAME_S, end * FRAME_S, b"".join(frames[: end - start]))
