"""A wave form as two outlines: the buyer above the line, the agent below. Drawn here, so that it needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HALF = 300, 32  # of the drawing; it is stretched to the page


@dataclass(frozen=True, slots=True)
class Wave:
    """Paths of an SVG with the view box `0 0 300 64`; `below` is empty where only one side was recorded."""

    above: str
    below: str


def wave_of(peaks: Sequence[Sequence[int]]) -> Wave | None:
    """From loudness 0–100 along the time, one row a channel; None without any."""
    if not peaks or not peaks[0]:
        return None
    below = _outline(peaks[1], 1) if len(peaks) > 1 else ""
    return Wave(_outline(peaks[0], -1), below)


def _outline(loud: Sequence[int], side: int) -> str:
    """Columns joined by the louder one where there are more than fit; what was said at all is seen."""
    many = min(WIDTH, len(loud))
    edges = [len(loud) * n // many for n in range(many + 1)]
    heights = [max(loud[first:last]) for first, last in pairwise(edges)]
    step = WIDTH / many
    points = [f"{n * step:.4g},{HALF + side * _height(loud):.4g}" for n, loud in enumerate(heights)]
    return f"M0,{HALF}L{' '.join(points)} {WIDTH},{HALF}Z"


def _height(loud: int) -> float:
    return loud * (HALF - 1) / 100 if loud else 0.0
