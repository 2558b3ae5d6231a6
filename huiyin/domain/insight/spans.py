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


@dataclass(frozen=True, slots=True)
class Worked:
    """How time was used, in seconds; of several people it may be added up."""

    session_s: float = 0.0  # each conversation by itself
    talking_s: float = 0.0  # with at least one
    handling_s: float = 0.0  # talking or wrapping up
    whole_s: float = 0.0  # handling or ready

    def __add__(self, more: "Worked") -> "Worked":
        return Worked(
            self.session_s + more.session_s, self.talking_s + more.talking_s, self.handling_s + more.handling_s,
            self.whole_s + more.whole_s,
        )  # fmt: skip

    @property
    def occupancy(self) -> float | None:
        """(talk + hold + wrap-up) / (the same + ready), 0 to 1; None when nobody was there. KPI definitions, §2.2."""
        return self.handling_s / self.whole_s if self.whole_s > 0 else None

    @property
    def concurrency(self) -> float | None:
        """Σ of the conversations / time with at least one: how many were open at once; None without any."""
        return self.session_s / self.talking_s if self.talking_s > 0 else None


def worked(sessions: Iterable[Span], wrapping_up: Iterable[Span], ready: Iterable[Span]) -> Worked:
    """One person's time."""
    talks = list(sessions)
    handling = [*talks, *wrapping_up]
    return Worked(
        sum(talk.seconds for talk in talks), seconds(talks), seconds(handling), seconds([*handling, *ready])
    )  # fmt: skip
