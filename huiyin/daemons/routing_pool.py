"""What the router knows, built from rows and kept up by what changed; and which offers follow from it.

Rows are the truth. The pool in memory only decides; `actions.offer` asks the rows again before anything happens. Tests
drive this step by step; `router.py` adds the loop, the clock and the ear.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from huiyin.domain.routing import actions, waits
from huiyin.domain.routing.capacity import load
from huiyin.domain.routing.loads import Load, loads
from huiyin.domain.routing.matching import Agent, Decision, Pool, Waiting
from huiyin.domain.routing.models import Item, Offer
from huiyin.domain.routing.queries import live_leases, next_over
from huiyin.domain.routing.skills import SENIOR
from huiyin.domain.routing.states import ItemState, OfferState, Presence

log = logging.getLogger("huiyin.router")
PREFIX = "router:"
TRIES = 3
BARRED = timedelta(seconds=60)  # whoever said no is not asked again for so long


class RoutingPool:
    """The pool, and how it follows the rows."""

    def __init__(self) -> None:
        self.pool = Pool()
        self._items: dict[int, Waiting] = {}
        self._agents: dict[int, Agent] = {}
        self._over_at = 0.0  # when the next offer or wrap-up is over; seconds since the epoch

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
        rows = {item.pk: item for item in _waiting()}
        self._follow_items({*rows, *self._items}, rows, now)

    def read_items(self, ids: Iterable[int], now: datetime) -> None:
        """These may wait now, or no more."""
        wanted = set(ids)
        rows = {item.pk: item for item in _waiting().filter(pk__in=wanted)}
        self._follow_items(wanted, rows, now)

    def read_agents(self, ids: Iterable[int], now: datetime) -> None:
        """These may be here, free, busy or gone."""
        wanted = set(ids)
        if not wanted:
            return
        known = loads(wanted, now)
        for pk in wanted:
            one = known.get(pk, Load())
            if one.is_asked and (one.presence is not Presence.AVAILABLE or not one.works_here):
                self._take_back(pk, now)
            if not one.works_here or one.presence is Presence.OFFLINE:
                self._agents.pop(pk, None)
                self.pool.unseat(pk)
                continue
            self._seat(self._as_agent(pk, one, now))

    def _as_agent(self, pk: int, one: Load, now: datetime) -> Agent:
        places = one.room(one.rules)
        if one.presence is not Presence.AVAILABLE or one.is_asked:
            places = dict.fromkeys(places, 0)
        known = self._agents.get(pk)
        idle = one.idle_since.timestamp() if one.idle_since else known.idle_since if known else now.timestamp()
        return Agent(pk, one.skills, places, idle, load(one.capacity(one.rules), one.held))

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
            actions.withdraw(pending.pk, "went_away", now=now)
            self.read_items([pending.item_id], now)

    def _offer(self, decision: Decision, now: datetime) -> Offer | None:
        assert decision.item is not None
        assert decision.agent is not None
        offer = actions.offer(decision.item, decision.agent, [one.as_json() for one in decision.why], now=now)
        if offer is None:
            log.info("item %s was not for %s after all: reading both again", decision.item, decision.agent)
            self._forget(decision.item)
            self.read_items([decision.item], now)
            self.read_agents([decision.agent], now)
            return None
        self._over_at = min(self._over_at, offer.expires_at.timestamp())
        self._forget(decision.item)
        seat = self._agents[decision.agent]
        self._seat(replace(seat, room=dict.fromkeys(seat.room, 0)))
        return offer

    def _keep_order(self, now: datetime) -> None:
        """End what is over by its columns: offers nobody answered, wrap-ups, leases nobody renewed; take back offers to
        people who are not available any more, and chats from people who have gone."""
        for over in actions.expire_due(now):
            self.read_agents([over.agent_id], now)
            self.read_items([over.item_id], now)
        self.read_agents([*actions.end_wrap_ups(now), *actions.lose_lapsed(now)], now)
        for back in actions.return_lost(now):
            self.read_items([back.pk], now)
        self._over_at = next_over(now)

    def _seat(self, agent: Agent) -> None:
        if self._agents.get(agent.id) != agent:
            self._agents[agent.id] = agent
        self.pool.seat(agent)

    def _forget(self, item_id: int) -> None:
        self._items.pop(item_id, None)
        self.pool.drop(item_id)

    def _follow_items(self, wanted: set[int], rows: dict[int, Item], now: datetime) -> None:
        said_no = _said_no(rows, now)
        has_senior = any(SENIOR in agent.skills for agent in self._agents.values())
        for pk in wanted:
            if pk not in rows:
                self._forget(pk)
                continue
            try:
                waiting = waits.as_waiting(rows[pk], said_no[pk], has_senior=has_senior)
            except (KeyError, TypeError, ValueError):  # what an operator wrote into one queue must not stop the others
                log.exception(
                    "item %s cannot be read: look at the skills and steps of queue %s", pk, rows[pk].queue.slug
                )
                continue
            self._items[pk] = waiting
            self.pool.put(waiting)


def _waiting() -> QuerySet[Item]:
    return Item.objects.filter(state=ItemState.WAITING).select_related("queue", "queue__overflow_to", "came_from")


def _said_no(items: Mapping[int, Item], now: datetime) -> dict[int, set[int]]:
    """Who said no to these a moment ago, or handed them on: not asked again at once, but nobody waits for ever because
    everybody else is gone."""
    lately = Offer.objects.filter(item__in=list(items), state=OfferState.DECLINED, answered_at__gt=now - BARRED)
    found: dict[int, set[int]] = defaultdict(set)
    for item in items.values():
        giver = item.came_from.agent_id if item.came_from else None
        if giver and giver != item.prefers_id and item.arrived_at > now - BARRED:
            found[item.pk].add(giver)
    for item_id, agent_id in lately.values_list("item_id", "agent_id"):
        found[item_id].add(agent_id)
    return found
