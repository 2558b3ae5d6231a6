"""The values of the port to the media server, and the rules about recordings and numbers that we dial (pure).

Caller ids and recordings come from outside; what stands here is what we make of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from huiyin.domain.voice.menu import Say
from huiyin.lib import phones
from huiyin.lib.errors import Refusal

SHORT_S = 3.0  # a recording may miss this much of the talk before it is flagged (2.1 s are lost when Asterisk dies)
MOST_ATTEMPTS = 3
CALL_FROM, CALL_UNTIL = 8, 21  # o'clock where the business is; before and after nobody is rung up …
STILL_UP = timedelta(minutes=30)  # … but whoever called us this lately


class RecordingKind(StrEnum):
    TALK = "talk"
    VOICEMAIL = "voicemail"


class RecordingState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    FILED = "filed"  # belongs to a case as evidence
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a recording: found on the disk when it was closed."""

    sha256: str
    seconds: float
    size: int
    is_repaired: bool = False  # its header was mended after a crash


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the network says. `number`: E.164 or empty where it cannot be one."""

    number: str

    @classmethod
    def from_text(cls, text: str) -> "Caller":
        """From a caller id as it came: display names, blanks and control characters are no numbers."""
        return cls(phones.normalise(text.strip()) or "" if text.isprintable() else "")


class Prompts(Protocol):
    """What is said, as a file that the media server plays."""

    def path(self, slug: str, language: str, *, slowly: bool = False, **values: object) -> Path: ...
    def said(self, one: Say, language: str, *, slowly: bool = False) -> Path: ...


def flags_of(recorded: Recorded, talked_s: float) -> list[str]:
    """What is to be said about a recording: `short` where it holds less than was talked, `repaired`, `empty`."""
    wrong = {
        "short": recorded.seconds + SHORT_S < talked_s, "repaired": recorded.is_repaired,
        "empty": recorded.size == 0 or math.isclose(recorded.seconds, 0.0),
    }  # fmt: skip
    return [name for name, is_so in wrong.items() if is_so]


def why_not_dial(number: str, allowed: Sequence[str]) -> Refusal | None:
    """Why this number is not called, or None. `allowed`: prefixes in E.164; no other country pays our bill."""
    known = phones.normalise(number)
    if known is None:
        return Refusal("number_invalid")
    return None if any(known.startswith(prefix) for prefix in allowed) else Refusal("number_not_allowed")


def why_not_now(local: datetime, booked: datetime, attempts: int) -> Refusal | None:
    """Why somebody is not called back right now, or None. `local`: now, in the zone of the business."""
    if attempts >= MOST_ATTEMPTS:
        return Refusal("tried_enough", most=MOST_ATTEMPTS)
    if CALL_FROM <= local.hour < CALL_UNTIL or local - booked <= STILL_UP:
        return None
    return Refusal("too_late_to_call", from_hour=CALL_FROM, until_hour=CALL_UNTIL)


def next_time_to_call(local: datetime, booked: datetime) -> datetime:
    """From when on somebody is called back, at the earliest at `local`, in the zone of the business."""
    if why_not_now(local, booked, 0) is None:
        return local
    opens = local.replace(hour=CALL_FROM, minute=0, second=0, microsecond=0)
    return opens if local < opens else opens + timedelta(days=1)
