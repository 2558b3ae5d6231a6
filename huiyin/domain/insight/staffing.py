"""How many people it takes: the two formulas of the trade, before a simulated day says it better.

Erlang C assumes that nobody ever gives up, so it is the careful answer; Erlang A lets people leave when their patience
ends, so it is the likely one, and somewhat hopeful. Both assume one kind of contact, identical people and arrivals at
random at a constant rate; for skills, shifts and a day with a peak there is `huiyin simulate`.

Formulas: Mandelbaum and Zeltyn, *The Palm/Erlang-A Queue*. Written with recursions and logarithms: factorials overflow.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# What several chats side by side are worth: people are slower with three than with one, but not three times.
SIDE_BY_SIDE: Final = (1.0, 1.7, 2.5, 2.9, 3.5)
_STEPS: Final = 400  # of Simpson's rule; even
_TINY: Final = 1e-14
_LONG: Final = 40.0  # e-foldings after which a tail is nothing


@dataclass(frozen=True, slots=True)
class Load:
    """So many contacts in an interval, each taking so long. Seconds."""

    contacts: float
    interval_s: float
    handle_s: float

    def __post_init__(self) -> None:
        if min(self.contacts, self.handle_s) < 0 or self.interval_s <= 0:
            raise ValueError("a load is not negative, and its interval is longer than nothing")

    @property
    def rate(self) -> float:
        """Contacts a second."""
        return self.contacts / self.interval_s

    @property
    def erlangs(self) -> float:
        """How many people would be busy all the time."""
        return self.rate * self.handle_s


@dataclass(frozen=True, slots=True)
class Steady:
    """What to expect of one number of people. Shares are 0 to 1; `inf` seconds: the queue grows without end."""

    p_wait: float
    service_level: float  # answered within the target, of all offered
    asa_s: float  # mean wait of those who are answered
    occupancy: float
    p_abandon: float = 0.0
    service_level_less_early: float = 0.0  # of offered without those who left within the target
    mean_wait_s: float = 0.0  # of all, also of those who left


def erlang_c(load: Load, people: int, within_s: float) -> Steady:
    """Nobody gives up (M/M/N). With as much work as people, or more, nothing is ever answered in time."""
    a = load.erlangs
    if a == 0:
        return Steady(0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    if people <= a:
        return Steady(1.0, 0.0, math.inf, 1.0, 0.0, 0.0, math.inf)
    blocked = erlang_b(a, people)
    p_wait = people * blocked / (people - a * (1 - blocked))
    level = 1 - p_wait * math.exp(-(people - a) * within_s / load.handle_s)
    asa = p_wait * load.handle_s / (people - a)
    return Steady(p_wait, level, asa, a / people, 0.0, level, asa)


def erlang_b(erlangs: float, people: int) -> float:
    """The share that finds everybody busy when nobody waits (M/M/N/N)."""
    blocked = 1.0
    for count in range(1, people + 1):
        blocked = erlangs * blocked / (count + erlangs * blocked)
    return blocked


def people_for(load: Load, level: float, within_s: float) -> int:
    """The fewest people who answer this share (below 1) within so many seconds, by Erlang C. Nobody for no contacts."""
    if not 0 <= level < 1:
        raise ValueError("the share to reach lies between 0 and 1, 1 left out")
    people = math.floor(load.erlangs) + 1 if load.contacts else 0
    while people and erlang_c(load, people, within_s).service_level < level:
        people += 1
    return people


def side_by_side(handle_s: float, chats: int) -> float:
    """Seconds of one person's time that a chat takes when so many (1 to 5) are held at once."""
    return handle_s / SIDE_BY_SIDE[chats - 1]


