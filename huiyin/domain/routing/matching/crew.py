"""Who is on duty. Agents with the same skills are one profile: what a profile may serve is worked out once."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heapreplace

from huiyin.domain.routing.matching.values import Agent, Needs, Policy

Fit = tuple[int, int]  # levels above what is needed; levels in other skills. Experts are kept for what needs them
Order = tuple[float, int, int, float, int]  # load, both of fit, idle since, id: whom we ask first for an item
Turn = tuple[float, float, int]  # load, idle since, id: whom of one profile we ask first


def fit(skills: Iterable[tuple[str, int]], needs: Needs) -> Fit | None:
    """How well these skills fit, or None if one is missing or too low."""
    has = dict(skills)
    if any(has.get(skill, 0) < level for skill, level in needs):
        return None
    over = sum(has[skill] - level for skill, level in needs)
    return over, sum(has.values()) - sum(has[skill] for skill, _ in needs)


@dataclass(slots=True, eq=False)
class Profile:
    """Agents with the same skills."""

    skills: Needs
    fits: dict[int, Fit] = field(default_factory=dict)  # numbers of the needs it covers
    free: dict[str, list[Turn]] = field(default_factory=dict)  # who has room, per kind
    takes: dict[str, int] = field(default_factory=dict)  # how many on duty take this kind, now or later


@dataclass(slots=True, eq=False)
class Seat:
    """One agent on duty. While an offer rings (`is_asked`) no second one does."""

    agent: Agent
    profile: Profile
    turn: Turn
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A free agent for an item."""

    order: Order
    seat: Seat


@dataclass(slots=True, eq=False)
class Line:
    """The free agents of one profile, while one after the other is considered for an item."""

    turns: Sequence[Turn]
    fit: Fit
    asked: int = 0

    def order(self, place: int) -> Order:
        load, idle_since, agent = self.turns[place]
        return load, *self.fit, idle_since, agent


class Crew:
    """Everybody on duty, by profile."""

    def __init__(self, policy: Policy) -> None:
        self._by_load = policy is Policy.DEADLINE
        self.seats: dict[int, Seat] = {}
        self._profiles: dict[Needs, Profile] = {}
        self._numbers: dict[Needs, int] = {}
        self._able: list[list[Profile]] = []  # by number of needs

    def number(self, needs: Needs) -> int:
        """The number under which these needs are known; new ones are measured against every profile once."""
        known = self._numbers.get(needs)
        if known is not None:
            return known
        number = self._numbers[needs] = len(self._able)
        self._able.append([])
        for profile in self._profiles.values():
            self._measure(profile, number, needs)
        return number

    def sit(self, agent: Agent) -> Seat:
        """On duty, or changed. May be asked (again)."""
        self.leave(agent.id)
        profile = self._profile(agent)
        turn = (agent.load if self._by_load else 0.0, agent.idle_since, agent.id)
        seat = self.seats[agent.id] = Seat(agent, profile, turn)
        for kind, places in agent.room.items():
            profile.takes[kind] = profile.takes.get(kind, 0) + 1
            if places > 0:
                insort(profile.free.setdefault(kind, []), turn)
        return seat

    def ask(self, seat: Seat) -> None:
        """An offer rings: until `sit` says otherwise no other is made."""
        if not seat.is_asked:
            seat.is_asked = True
            for kind, places in seat.agent.room.items():
                if places > 0:
                    turns = seat.profile.free[kind]
                    del turns[bisect_left(turns, seat.turn)]

    def leave(self, agent_id: int) -> None:
        """Off duty. Nothing happens to somebody who is not there."""
        seat = self.seats.pop(agent_id, None)
        if seat is not None:
            self.ask(seat)
            for kind in seat.agent.room:
                seat.profile.takes[kind] -= 1

    def able(self, numbers: Iterable[int], kind: str) -> list[Profile]:
        """Profiles that cover one of these needs and have somebody on duty who takes this kind."""
        able = dict.fromkeys(profile for number in numbers for profile in self._able[number])
        return [profile for profile in able if profile.takes.get(kind)]

    def free_for(self, numbers: Iterable[int], kind: str) -> Iterator[Found]:
        """Everybody free who may take this kind, in the order in which they are asked; found as far as is asked for."""
        heap: list[tuple[Order, int, Line]] = []
        for number in numbers:
            for profile in self._able[number]:
                line = Line(profile.free.get(kind, ()), profile.fits[number] if self._by_load else (0, 0))
                if line.turns:
                    heap.append((line.order(0), len(heap), line))
        heapify(heap)
        while heap:
            order, place, line = heap[0]
            yield Found(order, self.seats[order[4]])
            line.asked += 1
            if line.asked < len(line.turns):
                heapreplace(heap, (line.order(line.asked), place, line))
            else:
                heappop(heap)

    def _profile(self, agent: Agent) -> Profile:
        skills = tuple(sorted(agent.skills.items()))
        known = self._profiles.get(skills)
        if known is not None:
            return known
        profile = self._profiles[skills] = Profile(skills)
        for needs, number in self._numbers.items():
            self._measure(profile, number, needs)
        return profile

    def _measure(self, profile: Profile, number: int, needs: Needs) -> None:
        fits = fit(profile.skills, needs)
        if fits is not None:
            profile.fits[number] = fits
            self._able[number].append(profile)
