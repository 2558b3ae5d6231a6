"""The pool: everything that waits and everybody on duty, and the two questions about them.

An agent becomes free: which item? Of all they may take, the one whose promise is due first. Ageing is built in: whoever
arrives later than my promise minus the shortest promise there is, is due after me. An item arrives: which agent? The
one it prefers; else the least busy, then whom it fits best, then who has been idle longest.

A decision takes both out of the pool; `put` and `seat` bring them back with what is true then. Nothing here knows
tables, the clock or chance: the router, the simulator and the staffing planner run the same code.
"""

import heapq
import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator

from huiyin.domain.routing import capacity
from huiyin.domain.routing.matching import explaining
from huiyin.domain.routing.matching.clearing import Clearing
from huiyin.domain.routing.matching.crew import Crew, Seat
from huiyin.domain.routing.matching.lines import Board, Entry, Plan, Search
from huiyin.domain.routing.matching.orders import ORDERS
from huiyin.domain.routing.matching.reasons import Code, Reason
from huiyin.domain.routing.matching.relaxing import stages
from huiyin.domain.routing.matching.values import Agent, Decision, Key, Needs, Policy, Relax, Waiting

SHORTEST_S = 15.0  # the shortest promise there is; nothing is kept for anybody longer than its own promise minus this