def erlang_a(load: Load, people: int, patience_s: float, within_s: float) -> Steady:
    """People give up after a patience of this mean, in seconds, exponentially spread (M/M/N+M). Always steady."""
    if load.erlangs == 0:
        return Steady(0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    if patience_s == math.inf:
        return erlang_c(load, people, within_s)
    if people == 0 or patience_s <= 0:
        return _nobody_waits(load, people)
    return _Palm(load, people, patience_s).steady(within_s)


def _nobody_waits(load: Load, people: int) -> Steady:
    """Whoever finds everybody busy leaves at once, or nobody is there to answer."""
    lost = erlang_b(load.erlangs, people)
    served = 1 - lost
    occupancy = load.erlangs * served / people if people else 0.0
    return Steady(lost, served, 0.0, occupancy, lost, 1.0 if people else 0.0)


class _Palm:
    """The Erlang A queue in its steady state: how likely so many are waiting, how long a patient person would wait."""

    def __init__(self, load: Load, people: int, patience_s: float) -> None:
        self._load, self._people, self._theta = load, people, 1 / patience_s
        # Of the states from `people` busy on, relative to that state; those below add up to 1/B.
        queue = self._queue()
        top = max(queue)
        waiting = sum(math.exp(log - top) for log in queue)
        below = math.exp(-math.log(erlang_b(load.erlangs, people)) - top) - math.exp(-top)
        self._log_full = -top - math.log(below + waiting)
        self._p_wait = waiting / (below + waiting)
        self._in_queue = sum(count * math.exp(log - top) for count, log in enumerate(queue)) / (below + waiting)

    def steady(self, within_s: float) -> Steady:
        load = self._load
        p_abandon = self._theta * self._in_queue / load.rate
        answered = 1 - p_abandon
        soon = 1 - self._p_wait + self._integral(lambda x: math.exp(-self._theta * x), within_s)
        left_soon = self._left_within(within_s)
        asa = self._integral(lambda x: x * math.exp(-self._theta * x), self._end()) / answered
        return Steady(
            self._p_wait,
            soon,
            asa,
            load.erlangs * answered / self._people,
            p_abandon,
            soon / (1 - left_soon),
            self._in_queue / load.rate,
        )

    def _queue(self) -> list[float]:
        """Logarithms of the chances that 0, 1, 2 … wait, relative to that of 0."""
        log, logs, top = 0.0, [0.0], 0.0
        full = self._people / self._load.handle_s
        while log > top + math.log(_TINY):
            log += math.log(self._load.rate / (full + len(logs) * self._theta))
            logs.append(log)
            top = max(top, log)
        return logs

    def _density(self, x: float) -> float:
        """Of the wait that a patient person would have, for x > 0 seconds."""
        load, theta = self._load, self._theta
        log_one_free = self._log_full + math.log(self._people / load.erlangs)
        shape = -self._people / load.handle_s * x + load.rate / theta * -math.expm1(-theta * x)
        return load.rate * math.exp(log_one_free + shape)

    def _left_within(self, seconds: float) -> float:
        """The share that gives up within so many seconds."""
        waits_longer = self._p_wait - self._integral(lambda _: 1.0, seconds)
        gives_up = self._integral(lambda x: -math.expm1(-self._theta * x), seconds)
        return gives_up - waits_longer * math.expm1(-self._theta * seconds)

    def _end(self) -> float:
        """Where the waits of those who are answered have all but ended."""
        drift = self._people / self._load.handle_s - self._load.rate
        spare = _LONG / drift if drift > 0 else math.inf
        slope = self._people / self._load.handle_s + self._theta
        crowded = (2 * self._load.rate / self._theta + _LONG) / slope
        return min(spare, crowded)

    def _integral(self, weight: Callable[[float], float], until: float) -> float:
        """Of weight times density from 0 to `until` seconds, by Simpson's rule."""
        if until <= 0:
            return 0.0
        width = until / _STEPS
        inner = sum(
            (4 if step % 2 else 2) * weight(step * width) * self._density(step * width) for step in range(1, _STEPS)
        )
        ends = weight(0.0) * self._density(0.0) + weight(until) * self._density(until)
        return (ends + inner) * width / 3
