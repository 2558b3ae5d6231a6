"""Facts about subscriptions."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class HookMade(Event):
    name: ClassVar[str] = "hook_made"
    hook: int
    events: tuple[str, ...]
    with_text: bool


@dataclass(frozen=True, slots=True)
class HookRemoved(Event):
    name: ClassVar[str] = "hook_removed"
    hook: int


@dataclass(frozen=True, slots=True)
class HookStopped(Event):
    """One event could not be delivered for hours: the line stands still until somebody replays it."""

    name: ClassVar[str] = "hook_stopped"
    hook: int
    seq: int
    fault: str


@dataclass(frozen=True, slots=True)
class HookReplayed(Event):
    name: ClassVar[str] = "hook_replayed"
    hook: int
    since: int
    count: int
