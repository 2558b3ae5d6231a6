"""Items that the same people may take stand in one line, in order; a board holds the lines of one kind.

A board also keeps the heads of its lines in order. So the first item for an agent is found by walking the heads until
one stands in a line the agent may serve: mostly the first few, at worst one step per line, never one per item.
"""

from bisect import bisect_left, insort
from collections.abc import Container

from huiyin.domain.routing.matching.values import Key, Waiting

ALL_BARRED: Key = (float("inf"), float("inf"), 0)


class Entry:
    """One waiting item and where it stands."""

    __slots__ = ("is_kept", "item", "key", "numbers", "wakes_at")

    def __init__(self, item: Waiting, key: Key) -> None:
        self.item = item
        self.key = key
        self.numbers: tuple[int, ...] = ()  # of the needs of which one must be covered
        self.is_kept = False  # for the person it prefers: stands in no line
        self.wakes_at = 0.0  # when time alone changes who may take it


class Search:
    """Looking for the first item of one agent."""

    __slots__ = ("agent", "best", "entries", "skipped")

    def __init__(self, agent: int, entries: dict[int, Entry]) -> None:
        self.agent = agent
        self.entries = entries
        self.best: Key | None = None
        self.skipped = 0  # items that go first and are not for this agent

    def line(self, keys: list[Key]) -> None:
        """Take the first of this line that is for this agent, if it goes before what was found so far."""
        for key in keys:
            if self.best is not None and self.best <= key:
                return
            if self.agent not in self.entries[key[2]].item.barred:
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
