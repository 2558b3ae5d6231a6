"""Who works when: shifts of eight hours that cover what a day is foreseen to need, or exactly what it needs.

Calls and chats have teams of their own. Whoever is good at what (`SKILLS`) is dealt out in turn, so that a roster of
the same size is the same roster every time; everybody knows a little of everything.
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Final

from huiyin.domain.insight.staffing import Load, erlang_a
from huiyin.domain.routing.capacity import Capacity
from huiyin.sim.contacts import DAY_S, QUARTER_S, Person
from huiyin.sim.profiles import CHATS_AT_ONCE, PATIENCE_S, Profile, loads

SHIFT_S: Final = 8 * 3600.0
CONNECTED: Final = 0.90  # KP1
MEAN_WAIT_S: Final = 30.0
TEAMS: Final = {
    "call": Capacity(chats=0, calls=1, cases=0),
    "chat": Capacity(chats=CHATS_AT_ONCE, calls=0, cases=0),
}
SKILLS: Final = (
    {"recharge": 3, "account": 1},
    {"recharge": 1, "account": 3},
    {"recharge": 2, "account": 1},
    {"recharge": 3, "account": 3},
    {"recharge": 2, "account": 1},
)
Span = tuple[float, float]
Roster = dict[str, list[tuple[Span, ...]]]  # per team: when each of its people is there
Need = Callable[[str, Load], int]


def in_shifts(profile: Profile, scale: float, need: Need) -> Roster:
    """Shifts of eight hours, so that every quarter-hour of this day has at least as many people as it needs."""
    return {team: [_shift(begins) for begins in _covering(_needed(profile, scale, need, team))] for team in TEAMS}


def exactly(profile: Profile, scale: float, need: Need) -> Roster:
    """As many people in every quarter-hour as it needs, and not one more: what a formula speaks of."""
    found: Roster = {}
    for team in TEAMS:
        needed = _needed(profile, scale, need, team)
        found[team] = [_spans(needed, person) for person in range(1, max(needed) + 1)]
    return found


@functools.cache
def by_kp1(team: str, load: Load) -> int:
    """The fewest for which Erlang A foresees that 90 % are connected after 30 s on average (KP1)."""
    people = max(1, math.floor(load.erlangs))
    while not _is_kp1(load, people, PATIENCE_S[team]):
        people += 1
    return people


def above_the_work(percent: float) -> Need:
    """So many percent more than would be busy all the time."""
    return lambda _, load: math.ceil(load.erlangs * (1 + percent / 100))


def with_more(roster: Roster, percent: float) -> Roster:
    """The same roster with so many percent more people in each team, spread over its shifts."""
    return {team: _stretched(people, round(len(people) * (1 + percent / 100))) for team, people in roster.items()}


def of_size(roster: Roster, people: int) -> Roster:
    """A roster of so many people in the proportions of this one."""
    calls = round(people * len(roster["call"]) / size(roster))
    return {"call": _stretched(roster["call"], calls), "chat": _stretched(roster["chat"], people - calls)}


def size(roster: Roster) -> int:
    """How many people it names."""
    return sum(map(len, roster.values()))


def people_of(roster: Roster) -> list[Person]:
    """The people of this roster."""
    every = [(team, spans) for team in sorted(roster) for spans in roster[team]]
    return [
        Person(number, dict(SKILLS[number % len(SKILLS)]), TEAMS[team], spans)
        for number, (team, spans) in enumerate(every, start=1)
    ]


def _needed(profile: Profile, scale: float, need: Need, team: str) -> list[int]:
    quarters = range(int(DAY_S // QUARTER_S))
    return [need(team, loads(profile, quarter * QUARTER_S, scale)[team]) for quarter in quarters]


def _is_kp1(load: Load, people: int, patience_s: float) -> bool:
    steady = erlang_a(load, people, patience_s, MEAN_WAIT_S)
    return 1 - steady.p_abandon >= CONNECTED and steady.asa_s <= MEAN_WAIT_S


def _covering(needed: Sequence[int]) -> list[float]:
    """Greedy: whoever is missing in a quarter-hour begins with it. A shift over midnight helps at both ends."""
    here = [0] * len(needed)
    starts: list[float] = []
    for quarter, need in enumerate(needed):
        for _ in range(need - here[quarter]):
            starts.append(quarter * QUARTER_S)
            for covered in range(int(SHIFT_S // QUARTER_S)):
                here[(quarter + covered) % len(needed)] += 1
    return starts


def _shift(begins: float) -> tuple[Span, ...]:
    ends = begins + SHIFT_S
    if ends <= DAY_S:
        return ((begins, ends),)
    return ((0.0, ends - DAY_S), (begins, DAY_S))


def _spans(needed: Sequence[int], person: int) -> tuple[Span, ...]:
    """When at least so many are needed."""
    spans: list[Span] = []
    for quarter, need in enumerate(needed):
        begins, ends = quarter * QUARTER_S, (quarter + 1) * QUARTER_S
        if need < person:
            continue
        if spans and spans[-1][1] == begins:
            begins = spans.pop()[0]
        spans.append((begins, ends))
    return tuple(spans)


def _stretched(people: Sequence[tuple[Span, ...]], count: int) -> list[tuple[Span, ...]]:
    """So many out of these, evenly: some twice when there are more, some left out when there are fewer."""
    return [people[number * len(people) // count] for number in range(count)] if people else []
