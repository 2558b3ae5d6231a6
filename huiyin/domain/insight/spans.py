"""How long people work and wait to work: pieces of time, joined and compared.

An agent with three chats handles for as long as at least one is open, not three times as long; occupancy is the share
of handling in the time they were there for it, and concurrency is how many were open at once while any was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to a later one; a span that ends before it begins is empty."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return max(0.0, (self.end - self.start).total_seconds())

    def within(self, start: datetime, end: datetime) -> "Span":
        """The part of it between two moments."""
        return Span(max(self.start, start), min(self.end, end))


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order."""
    whole: list[Span] = []
    for span in sorted((span for span in spans if span.seconds > 0), key=lambda span: span.start):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return whole


def seconds(spans: Iterable[Span]) -> float:
    """How long they last together, each moment once."""
    return sum(span.seconds for span in joined(spans))


def occupancy(handling: Iterable[Span], there: Iterable[Span]) -> float | None:
    """Handling (talk, hold, wrap-up) / (handling + ready), 0 to 1; None when nobody was there.

    `there` is the time somebody could have been offered something. Formula: facts on KPI definitions, §2.2."""
    busy, present = list(handling), list(there)
    whole = seconds([*busy, *present])
    return seconds(busy) / whole if whole > 0 else None


def concurrency(handling: Iterable[Span]) -> float | None:
    """Σ of the sessions / time with at least one: how many were open at once; None without any."""
    spans = list(handling)
    whole = seconds(spans)
    return sum(span.seconds for span in spans) / whole if whole > 0 else None
