"""What a fact is made of. Each subject defines its own facts as frozen dataclasses with a stable name."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Look(StrEnum):
    """Ways to look at something: what the access ledger tells apart."""

    VIEWED = "viewed"
    PLAYED = "played"
    DOWNLOADED = "downloaded"
    EXPORTED = "exported"
    REVEALED = "revealed"
    LISTENED = "listened"  # to a call, while it lasted


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about to be recorded. Carries ids, codes and values; never message text or names."""

    name: ClassVar[str] = ""
