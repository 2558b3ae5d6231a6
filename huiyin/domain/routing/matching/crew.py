"""Who is on duty. Agents with the same skills are one profile: what a profile may serve is worked out once."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from huiyin.domain.routing.matching.values import Agent, Needs, Policy

Fit = tuple[int, int]  # levels above what is needed; levels in other skills. Experts are kept for what needs them
Turn = tuple[float, float, int]  # load, idle since, id: who of one profile is asked first


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
    on_duty: int = 0


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

    order: tuple[float, int, int, float, int]
    seat: Seat


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

    def sit(self, agent: Agent) -> None:
        """On duty, or changed. May be asked (again)."""
        self.leave(agent.id)
        profile = self._profile(agent)
        turn = (agent.load if self._by_load else 0.0, agent.idle_since, agent.id)
        self.seats[agent.id] = Seat(agent, profile, turn)
        profile.on_duty += 1
        for kind, places in agent.room.items():
            if places > 0:
                insort(profile.free.setdefault(kind, []), turn)

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
            seat.profile.on_duty -= 1

    def able(self, numbers: Iterable[int]) -> set[int]:
        """The ids of the profiles on duty that cover one of these needs (ids of objects, for sets)."""
        return {id(profile) for number in numbers for profile in self._able[number] if profile.on_duty}

    def free_for(self, numbers: Iterable[int], kind: str, barred: frozenset[int]) -> list[Found]:
        """The best free agent of every profile that may take this kind, in the order in which they are asked."""
        return sorted(self._free_for(numbers, kind, barred), key=lambda found: found.order)

    def _free_for(self, numbers: Iterable[int], kind: str, barred: frozenset[int]) -> Iterator[Found]:
        for number in numbers:
            for profile in self._able[number]:
                turns = profile.free.get(kind)
                turn = next((turn for turn in turns if turn[2] not in barred), None) if turns else None
                if turn is not None:
                    over, beyond = profile.fits[number] if self._by_load else (0, 0)
                    yield Found((turn[0], over, beyond, turn[1], turn[2]), self.seats[turn[2]])

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
