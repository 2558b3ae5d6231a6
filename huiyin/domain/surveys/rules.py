"""Whom we ask how it was, when, and what an answer is. Pure.

One case, one survey, however often it is taken up again: to be asked twice about one trouble is trouble itself. At
night nobody's phone makes a sound because we want to know something (OP17). Who was just told that we closed without
their word is asked a day later, not by a second message in the same minute. Who does not want to be asked says so once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from huiyin.domain.notices.quiet import QUIET_UNTIL, ZONE, is_quiet
from huiyin.lib.errors import Refusal

LIVES: Final = timedelta(days=14)  # the link
AFTER_SILENCE: Final = timedelta(days=1)
LONGEST: Final = 1000  # characters of free words
SCALE: Final = range(1, 6)


class State(StrEnum):
    """Where a survey is."""

    PLANNED = "planned"
    SENT = "sent"
    UNREACHABLE = "unreachable"  # no address, or no message arrives there; the page of the matter asks
    UNWANTED = "unwanted"  # they said that they do not want to be asked
    DROPPED = "dropped"  # taken up again before we asked
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the buyer says. `rating`: how content, 1 to 5; `effort`: how easy it was, 1 (very hard) to 5 (very easy), or
    0 for not said."""

    solved: bool
    rating: int
    effort: int = 0
    words: str = ""

    def __post_init__(self) -> None:
        if self.rating not in SCALE or (self.effort and self.effort not in SCALE):
            raise Refusal("rating_out_of_range")


def ask_at(closed: datetime, outcome: str) -> datetime:
    """When to ask about a case that ended like this: at once, or when the quiet hours are over."""
    wanted = closed + AFTER_SILENCE if outcome == "without_confirmation" else closed
    local = wanted.astimezone(ZONE)
    if not is_quiet(wanted):
        return wanted
    morning = local.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if local.hour < QUIET_UNTIL else morning + timedelta(days=1)
