"""Days of a digital-goods platform: ordinary, double eleven, and one on which payments fail.

The figures are assumptions, set down here so that they can be argued with: evenings are busy, most contacts are about
recharges, seven in ten buyers are ordinary members, a call takes four minutes and a chat seven. Real arrivals come from
a file. The same seed gives the same day.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from huiyin.domain.insight.staffing import Load, side_by_side
from huiyin.domain.routing.matching import Needs
from huiyin.sim.contacts import DAY_S, QUARTER_S, Contact

# Relative weight of each hour of the day, 0 to 23.
_ORDINARY: Final = (
    0.9, 0.6, 0.4, 0.25, 0.2, 0.2, 0.3, 0.5, 0.8, 1.0, 1.1, 1.15, 1.3, 1.2, 1.1, 1.1, 1.15, 1.2, 1.3, 1.6, 1.8, 1.9,
    1.7, 1.25,
)  # fmt: skip
# The sale opens at midnight and again at eight in the evening.
_DOUBLE_ELEVEN: Final = (
    3.2, 1.6, 0.7, 0.3, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 1.2, 1.1, 1.1, 1.0, 0.9, 0.9, 0.9, 0.95, 1.0, 1.25, 1.9, 1.5,
    1.2, 1.3,
)  # fmt: skip
TIERS: Final = {"ordinary": 0.66, "silver": 0.19, "gold": 0.07, "diamond": 0.03, "elderly": 0.02, "urgent": 0.03}
NEEDS: Final[Mapping[str, float]] = {"recharge": 0.5, "account": 0.2, "": 0.3}
LEVEL: Final = 2  # as the shipped queues ask for
CALLS: Final = 0.4  # share of calls; the others are chats
CHATS_AT_ONCE: Final = 3
HANDLE_S: Final = {"call": 240.0, "chat": 420.0}
_HANDLE_SPREAD: Final = 0.7  # coefficient of variation
PATIENCE_S: Final = {"call": 150.0, "chat": 300.0}
_UNSTEADY: Final = 0.15  # how far a quarter-hour strays from its forecast
CONTACTS: Final = 2_400.0  # of an ordinary day


@dataclass(frozen=True, slots=True)
class Burst:
    """For a while this many times more contacts of one skill."""

    begins_s: float
    ends_s: float
    skill: str
    times: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of day: how much more than ordinary, at which hours, and what nobody had foreseen."""

    name: str
    times: float = 1.0
    hours: tuple[float, ...] = _ORDINARY
    bursts: tuple[Burst, ...] = field(default=())

    def rate(self, at_s: float, scale: float) -> float:
        """Contacts a second that are foreseen for this moment."""
        weight = self.hours[int(at_s % DAY_S // 3600)] / sum(self.hours)
        return CONTACTS * scale * self.times * weight / 3600


ORDINARY: Final = Profile("ordinary")
PROFILES: Final = {
    "ordinary": ORDINARY,
    "double_eleven": Profile("double_eleven", 3.0, _DOUBLE_ELEVEN),
    "outage": Profile("outage", bursts=(Burst(20 * 3600.0, 20.75 * 3600.0, "recharge", 8.0),)),
}


def contacts_of(profile: Profile, scale: float, seed: int) -> list[Contact]:
    """Everybody who comes on this day, by time."""
    chance = Random(f"{profile.name} {seed}")
    found: list[Contact] = []
    for quarter in range(int(DAY_S // QUARTER_S)):
        begins = quarter * QUARTER_S
        stray = chance.gammavariate(1 / _UNSTEADY**2, _UNSTEADY**2)
        found += _quarter(profile, begins, profile.rate(begins, scale) * stray, chance)
    return sorted(found, key=lambda contact: contact.arrived_s)


def loads(profile: Profile, at_s: float, scale: float) -> dict[str, Load]:
    """What one person after the other is kept busy with in the quarter-hour of this moment, per kind, as foreseen."""
    rate = profile.rate(at_s, scale) * QUARTER_S
    return {
        "call": Load(rate * CALLS, QUARTER_S, HANDLE_S["call"]),
        "chat": Load(rate * (1 - CALLS), QUARTER_S, side_by_side(HANDLE_S["chat"], CHATS_AT_ONCE)),
    }


def _quarter(profile: Profile, begins: float, rate: float, chance: Random) -> Iterator[Contact]:
    for at in _at_random(begins, rate, chance):
        yield _contact(at, _pick(NEEDS, chance), chance)
    for burst in profile.bursts:
        if burst.begins_s <= begins < burst.ends_s:
            for at in _at_random(begins, rate * NEEDS[burst.skill] * (burst.times - 1), chance):
                yield _contact(at, burst.skill, chance)


def _at_random(begins: float, rate: float, chance: Random) -> Iterator[float]:
    at = begins
    while rate > 0:
        at += chance.expovariate(rate)
        if at >= begins + QUARTER_S:
            return
        yield round(at, 3)


def _contact(at: float, skill: str, chance: Random) -> Contact:
    kind = "call" if chance.random() < CALLS else "chat"
    needs: Needs = ((skill, LEVEL),) if skill else ()
    patience = chance.expovariate(1 / PATIENCE_S[kind])
    return Contact(at, _handle_s(kind, chance), round(patience, 3), _pick(TIERS, chance), needs, kind)


def _handle_s(kind: str, chance: Random) -> float:
    """Log-normal, as handling times are: most are short, some are very long."""
    sigma = math.sqrt(math.log(1 + _HANDLE_SPREAD**2))
    return round(chance.lognormvariate(math.log(HANDLE_S[kind]) - sigma**2 / 2, sigma), 3)


def _pick(shares: Mapping[str, float], chance: Random) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]
