"""Items that the same people may take stand in one line, in order; a board holds the lines of one kind.

A board also keeps the heads of its lines in order. So the first item for an agent is found by walking the heads until
one stands in a line the agent may serve: mostly the first few, at worst one step per line, never one per item.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Container, Mapping

from huiyin.domain.routing.matching.values import Key, Waiting

Plan = tuple[tuple[float, tuple[int, ...]], ...]  # the stages of relaxing; needs by their number


class Entry:
    """One waiting item and where it stands."""

    __slots__ = ("is_kept", "item", "key", "plan", "stage", "wakes_at")

    def __init__(self, item: Waiting, key: Key, plan: Plan) -> None:
        self.item = item
        self.key = key
        self.plan = plan
        self.stage = 0  # how many times waiting has opened it to others
        self.is_kept = False  # for the person it prefers: stands in no line
        self.wakes_at = math.inf  # when time alone changes who may take it

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of the needs of which one must be covered."""
        return self.plan[self.stage][1]

    def opens_at(self) -> float:
        """When its next stage comes; infinity when there is none."""
        later = self.stage + 1
        return self.item.arrived + self.plan[later][0] if later < len(self.plan) else math.inf


class Search:
    """Looking for the first item of one agent."""

    __slots__ = ("agent", "best", "entries", "others", "skipped")

    def __init__(self, agent: int, entries: Mapping[int, Entry], others: Container[int] = ()) -> None:
        self.agent = agent
        self.entries = entries
        self.others = others  # items that somebody else sees to
        self.best: Key | None = None
        self.skipped = 0  # items that go first and are not for this agent

    def line(self, keys: list[Key]) -> None:
        """Take the first of this line that is for this agent, if it goes before what was found so far."""
        for key in keys:
            if self.best is not None and self.best <= key:
                return
            if self.agent not in self.entries[key[2]].item.barred and key[2] not in self.others:
                self.best = key
                return
            self.skipped += 1


class Board:
    """The lines of one kind."""

    __slots__ = ("heads", "lines")

    def __init__(self) -> None:
        self.lines: dict[int, list[Key]] = {}
        self.heads: list[tuple[Key, int]] = []

    def add(self, number: int, key: Key) -> None:
        keys = self.lines.setdefault(number, [])
        if not keys or key < keys[0]:
            if keys:
                del self.heads[bisect_left(self.heads, (keys[0], number))]
            insort(self.heads, (key, number))
        insort(keys, key)

    def remove(self, number: int, key: Key) -> None:
        keys = self.lines[number]
        place = bisect_left(keys, key)
        del keys[place]
        if place == 0:
            del self.heads[bisect_left(self.heads, (key, number))]
            if keys:
                insort(self.heads, (keys[0], number))

    def search(self, sought: Search, may_serve: Container[int]) -> None:
        for key, number in self.heads:
            if sought.best is not None and sought.best <= key:
                return
            if number in may_serve:
                sought.line(self.lines[number])
