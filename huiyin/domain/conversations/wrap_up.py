"""HL12 (pure): no conversation ends without the number, the next step and by when, told to the buyer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from huiyin.domain.conversations.talk import Disposition
from huiyin.lib.errors import Refusal

LONGEST_STEP = 200
FARTHEST = timedelta(days=90)
# nothing comes next: what was asked is answered, or nobody is there to hear it
ENDS_ALL = frozenset({Disposition.SOLVED, Disposition.INFORMED, Disposition.NO_ANSWER, Disposition.ABUSE})


@dataclass(frozen=True, slots=True)
class WrapUp:
    """How it ended. `number_spoken`: the buyer was told the number; the program sends what comes next in
    writing as well (reactions_to_talks.py), as far as a message reaches them."""

    disposition: str
    next_step: str = ""
    next_by: datetime | None = None
    number_spoken: bool = False


def missing(wrap_up: WrapUp, *, now: datetime) -> list[str]:
    """The fields without which it does not end: `disposition`, `number`, `next_step`, `next_by`."""
    known = wrap_up.disposition in set(Disposition)
    needs_step = not known or Disposition(wrap_up.disposition) not in ENDS_ALL
    lacks = {
        "disposition": not known,
        "number": not wrap_up.number_spoken,
        "next_step": needs_step and not wrap_up.next_step.strip(),
        "next_by": (needs_step or bool(wrap_up.next_step.strip())) and not _is_ahead(wrap_up.next_by, now),
    }
    return [name for name, is_missing in lacks.items() if is_missing]


def leaves_something(disposition: str) -> bool:
    """Whether something is still to be done for the buyer that no matter follows yet."""
    return disposition in {Disposition.FOLLOW_UP, Disposition.CASE_OPENED}


def check(wrap_up: WrapUp, *, now: datetime) -> None:
    """Raise Refusal `wrap_up_incomplete` with what is missing."""
    if lacks := missing(wrap_up, now=now):
        raise Refusal("wrap_up_incomplete", missing=lacks)


def _is_ahead(at: datetime | None, now: datetime) -> bool:
    return at is not None and now < at <= now + FARTHEST
