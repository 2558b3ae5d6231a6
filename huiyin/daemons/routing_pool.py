"""What the router knows, built from rows and kept up by what changed; and which offers follow from it.

Rows are the truth. The pool in memory only decides; `actions.offer` asks the rows again before anything happens. Tests
drive this step by step; `router.py` adds the loop, the clock and the ear.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from huiyin.daemons.pulse import beat
from huiyin.domain.routing import actions, waits
from huiyin.domain.routing.capacity import load
from huiyin.domain.routing.loads import Load, beside, load_of, load_rows
from huiyin.domain.routing.matching import Agent, Decision, Pool
from huiyin.domain.routing.models import Offer
from huiyin.domain.routing.queries import live_leases, next_over
from huiyin.domain.routing.skills import SENIOR
from huiyin.domain.routing.states import OfferState, Presence
from huiyin.domain.routing.tries import Tries

log = logging.getLogger("huiyin.router")
PREFIX = "router:"
TRIES = 3
STRIKES = 3  # so many items in a row that could not be offered to somebody are their fault, not the items'
AT_LEAST_S = 0.2  # between two looks at what is over
NOBODY: frozenset[int] = frozenset()


class RoutingPool:
    """The pool, and how it follows the rows."""

    def __init__(self) -> None:
        self.pool = Pool()
        self._items: dict[int, str] = {}  # what is in the pool, by the version of its row
        self._said_no: dict[int, frozenset[int]] = {}  # who is not asked for a moment
        self._urgent: set[int] = set()
        self._lines: dict[int, waits.Line | None] = {}
        self._agents: dict[int, Agent] = {}
        self._rows: dict[int, tuple[Any, ...]] = {}  # what their rows said when they were seated
        self._had_senior = False
        self._over_at = 0.0  # when the next offer or wrap-up is over; seconds since the epoch
        self._tries = Tries()
        self._strikes: defaultdict[int, set[int]] = defaultdict(set)  # person → items that failed with them

    def hear(self, topics: Iterable[str], now: datetime) -> None:
        """Read again what was nudged: `router:i7` is item 7, `router:a7` the person 7."""
        told = [topic.removeprefix(PREFIX) for topic in topics if topic.startswith(PREFIX)]
        if agents := {int(one[1:]) for one in told if one.startswith("a") and one[1:].isdigit()}:
            self.read_agents(agents, now)
        if items := {int(one[1:]) for one in told if one.startswith("i") and one[1:].isdigit()}:
            self.read_items(items, now)

    def read_all(self, now: datetime) -> None:
        """Everything that waits and everybody who is here; what is over, ends."""
        self._keep_order(now)
        here = set(live_leases(now).values_list("person_id", flat=True))
        self.read_agents({*here, *self._agents}, now)
        self._read_lines()
        self._read_changed(now)

    def _read_lines(self) -> None:
        lines = waits.lines()
        if lines != self._lines:
            self._lines, self._items = lines, dict.fromkeys(self._items, "")  # each is to be read again

    def _read_changed(self, now: datetime) -> None:
        newest, said_no, has_senior = waits.versions(), waits.said_no(now), self._has_senior()
        changed = {pk for pk, version in newest.items() if self._items.get(pk) != version}
        changed |= {
            pk
            for pk in said_no.keys() | self._said_no.keys()
            if pk in newest and said_no.get(pk, NOBODY) != self._said_no.get(pk, NOBODY)
        }
        if has_senior != self._had_senior:
            self._had_senior = has_senior
            changed |= self._urgent & newest.keys()
        for pk in self._items.keys() - newest.keys():
            self._forget(pk)
        self._follow_items(changed, said_no, now)

    def read_items(self, ids: Iterable[int], now: datetime) -> None:
        """These may wait now, or no more."""
        wanted = set(ids)
        self._follow_items(wanted, waits.said_no_to(wanted, now), now)

    def read_agents(self, ids: Iterable[int], now: datetime) -> None:
        """These may be here, free, busy or gone."""
        wanted = set(ids)
        rows = load_rows(wanted, now)
        for pk in wanted:
            row = rows.get(pk)
            if row is None or row != self._rows.get(pk):
                self._follow_agent(pk, row, now)

    def _follow_agent(self, pk: int, row: tuple[Any, ...] | None, now: datetime) -> None:
        one = load_of(row) if row else Load()
        if one.is_asked and (one.presence is not Presence.AVAILABLE or not one.works_here):
            self._take_back(pk, now)
        self._rows.pop(pk, None)
        if not one.works_here or one.presence is Presence.OFFLINE or self._tries.rests("person", pk, now):
            self._agents.pop(pk, None)
            self.pool.unseat(pk)
            return
        self._seat(self._as_agent(pk, one, now))
        if row and (not one.is_asked or one.presence is Presence.AVAILABLE):
            self._rows[pk] = row

    def _as_agent(self, pk: int, one: Load, now: datetime) -> Agent:
        known = self._agents.get(pk)
        idle = one.idle_since.timestamp() if one.idle_since else known.idle_since if known else now.timestamp()
        return Agent(pk, one.skills, one.may_be_asked(), idle, load(one.capacity(one.rules), one.held))

    def next_change(self) -> float:
        """When time alone changes who may take what: seconds since the epoch."""
        return min(self.pool.next_change(), self._over_at)

    def make_offers(self, now: datetime) -> list[Offer]:
        """Give out all that can be given out; what the rows refused is decided once more by what they say."""
        if now.timestamp() >= self._over_at:
            self._keep_order(now)
        made = list[Offer]()
        for _ in range(TRIES):
            tried = [self._offer(decision, now) for decision in self.pool.matches(now.timestamp())]
            made += [offer for offer in tried if offer is not None]
            if None not in tried:
                break
        return made

    def _take_back(self, agent_id: int, now: datetime) -> None:
        """Whoever was asked went away: somebody else is asked."""
        for pending in Offer.objects.filter(agent=agent_id, state=OfferState.PENDING):
            self._tries.each("offer", [pending], lambda one: actions.withdraw(one.pk, "went_away", now=now), now=now)
            self.read_items([pending.item_id], now)

    def _offer(self, decision: Decision, now: datetime) -> Offer | None:
        assert decision.item is not None
        assert decision.agent is not None
        beat()
        self._rows.pop(decision.agent, None)  # the pool does not ask them again before they are seated anew
        offer = self._held_out(decision.item, decision.agent, decision, now)
        if offer is None:
            log.info("item %s was not for %s after all: reading both again", decision.item, decision.agent)
            self._forget(decision.item)
            self.read_items([decision.item], now)
            self.read_agents([decision.agent], now)
            return None
        self._over_at = min(self._over_at, offer.expires_at.timestamp())
        self._forget(decision.item)
        seat = self._agents[decision.agent]
        self._seat(replace(seat, room=beside(seat.room, {offer.item.kind})))
        return offer

    def _held_out(self, item: int, agent: int, decision: Decision, now: datetime) -> Offer | None:
        """The offer, None where the rows refuse it or it fails: then the item rests, and a person with whom several
        items failed and none went well."""
        why = [one.as_json() for one in decision.why]
        offer = self._tries.one("item", item, lambda: actions.offer(item, agent, why, now=now), now=now)
        if offer is not None:
            self._strikes.pop(agent, None)
        elif self._tries.rests("item", item, now):
            self._strikes[agent].add(item)
            if len(self._strikes[agent]) >= STRIKES:
                del self._strikes[agent]
                self._tries.let_rest("person", agent, now)
        return offer

    def _keep_order(self, now: datetime) -> None:
        """End what is over by its columns: offers nobody answered, wrap-ups, leases nobody renewed; take back offers to
        people who are not available any more, and chats from people who have gone."""
        beat()
        for over in actions.expire_due(now, self._tries):
            self.read_agents([over.agent_id], now)
            self.read_items([over.item_id], now)
        changed = [*actions.end_wrap_ups(now, self._tries), *actions.lose_lapsed(now, self._tries)]
        self.read_agents(changed, now)
        for back in actions.return_lost(now, self._tries):
            self.read_items([back.pk], now)
        self._over_at = max(next_over(now), now.timestamp() + AT_LEAST_S)

    def _seat(self, agent: Agent) -> None:
        if self._agents.get(agent.id) != agent:
            self._agents[agent.id] = agent
        self.pool.seat(agent)

    def _forget(self, item_id: int) -> None:
        self._items.pop(item_id, None)
        self._said_no.pop(item_id, None)
        self._urgent.discard(item_id)
        self.pool.drop(item_id)

    def _has_senior(self) -> bool:
        return any(SENIOR in agent.skills for agent in self._agents.values())

    def _follow_items(self, wanted: set[int], said_no: dict[int, frozenset[int]], now: datetime) -> None:
        known = waits.rows(wanted)
        if any(row.queue not in self._lines for row in known.values()):
            self._read_lines()
        has_senior = self._has_senior()
        for pk in wanted:
            row = known.get(pk)
            if row is None or self._tries.rests("item", pk, now):
                self._forget(pk)
                continue
            self._follow(row, said_no.get(pk, NOBODY), now, has_senior=has_senior)

    def _follow(self, row: waits.Row, said_no: frozenset[int], now: datetime, *, has_senior: bool) -> None:
        line = self._lines.get(row.queue)
        if line is None:  # one queue that cannot be read must not stop the others
            return self._forget(row.id)
        waiting = self._tries.one(
            "item", row.id, lambda: waits.as_waiting(row, line, said_no, has_senior=has_senior), now=now
        )
        if waiting is None:
            return self._forget(row.id)
        self._items[row.id] = row.version
        if said_no:
            self._said_no[row.id] = said_no
        else:
            self._said_no.pop(row.id, None)
        if row.urgent:
            self._urgent.add(row.id)
        self.pool.put(waiting)
