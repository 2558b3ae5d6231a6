"""A simulated day as figures.

Every share says of what: `connection_rate` and `service_level_20s` are of all offered, the strictest way to count;
`asa_s` and the percentiles (nearest rank) are of those who were answered; `kept_waiting_180s` are those of all who
waited longer, whatever came of it. A contact counts in the quarter-hour in which it came. The worst quarter-hour is the
one in which most people were not answered within 20 s. What is a share of nothing, or the mean of nothing, is None.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from huiyin.sim.centre import Day
from huiyin.sim.contacts import QUARTER_S, Outcome

SOON_S: Final = 20.0
VIP_S: Final = 180.0  # KP4
_DIGITS: Final = 6
Name = TypeVar("Name", str, int)


def figures(day: Day) -> dict[str, Any]:
    """Everything about a day, ready for JSON."""
    per_tier = _grouped(day.outcomes, lambda outcome: outcome.contact.tier)
    per_kind = _grouped(day.outcomes, lambda outcome: outcome.contact.kind)
    return {
        **of(day.outcomes),
        "occupancy": _share(day.busy_s, day.here_s),
        "worst_quarter_hour": _worst(quarters(day.outcomes)),
        "per_tier": {tier: of(outcomes) for tier, outcomes in sorted(per_tier.items())},
        "per_kind": {kind: of(outcomes) for kind, outcomes in sorted(per_kind.items())},
    }


def of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of some contacts."""
    waits = sorted(outcome.waited_s for outcome in outcomes if outcome.answered_s is not None)
    left = sum(outcome.left_s is not None for outcome in outcomes)
    offered, answered = len(outcomes), len(waits)
    return {
        "offered": offered,
        "answered": answered,
        "abandoned": left,
        "unanswered": offered - answered - left,
        "connection_rate": _share(answered, offered),
        "asa_s": _share(math.fsum(waits), answered),
        "service_level_20s": _share(_within(waits, SOON_S), offered),
        "within_180s": _share(_within(waits, VIP_S), offered),
        "kept_waiting_180s": _share(sum(outcome.waited_s > VIP_S for outcome in outcomes), offered),
        "p50_wait_s": _rank(waits, 50),
        "p90_wait_s": _rank(waits, 90),
        "p99_wait_s": _rank(waits, 99),
        "max_wait_s": _rank(waits, 100),
    }


def quarters(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The figures of each quarter-hour in which somebody came, by time."""
    grouped = _grouped(outcomes, lambda outcome: int(outcome.contact.arrived_s // QUARTER_S))
    return [{"start_s": number * QUARTER_S, **of(grouped[number])} for number in sorted(grouped)]


def _worst(found: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    return max(found, key=lambda quarter: (_not_soon(quarter), -quarter["start_s"]), default=None)


def _not_soon(quarter: dict[str, Any]) -> float:
    return round(float(quarter["offered"] * (1 - quarter["service_level_20s"])), 3)


def _grouped(outcomes: Iterable[Outcome], name: Callable[[Outcome], Name]) -> dict[Name, list[Outcome]]:
    found: defaultdict[Name, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[name(outcome)].append(outcome)
    return found


def _within(waits: Iterable[float], seconds: float) -> int:
    return sum(waited <= seconds for waited in waits)


def _rank(waits: Sequence[float], percent: int) -> float | None:
    return round(waits[math.ceil(len(waits) * percent / 100) - 1], _DIGITS) if waits else None


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, _DIGITS) if whole else None
