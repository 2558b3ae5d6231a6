"""Who clears their desk for which call.

Whoever has chats open takes no more of them while a call waits beyond its promise that they could take: otherwise a
call would never find anybody without chats. One person clears their desk for one call.
"""


class Clearing:
    """Pairs of an agent and a call."""

    __slots__ = ("_agents", "items")

    def __init__(self) -> None:
        self.items: dict[int, int] = {}  # call: agent
        self._agents: dict[int, int] = {}  # agent: call

    def __contains__(self, agent_id: int) -> bool:
        return agent_id in self._agents

    def item_of(self, agent_id: int) -> int | None:
        return self._agents.get(agent_id)

    def start(self, agent_id: int, item_id: int) -> None:
        self._agents[agent_id] = item_id
        self.items[item_id] = agent_id

    def stop(self, agent_id: int) -> None:
        """They have cleared it, or left."""
        item = self._agents.pop(agent_id, None)
        if item is not None:
            del self.items[item]

    def gone(self, item_id: int) -> int | None:
        """The call waits no more: who need not clear their desk any longer."""
        agent = self.items.pop(item_id, None)
        if agent is not None:
            del self._agents[agent]
        return agent
