"""When in the week few people come (HL1): whoever can choose their hour waits least. Pure.

Four weeks of arrivals are counted by weekday and hour. A quiet span is two hours of the day in which fewest came; hours
before 8 and after 22 are quiet everywhere and help nobody. With few arrivals chance would decide, so nothing is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WEEKS: Final = 4
FEWEST: Final = 200  # arrivals in all
FIRST, LAST, HOURS = 8, 22, 2
MOST = 2  # spans named, each on a day of its own

Arrivals = Mapping[tuple[int, int], int]  # (weekday, Monday 0; hour) → how many came


@dataclass(frozen=True, slots=True)
class Span:
    """Two quiet hours of a weekday (Monday 0)."""

    day: int
    start: int

    @property
    def end(self) -> int:
        return self.start + HOURS


def quiet_spans(arrivals: Arrivals, is_open: Mapping[tuple[int, int], bool] | None = None) -> list[Span]:
    """The quietest spans, quietest first, on different days; `is_open`: hours in which somebody answers (all)."""
    if sum(arrivals.values()) < FEWEST:
        return []
    spans = [Span(day, start) for day in range(7) for start in range(FIRST, LAST - HOURS + 1)]
    usable = [one for one in spans if is_open is None or all(is_open.get(hour, False) for hour in _hours(one))]
    best: list[Span] = []
    for one in sorted(usable, key=lambda span: (_came(span, arrivals), span.day, span.start)):
        if all(one.day != known.day for known in best):
            best.append(one)
    return best[:MOST]


def _hours(span: Span) -> list[tuple[int, int]]:
    return [(span.day, hour) for hour in range(span.start, span.end)]


def _came(span: Span, arrivals: Arrivals) -> int:
    return sum(arrivals.get(hour, 0) for hour in _hours(span))
