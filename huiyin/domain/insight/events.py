"""Facts about screens on the wall; they stand with the person who made or took away the link."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class WallMade(Event):
    name: ClassVar[str] = "wall_made"
    wall: int


@dataclass(frozen=True, slots=True)
class WallRevoked(Event):
    name: ClassVar[str] = "wall_revoked"
    wall: int
