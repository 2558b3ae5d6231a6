"""Facts about buyers' contacts."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class ContactRevealed(Event):
    """Somebody looked at a buyer's unmasked addresses. `reason` is a code of `actions.REVEAL_REASONS`."""

    name: ClassVar[str] = "contact_revealed"
    buyer: int
    kinds: list[str]
    reason: str


@dataclass(frozen=True, slots=True)
class ManagerNamed(Event):
    """MB1: who answers for this member from now on, by agent number; empty = nobody."""

    name: ClassVar[str] = "manager_named"
    buyer: int
    manager: str
    deputy: str
