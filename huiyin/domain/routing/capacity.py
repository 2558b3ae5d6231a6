"""How much one person can do at once.

A call takes somebody's whole attention: with one nobody gets a chat, and with chats open nobody gets a call. Chats go
side by side up to a number of one's own. Cases wait patiently in larger numbers; they weigh a little. A call-back is a
call that we make. Whoever carries least, in shares of what they can carry, is asked first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CASE_WEIGHT: Final = 0.2  # all one's cases together, beside a full set of chats


@dataclass(frozen=True, slots=True)
class Capacity:
    """What somebody takes at once, per kind."""

    chats: int = 3
    calls: int = 1
    cases: int = 30


@dataclass(frozen=True, slots=True)
class Busy:
    """What somebody has in hand; call-backs count as calls."""

    chats: int = 0
    calls: int = 0
    cases: int = 0


def room(capacity: Capacity, busy: Busy) -> dict[str, int]:
    """Free places per kind. A kind somebody never takes is not in it."""
    calls = 0 if busy.chats else max(0, capacity.calls - busy.calls)
    chats = 0 if busy.calls else max(0, capacity.chats - busy.chats)
    cases = 0 if busy.calls else max(0, capacity.cases - busy.cases)
    places = {"call": calls, "callback": calls, "chat": chats, "case": cases}
    takes = {"call": capacity.calls, "callback": capacity.calls, "chat": capacity.chats, "case": capacity.cases}
    return {kind: free for kind, free in places.items() if takes[kind] > 0}


def load(capacity: Capacity, busy: Busy) -> float:
    """0 is idle, 1 is all of one's chats or a call; cases weigh a little."""
    chats = busy.chats / capacity.chats if capacity.chats else 0.0
    cases = busy.cases / capacity.cases if capacity.cases else 0.0
    return round(busy.calls + chats + CASE_WEIGHT * cases, 6)


def crowded_out(places: Mapping[str, int]) -> list[str]:
    """Kinds that somebody cannot take only because of their chats, while there is room for another chat."""
    if not places.get("chat"):
        return []
    return [kind for kind in ("call", "callback") if places.get(kind) == 0]


def cleared(places: Mapping[str, int]) -> dict[str, int]:
    """The places of somebody who takes no more chats, so that a call finds them."""
    return {kind: free for kind, free in places.items() if kind != "chat"}
