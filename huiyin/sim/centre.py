"""The simulated centre: contacts come, wait in the pool of the live router, are answered or give up.

At one instant first everything happens (somebody comes, somebody has finished), then the pool gives out, then patience
ends: who is answered at the very last second is answered. So a file and a policy give the same day every time.
"""

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import simpy
from simpy.events import EventPriority

from huiyin.domain.insight.staffing import SIDE_BY_SIDE
from huiyin.domain.routing.capacity import Busy, load, room
from huiyin.domain.routing.matching import Agent, Decision, Policy, Pool, Relax, Waiting
from huiyin.domain.routing.terms import TERMS
from huiyin.sim.contacts import Contact, Outcome, Person

_HAPPENS, _GIVEN_OUT, _GIVES_UP = 1, 2, 3  # the order within one instant
VIP: Final = {"vip": TERMS["diamond"]}  # what members of every tier are called together
RELAX: Final = (Relax(60.0, levels=1), Relax(120.0, anyone=True))  # as the shipped queues


@dataclass(frozen=True, slots=True)
class Rules:
    """How the centre works. A tier without a term of its own is promised what everybody is."""

    policy: Policy = Policy.DEADLINE
    terms: dict[str, int] = field(default_factory=lambda: {**TERMS, **VIP})
    relax: tuple[Relax, ...] = RELAX

    def term(self, tier: str) -> float:
        return self.terms.get(tier, self.terms["ordinary"])


@dataclass(frozen=True, slots=True)
class Day:
    """What happened. Seconds of people: with somebody in hand, and at work at all (overtime included)."""

    outcomes: list[Outcome]
    busy_s: float
    here_s: float


class Desk:
    """One person at work."""

    def __init__(self, person: Person, skills: Mapping[str, int]) -> None:
        self.person, self.skills = person, skills
        self.busy = Busy()
        self.is_here = False
        self.idle_since = self._since = 0.0
        self.busy_s = self.here_s = 0.0

    def pass_time(self, now: float) -> None:
        """Count the time since the last change; call it before each."""
        spent = max(0.0, now - self._since)
        self.busy_s += spent if self.in_hand else 0.0
        self.here_s += spent if self.in_hand or self.is_here else 0.0
        self._since = now

    @property
    def in_hand(self) -> int:
        return self.busy.chats + self.busy.calls

    def take(self, kind: str, count: int = 1) -> None:
        chats, calls = (count, 0) if kind == "chat" else (0, count)
        self.busy = Busy(self.busy.chats + chats, self.busy.calls + calls)

    def agent(self) -> Agent:
        places, carries = room(self.person.capacity, self.busy), load(self.person.capacity, self.busy)
        return Agent(self.person.id, self.skills, places, self.idle_since, carries)


class _Moment(simpy.Event):
    """A time in the future, with its place in the order of that instant."""

    def __init__(self, env: simpy.Environment, delay: float, order: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, EventPriority(order), max(delay, 0.0))


Steps = Generator[simpy.Event, Any, None]


class Centre:
    """One run. Contacts are known by their place in the list."""

    def __init__(self, contacts: Sequence[Contact], people: Iterable[Person], rules: Rules) -> None:
        self._outcomes = [Outcome(contact) for contact in contacts]
        self._rules = rules
        self._pool = Pool(rules.policy)
        self._env = simpy.Environment(initial_time=contacts[0].arrived_s if contacts else 0.0)
        every = {skill: level for contact in contacts for skill, level in contact.needs}
        self._desks = {person.id: Desk(person, every if person.skills is None else person.skills) for person in people}
        self._settles_at = self._opens_at = -math.inf
        self._last = self._env.now  # when something happened to a contact

    def run(self) -> Day:
        """Until nobody comes, waits or talks any more. Contacts are given by time."""
        for number in range(len(self._outcomes)):
            self._env.process(self._contact(number))
        for desk in self._desks.values():
            for span in desk.person.spans:
                self._env.process(self._shift(desk, *span))
        self._env.run()
        for desk in self._desks.values():
            desk.pass_time(self._last)
        here = sum(desk.here_s for desk in self._desks.values())
        return Day(self._outcomes, sum(desk.busy_s for desk in self._desks.values()), here)

    def _contact(self, number: int) -> Steps:
        outcome = self._outcomes[number]
        contact = outcome.contact
        yield self._in(contact.arrived_s - self._env.now)
        self._last = self._env.now
        self._pool.put(self._waiting(number, contact))
        self._settle_soon()
        if contact.patience_s < math.inf:
            yield self._in(contact.patience_s, _GIVES_UP)
            if number in self._pool:
                self._pool.drop(number)
                outcome.left_s = self._last = self._env.now

    def _waiting(self, number: int, contact: Contact) -> Waiting:
        due = contact.arrived_s + self._rules.term(contact.tier)
        relax = self._rules.relax if self._rules.policy is Policy.DEADLINE else ()
        return Waiting(number, contact.kind, "", contact.arrived_s, due, contact.needs, contact.tier, relax=relax)

    def _shift(self, desk: Desk, begins: float, ends: float) -> Steps:
        yield self._in(begins - self._env.now)
        if ends <= self._env.now:
            return
        desk.pass_time(self._env.now)
        desk.is_here, desk.idle_since = True, self._env.now
        self._seat(desk)
        if ends < math.inf:
            yield self._in(ends - self._env.now)
            desk.pass_time(self._env.now)
            desk.is_here = False
            self._pool.unseat(desk.person.id)
            self._settle_soon()

    def _answer(self, number: int, desk: Desk) -> Steps:
        contact = self._outcomes[number].contact
        yield self._in(contact.handle_s * _slower(desk.busy.chats))
        desk.pass_time(self._env.now)
        desk.take(contact.kind, -1)
        desk.idle_since = self._last = self._env.now
        if desk.is_here:
            self._seat(desk)

    def _seat(self, desk: Desk) -> None:
        self._pool.seat(desk.agent())
        self._settle_soon()

    def _settle_soon(self) -> None:
        """Give out once at this instant, after everything has happened."""
        now = self._env.now
        if self._settles_at < now:
            self._settles_at = now
            self._in(0.0, _GIVEN_OUT).callbacks.append(lambda _: self._settle(now))

    def _settle(self, now: float) -> None:
        while given := self._pool.matches(now):
            for decision in given:
                self._take(decision)
        opens_at = self._pool.next_change()
        if opens_at < math.inf and opens_at != self._opens_at:
            self._opens_at = opens_at
            self._in(opens_at - now, _GIVEN_OUT).callbacks.append(lambda _: self._settle(opens_at))

    def _take(self, decision: Decision) -> None:
        assert decision.item is not None and decision.agent is not None
        outcome, desk = self._outcomes[decision.item], self._desks[decision.agent]
        outcome.answered_s = self._env.now
        desk.pass_time(self._env.now)
        desk.take(outcome.contact.kind)
        self._pool.seat(desk.agent())
        self._env.process(self._answer(decision.item, desk))

    def _in(self, seconds: float, order: int = _HAPPENS) -> simpy.Event:
        return _Moment(self._env, seconds, order)


def _slower(chats: int) -> float:
    """How much longer a chat takes beside others; a call is alone."""
    at_once = min(max(chats, 1), len(SIDE_BY_SIDE))
    return at_once / SIDE_BY_SIDE[at_once - 1]
