"""How a queue is judged: waits in, figures out.

Every figure says how it is counted, because centres count differently and compare all the same. Quantities, as usual
in the trade: `O` offered = `A` answered + `Ab` abandoned + `X` other ways out (another queue, a call-back, a message
left); a wait runs from arrival in the queue to the first human answer, or to the end. `T` is the target, `s` the
short-abandon threshold: whoever leaves within `s` seconds had hardly arrived. Each contact counts in the period in
which it arrived.

A contact that still waits is not offered yet. Once it has waited longer than `T` it counts against the service level
all the same: a figure that looks best while people are left waiting would be worthless.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

QUARTER: Final = timedelta(minutes=15)


class End(StrEnum):
    """What became of a wait."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    OTHER = "other"
    WAITING = "waiting"


class Variant(StrEnum):
    """Ways to count a service level; whoever shows a figure names the one it used."""

    LESS_EARLY = "less_early"  # A_T / (O − Ab_T): what we show
    LESS_SHORT = "less_short"  # A_T / (O − Ab_s)
    OF_OFFERED = "of_offered"  # A_T / O: the strictest
    OF_ANSWERED = "of_answered"  # A_T / A: hides everybody who left, for comparison only
    EARLY_COUNT = "early_count"  # (A_T + Ab_T) / O: early leavers count as served
    SHORT_COUNT = "short_count"  # (A_T + Ab_s) / O


@dataclass(frozen=True, slots=True)
class Wait:
    """One contact in a queue. `waited_s`: seconds until its end, or until now while it waits."""

    arrived: datetime
    waited_s: float
    end: End


@dataclass(frozen=True, slots=True)
class Aim:
    """`within_s`: T, the promise everybody is told (KP1). `short_s`: s, who leaves sooner had hardly arrived."""

    within_s: float = 60.0
    short_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What the figures are made of. Counts of two periods may be added."""

    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    abandoned_early: int = 0
    other: int = 0
    waiting: int = 0
    waiting_late: int = 0
    answer_s: float = 0.0  # Σ of the waits of those who were answered
    longest_s: float = 0.0

    def __add__(self, more: "Counts") -> "Counts":
        summed = {f.name: getattr(self, f.name) + getattr(more, f.name) for f in fields(self) if f.name != "longest_s"}
        return Counts(**summed, longest_s=max(self.longest_s, more.longest_s))

    @property
    def offered(self) -> int:
        """O: everybody whose wait has ended, however it ended."""
        return self.answered + self.abandoned + self.other


def counted(waits: Iterable[Wait], aim: Aim = Aim()) -> Counts:
    """Count waits against an aim."""
    total = Counts()
    for wait in waits:
        total += _one(wait, aim)
    return total


def _one(wait: Wait, aim: Aim) -> Counts:
    seconds = max(0.0, wait.waited_s)  # clocks of two machines may differ by a little
    in_time, is_short = seconds <= aim.within_s, seconds <= aim.short_s
    if wait.end == End.ANSWERED:
        return Counts(answered=1, answered_in_time=int(in_time), answer_s=seconds, longest_s=seconds)
    if wait.end == End.ABANDONED:
        return Counts(
            abandoned=1, abandoned_early=int(in_time), abandoned_short=int(is_short), longest_s=seconds
        )  # fmt: skip
    if wait.end == End.OTHER:
        return Counts(other=1, longest_s=seconds)
    return Counts(waiting=1, waiting_late=int(not in_time), longest_s=seconds)


def service_level(counts: Counts, variant: Variant = Variant.LESS_EARLY) -> float | None:
    """The share answered within T, 0 to 1; None when nobody counts. Whoever still waits beyond T counts as missed.

    Variants and the example in the tests: callcentrehelper.com, "service level threshold calculations"."""
    late, good = counts.waiting_late, counts.answered_in_time
    offered = counts.offered + late
    above, below = {
        Variant.LESS_EARLY: (good, offered - counts.abandoned_early),
        Variant.LESS_SHORT: (good, offered - counts.abandoned_short),
        Variant.OF_OFFERED: (good, offered),
        Variant.OF_ANSWERED: (good, counts.answered),
        Variant.EARLY_COUNT: (good + counts.abandoned_early, offered),
        Variant.SHORT_COUNT: (good + counts.abandoned_short, offered),
    }[variant]
    return _share(above, below)


def abandonment(counts: Counts) -> float | None:
    """(Ab − Ab_s) / (O − Ab_s): the share that gave up, without those who had hardly arrived."""
    short = counts.abandoned_short
    return _share(counts.abandoned - short, counts.offered - short)


def connection_rate(counts: Counts) -> float | None:
    """接通率 (KP1): A / (O − Ab_s), the share that reached a person."""
    return _share(counts.answered, counts.offered - counts.abandoned_short)


def speed_of_answer(counts: Counts) -> float | None:
    """ASA in seconds: Σ waits of those answered / A. Those who left are not in it: read it beside the abandonment."""
    return _share(counts.answer_s, counts.answered)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour and what arrived in it."""

    start: datetime
    counts: Counts


def quarters(waits: Iterable[Wait], start: datetime, until: datetime, aim: Aim = Aim()) -> list[Quarter]:
    """Quarter-hours from `start` to the one that `until` falls into, empty ones too, by time of arrival."""
    steps = max(0, -(-(until - start) // QUARTER))
    sums = [Counts()] * steps
    for wait in waits:
        place = (wait.arrived - start) // QUARTER
        if 0 <= place < steps:
            sums[place] += _one(wait, aim)
    return [Quarter(start + place * QUARTER, counts) for place, counts in enumerate(sums)]


def peak_over_normal(day: Iterable[Quarter]) -> float | None:
    """KP7: speed of answer in the fullest quarter-hour over that of all the others; 1.5 is half as long again.

    None while there is nothing to compare with. A normal wait below a second counts as one second."""
    full = sorted((one for one in day if one.counts.answered), key=lambda one: (one.counts.offered, one.start))
    if len(full) < 2:
        return None
    usual = Counts()
    for one in full[:-1]:
        usual += one.counts
    peak, normal = speed_of_answer(full[-1].counts), speed_of_answer(usual)
    return None if peak is None or normal is None else peak / max(1.0, normal)


def _share(above: float, below: float) -> float | None:
    return above / below if below > 0 else None
