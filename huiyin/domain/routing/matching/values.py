"""What matching is told and what it answers. Pure values; times are float seconds since one fixed instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from huiyin.domain.routing.matching.reasons import Reason

Needs = tuple[tuple[str, int], ...]  # skill and the level it takes, at least 1
Key = tuple[float, float, int]  # the order of waiting; ends with the id, so no two are equal


class Policy(StrEnum):
    """In which order waiting items are served and which free agent is asked."""

    DEADLINE = "deadline"  # ours: the earliest promise; the least busy, best fitting agent
    FIFO = "fifo"  # one line for everybody; whoever has been idle longest
    LONGEST_IDLE = (
        "longest_idle"  # as most call distributors: the higher tier always first; whoever has been idle longest
    )


@dataclass(frozen=True, slots=True)
class Relax:
    """Who else may take an item that has waited `after_s` seconds. Steps only ever add people."""

    after_s: float
    levels: int = 0  # so many levels below what it needs will do, in all; the skill itself is still needed
    anyone: bool = False  # no skill is needed any more
    also: Needs | None = None  # whoever has these may take it too (overflow to another queue)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item that waits for a person.

    `prefers`: who should have it; they may take it whatever their skills. Until `sticky_until` it is kept for them.
    """

    id: int
    kind: str
    queue: str
    arrived: float
    due: float
    needs: Needs = ()
    tier: str = "ordinary"
    prefers: int | None = None
    sticky_until: float = 0.0
    barred: frozenset[int] = frozenset()
    relax: tuple[Relax, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody on duty, also when they are busy: then `room` has no free place."""

    id: int
    skills: Mapping[str, int]
    room: Mapping[str, int]  # free places per kind; a kind that is not there is never offered
    idle_since: float
    load: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets what; one of the two is None when nothing fits. `why` says so in codes and numbers."""

    item: int | None
    agent: int | None
    why: tuple[Reason, ...]
