"""Why a decision came out as it did: codes and numbers. Their words live in `web/ui`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """What a reason can say; in brackets its numbers. Seconds end in `_s`; a negative slack is a promise overdue."""

    # an item was found for an agent
    FIRST_IN_ORDER = "first_in_order"  # [slack_s, waited_s]: of all this agent may take, it goes first
    THEIR_OWN = "their_own"  # []: it prefers this agent
    RELAXED = "relaxed"  # [waited_s, steps]: it waited so long that others may take it too
    NOT_THEIRS = "not_theirs"  # [barred]: so many that go first were not for this agent
    # an agent was found for an item
    PREFERRED = "preferred"  # []: the person it prefers is free
    LEAST_BUSY = "least_busy"  # [load]: of those free who may take it
    BEST_FIT = "best_fit"  # [over]: so many levels above what it takes
    IDLE = "idle"  # [idle_s]
    # nothing was found
    NOTHING_WAITING = "nothing_waiting"
    NOTHING_FITS = "nothing_fits"  # [waiting]: they wait for other skills or other people
    NO_ROOM = "no_room"  # []: all places of this agent are taken
    CLEARING = "clearing"  # [item]: no more chats until this call, overdue, finds somebody without any
    NOT_ASKED = "not_asked"  # []: off duty, or another offer rings
    NOT_WAITING = "not_waiting"  # []: the item is not in the pool
    BEHIND = "behind"  # [item, agent]: this free agent takes that one first
    KEPT_FOR = "kept_for"  # [agent, for_s]: it waits for the person it prefers
    ALL_BUSY = "all_busy"  # [able]: so many on duty could take it
    NOBODY_ABLE = "nobody_able"  # [on_duty]: nobody on duty may take it
    # only in explanations
    POSITION = "position"  # [position, waiting]
    DUE = "due"  # [slack_s, waited_s]
    RELAXES = "relaxes"  # [in_s]: then others may take it too


@dataclass(frozen=True, slots=True)
class Reason:
    """One code with its numbers."""

    code: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column: {"code": …, "numbers": {…}}."""
        return {"code": str(self.code), "numbers": dict(self.numbers)}