class Pool:
    """What waits and who is on duty. Seat everybody on duty, also the busy: items are kept for people who are there."""

    def __init__(self, policy: Policy = Policy.DEADLINE, shortest_s: float = SHORTEST_S) -> None:
        self._order = ORDERS[policy]
        self._shortest = shortest_s
        self.crew = Crew(policy)
        self.entries: dict[int, Entry] = {}
        self._boards: defaultdict[str, Board] = defaultdict(Board)
        self._own: defaultdict[int, list[Key]] = defaultdict(list)  # by the agent they prefer
        self._plans: dict[tuple[Needs, tuple[Relax, ...]], Plan] = {}
        self._timers: list[tuple[float, int]] = []
        self._now = -math.inf
        self._clearing = Clearing()
        self._new: set[int] = set()  # items that somebody else than before may take
        self._freed: set[int] = set()  # agents who may be asked again

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, item_id: int) -> bool:
        return item_id in self.entries

    # --- what changes ----------------------------------------------------------------------------------------------

    def put(self, item: Waiting) -> None:
        """This waits, or waits otherwise than before."""
        known = self.entries.get(item.id)
        if known is not None and known.item == item:
            return
        self.drop(item.id)
        entry = self.entries[item.id] = Entry(item, self._order(item), self._plan(item))
        self._new.add(item.id)
        if item.prefers is not None:
            insort(self._own[item.prefers], entry.key)
        self._age(entry)
        self._step_in(entry)
        self._set_timer(entry)

    def drop(self, item_id: int) -> None:
        """This waits no more. Nothing happens to what is not there."""
        entry = self.entries.pop(item_id, None)
        self._new.discard(item_id)
        if entry is None:
            return
        self._step_out(entry)
        spared = self._clearing.gone(item_id)
        if spared is not None:
            self._freed.add(spared)
        if entry.item.prefers is not None:
            own = self._own[entry.item.prefers]
            del own[bisect_left(own, entry.key)]

    def seat(self, agent: Agent) -> None:
        """On duty, or otherwise than before; may be asked (again)."""
        known = self.crew.seats.get(agent.id)
        if known is not None and not known.is_asked and known.agent == agent:
            return
        self._clear(self.crew.sit(agent))
        self._freed.add(agent.id)
        if known is None or known.agent.room.keys() != agent.room.keys():
            self._renew_own(agent.id)

    def unseat(self, agent_id: int) -> None:
        """Off duty: what was kept for them is open to all. Nothing happens to somebody who is not there."""
        self.crew.leave(agent_id)
        self._freed.discard(agent_id)
        self._clearing.stop(agent_id)
        self._renew_own(agent_id)

    # --- the two questions -----------------------------------------------------------------------------------------

    def for_agent(self, agent_id: int, now: float) -> Decision:
        """An agent is free: the item whose promise is due first of all they may take, or none."""
        self._advance(now)
        self._freed.discard(agent_id)
        seat = self.crew.seats.get(agent_id)
        if seat is None or seat.is_asked:
            return Decision(None, agent_id, (Reason(Code.NOT_ASKED),))
        search = self._search(seat)
        if search.best is None:
            return Decision(None, agent_id, (self._why_nothing(seat),))
        entry = self.entries[search.best[2]]
        why = explaining.why_item(entry, seat, search.skipped, self._now)
        return self._give(entry, seat, why)

    def for_item(self, item_id: int, now: float) -> Decision:
        """An item waits: the free agent who should have it, or none. Never one who would take something else first."""
        self._advance(now)
        self._new.discard(item_id)
        entry = self.entries.get(item_id)
        if entry is None:
            return Decision(item_id, None, (Reason(Code.NOT_WAITING),))
        seat = self._preferred(entry)
        if seat is not None and self._search(seat).best == entry.key:
            return self._give(entry, seat, (Reason(Code.PREFERRED), *explaining.how_long(entry, self._now)))
        if entry.is_kept:
            return Decision(item_id, None, (explaining.kept(entry, self._kept_until(entry.item), self._now),))
        behind: Reason | None = None
        for found in self.crew.free_for(entry.numbers, entry.item.kind):
            best = self._search(found.seat).best
            if best == entry.key:
                return self._give(entry, found.seat, explaining.why_agent(entry, found, self._now))
            if best is not None and best < entry.key:
                behind = behind or Reason(Code.BEHIND, {"item": best[2], "agent": found.seat.agent.id})
        if behind is not None:
            self._new.add(item_id)  # `matches` asks again, after the other one is given out
        return Decision(item_id, None, (behind or explaining.why_nobody(self.crew, entry),))

    def matches(self, now: float) -> list[Decision]:
        """All that can be given out after whatever has changed since the last call: the router's one question."""
        self._advance(now)
        given: list[Decision] = []
        for item_id in sorted(self._new, key=lambda one: self.entries[one].key):
            given += self._after_others(item_id, now)
        for agent_id in sorted(self._freed, key=lambda one: self.crew.seats[one].turn):
            given.append(self.for_agent(agent_id, now))
        return [decision for decision in given if decision.item is not None and decision.agent is not None]

    def next_change(self) -> float:
        """When time alone opens an item to others; infinity if never. Ask `matches` then."""
        return self._timers[0][0] if self._timers else math.inf

    # --- questions that change nothing ------------------------------------------------------------------------------

    def position(self, item_id: int, now: float = -math.inf) -> int:
        """At most so many of its kind, itself included, are taken by those who may take it until it is its turn."""
        self._advance(now)
        return explaining.position(self.entries, self.crew, self.entries[item_id])

    def explain(self, item_id: int, now: float) -> tuple[Reason, ...]:
        """Why an item still waits."""
        self._advance(now)
        entry = self.entries.get(item_id)
        if entry is None:
            return (Reason(Code.NOT_WAITING),)
        kept = (explaining.kept(entry, self._kept_until(entry.item), now),) if entry.is_kept else ()
        return (*kept, *explaining.why_waiting(self.entries, self.crew, entry, now))

    # --- within -----------------------------------------------------------------------------------------------------

    def _after_others(self, item_id: int, now: float) -> Iterator[Decision]:
        """What whoever is free takes before this item, then the item."""
        while (last := self.for_item(item_id, now)).why[0].code is Code.BEHIND:
            yield self.for_agent(int(last.why[0].numbers["agent"]), now)
        yield last

    def _search(self, seat: Seat) -> Search:
        agent = seat.agent.id
        room = capacity.cleared(seat.agent.room) if agent in self._clearing else seat.agent.room
        search = Search(agent, self.entries)
        for kind, places in room.items():
            if places > 0 and kind in self._boards:
                self._boards[kind].search(search, seat.profile.fits)
        own = self._own.get(agent)
        if own:
            search.line([key for key in own if room.get(self.entries[key[2]].item.kind, 0) > 0])
        return search

    def _why_nothing(self, seat: Seat) -> Reason:
        call = self._clearing.item_of(seat.agent.id)
        return (
            explaining.why_nothing(seat, len(self.entries)) if call is None else Reason(Code.CLEARING, {"item": call})
        )

    def _clear(self, seat: Seat) -> None:
        """Is there a call, overdue and first of all, for which they must clear their desk of chats?"""
        agent = seat.agent
        self._clearing.stop(agent.id)
        for kind in capacity.crowded_out(agent.room):
            search = Search(agent.id, self.entries, self._clearing.items)
            self._boards[kind].search(search, seat.profile.fits)
            call, other = search.best, self._search(seat).best
            if call is None or (other is not None and other < call):
                continue
            if self.entries[call[2]].item.due <= self._now:
                self._clearing.start(agent.id, call[2])
                return

    def _preferred(self, entry: Entry) -> Seat | None:
        """Whom it prefers, if they have room now."""
        item = entry.item
        seat = self.crew.seats.get(item.prefers) if item.prefers is not None else None
        if seat is None or seat.is_asked or item.prefers in item.barred:
            return None
        return seat if seat.agent.room.get(item.kind, 0) > 0 else None

    def _give(self, entry: Entry, seat: Seat, why: tuple[Reason, ...]) -> Decision:
        self.drop(entry.item.id)
        self.crew.ask(seat)
        self._freed.discard(seat.agent.id)
        return Decision(entry.item.id, seat.agent.id, why)

    def _kept_until(self, item: Waiting) -> float:
        """Until when it is kept for whom it prefers: they must be on duty, and nobody may overtake it meanwhile."""
        seat = self.crew.seats.get(item.prefers) if item.prefers is not None else None
        if seat is None or item.prefers in item.barred or item.kind not in seat.agent.room:
            return -math.inf
        return min(item.sticky_until, item.due - self._shortest)

    def _advance(self, now: float) -> None:
        """Let time pass; it never runs backwards."""
        self._now = max(self._now, now)
        while self._timers and self._timers[0][0] <= self._now:
            at, item_id = heapq.heappop(self._timers)
            entry = self.entries.get(item_id)
            if entry is not None and entry.wakes_at == at:
                self._renew(entry)

    def _set_timer(self, entry: Entry) -> None:
        wakes_at = min(entry.opens_at(), self._kept_until(entry.item) if entry.is_kept else math.inf)
        if wakes_at < math.inf and wakes_at != entry.wakes_at:
            heapq.heappush(self._timers, (wakes_at, entry.item.id))
        entry.wakes_at = wakes_at

    def _renew_own(self, agent_id: int) -> None:
        for key in self._own.get(agent_id, ()):
            self._renew(self.entries[key[2]])

    def _renew(self, entry: Entry) -> None:
        """Let it stand where it belongs now."""
        before = entry.stage, entry.is_kept
        self._step_out(entry)
        self._age(entry)
        self._step_in(entry)
        self._set_timer(entry)
        if (entry.stage, entry.is_kept) != before:
            self._new.add(entry.item.id)

    def _age(self, entry: Entry) -> None:
        while entry.opens_at() <= self._now:
            entry.stage += 1
        entry.is_kept = entry.item.prefers is not None and self._now < self._kept_until(entry.item)

    def _step_in(self, entry: Entry) -> None:
        if not entry.is_kept:
            for number in entry.numbers:
                self._boards[entry.item.kind].add(number, entry.key)

    def _step_out(self, entry: Entry) -> None:
        if not entry.is_kept:
            for number in entry.numbers:
                self._boards[entry.item.kind].remove(number, entry.key)

    def _plan(self, item: Waiting) -> Plan:
        wish = (item.needs, item.relax)
        plan = self._plans.get(wish)
        if plan is None:
            number = self.crew.number
            plan = tuple((after, tuple(map(number, open_to))) for after, open_to in stages(*wish))
            self._plans[wish] = plan
        return plan
