"""Why a decision came out as it did: codes and numbers. Their words live in `web/ui`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Code(StrEnum):
    """What a reason can say; its numbers are named in `NUMBERS`. Seconds end in `_s`; a negative slack is overdue."""

    # an item was found for an agent
    FIRST_IN_ORDER = "first_in_order"  # of all this agent may take, it goes first
    THEIR_OWN = "their_own"  # it prefers this agent
    RELAXED = "relaxed"  # it waited so long that others may take it too
    NOT_THEIRS = "not_theirs"  # so many that go first were not for this agent
    # an agent was found for an item
    PREFERRED = "preferred"  # the person it prefers is free
    LEAST_BUSY = "least_busy"  # of those free who may take it
    BEST_FIT = "best_fit"  # so many levels above what it takes
    IDLE = "idle"
    # nothing was found
    NOTHING_WAITING = "nothing_waiting"
    NOTHING_FITS = "nothing_fits"  # they wait for other skills or other people
    NO_ROOM = "no_room"  # all places of this agent are taken
    CLEARING = "clearing"  # no more chats until this call, overdue, finds somebody without any
    NOT_ASKED = "not_asked"  # off duty, or another offer rings
    NOT_WAITING = "not_waiting"  # the item is not in the pool
    BEHIND = "behind"  # this free agent takes that one first
    KEPT_FOR = "kept_for"  # it waits for the person it prefers
    ALL_BUSY = "all_busy"  # so many on duty could take it
    NOBODY_ABLE = "nobody_able"  # nobody on duty may take it
    # only in explanations
    POSITION = "position"
    DUE = "due"
    RELAXES = "relaxes"  # then others may take it too


NUMBERS: Final[Mapping[Code, frozenset[str]]] = {
    Code.RELAXED: frozenset({"steps", "waited_s"}),
    Code.NOT_THEIRS: frozenset({"barred"}),
    Code.LEAST_BUSY: frozenset({"load"}),
    Code.BEST_FIT: frozenset({"over"}),
    Code.IDLE: frozenset({"idle_s"}),
    Code.NOTHING_FITS: frozenset({"waiting"}),
    Code.CLEARING: frozenset({"item"}),
    Code.BEHIND: frozenset({"item", "agent"}),
    Code.KEPT_FOR: frozenset({"agent", "for_s"}),
    Code.ALL_BUSY: frozenset({"able"}),
    Code.NOBODY_ABLE: frozenset({"on_duty"}),
    Code.POSITION: frozenset({"position", "waiting"}),
    Code.DUE: frozenset({"slack_s", "waited_s"}),
    Code.RELAXES: frozenset({"in_s"}),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One code with its numbers."""

    code: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column: {"code": …, "numbers": {…}}."""
        return {"code": str(self.code), "numbers": dict(self.numbers)}
