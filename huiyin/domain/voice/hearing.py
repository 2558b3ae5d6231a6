"""The port to whoever turns speech into text (pure values). Without one, the keypad does everything, and nothing is
written down of what was said.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of speech and what was understood. Seconds from the beginning of the sound."""

    start_s: float
    end_s: float
    text: str


class Recogniser(Protocol):
    """Turns the speech of one person into text. May be asked by several threads at once."""

    @property
    def name(self) -> str:
        """The model, for whoever reads a transcript later."""

    def recognise(self, sound: bytes, rate: int) -> tuple[Heard, ...]:
        """What is said in this sound: 16 bit mono PCM, little-endian, `rate` samples a second (8000 to 48000). Nothing
        understood is an empty tuple. Raises ValueError for what is no such sound."""
