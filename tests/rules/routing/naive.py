"""The same decisions, made slowly: every question looks at everything. Written from the rules, not from the pool."""

import math
from dataclasses import dataclass, field

from huiyin.domain.routing.matching import Agent, Waiting

SHORTEST_S = 15.0
Pair = tuple[int | None, int | None]


@dataclass
class NaivePool:
    """What waits, who is on duty, and who is being asked."""

    items: dict[int, Waiting] = field(default_factory=dict)
    agents: dict[int, Agent] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)

    def put(self, item: Waiting) -> None:
        self.items[item.id] = item

    def drop(self, item_id: int) -> None:
        self.items.pop(item_id, None)

    def seat(self, agent: Agent) -> None:
        self.agents[agent.id] = agent
        self.asked.discard(agent.id)

    def unseat(self, agent_id: int) -> None:
        self.agents.pop(agent_id, None)
        self.asked.discard(agent_id)

    def for_agent(self, agent_id: int, now: float) -> Pair:
        first = self.first_for(agent_id, now)
        return self._give(first.id, agent_id) if first else (None, agent_id)

    def for_item(self, item_id: int, now: float) -> Pair:
        item = self.items.get(item_id)
        if item is None:
            return item_id, None
        free = [agent for agent in self.agents.values() if self.first_for(agent.id, now) == item]
        if not free:
            return item_id, None
        return self._give(item_id, min(free, key=lambda agent: self._rank(agent, item, now)).id)

    def first_for(self, agent_id: int, now: float) -> Waiting | None:
        """Of all this agent may take now, what is due first."""
        agent = self.agents.get(agent_id)
        if agent is None or agent_id in self.asked:
            return None
        mine = [item for item in self.items.values() if self.has_room(agent, item) and self.may_take(agent, item, now)]
        return min(mine, key=order, default=None)

    def has_room(self, agent: Agent, item: Waiting) -> bool:
        return agent.room.get(item.kind, 0) > 0

    def may_take(self, agent: Agent, item: Waiting, now: float) -> bool:
        if agent.id in item.barred:
            return False
        if agent.id == item.prefers:
            return True
        return not self.is_kept(item, now) and fit(agent, item, now) is not None

    def is_kept(self, item: Waiting, now: float) -> bool:
        owner = self.agents.get(item.prefers) if item.prefers is not None else None
        if owner is None or owner.id in item.barred or item.kind not in owner.room:
            return False
        return now < item.sticky_until and now < item.due - SHORTEST_S

    def _rank(self, agent: Agent, item: Waiting, now: float) -> tuple[float, ...]:
        over, beyond = fit(agent, item, now) or (math.inf, math.inf)
        return (agent.id != item.prefers, agent.load, over, beyond, agent.idle_since, agent.id)

    def _give(self, item_id: int, agent_id: int) -> Pair:
        del self.items[item_id]
        self.asked.add(agent_id)
        return item_id, agent_id


def order(item: Waiting) -> tuple[float, float, int]:
    return item.due, item.arrived, item.id


def fit(agent: Agent, item: Waiting, now: float) -> tuple[float, float] | None:
    """Levels above the need, levels in other skills, by the best of the ways in which the agent may take the item."""
    wishes = [dict(item.needs)]
    levels = 0
    for step in item.relax:
        if now >= item.arrived + step.after_s or step.after_s <= 0:
            levels = max(levels, step.levels)
            wishes += [{}] if step.anyone else []
            wishes += [dict(step.also)] if step.also is not None else []
    if {} in wishes:
        wishes = [{}]
    lowered = [{skill: max(1, level - levels) for skill, level in wish.items()} for wish in wishes]
    ways = [way(agent, wish) for wish in lowered if all(agent.skills.get(k, 0) >= v for k, v in wish.items())]
    return min(ways, default=None)


def way(agent: Agent, wish: dict[str, int]) -> tuple[float, float]:
    over = sum(agent.skills[skill] - level for skill, level in wish.items())
    return over, sum(level for skill, level in agent.skills.items() if skill not in wish)
