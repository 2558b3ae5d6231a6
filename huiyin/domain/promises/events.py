"""Facts about promises."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class PromiseMade(Event):
    name: ClassVar[str] = "promise_made"
    kind: str
    due: datetime
    reason: str
    estimated: bool = False
    about: str = ""  # which of several


@dataclass(frozen=True, slots=True)
class PromiseKept(Event):
    name: ClassVar[str] = "promise_kept"
    kind: str
    due: datetime
    about: str = ""  # which of several


@dataclass(frozen=True, slots=True)
class PromiseWithdrawn(Event):
    name: ClassVar[str] = "promise_withdrawn"
    kind: str
    reason: str
    about: str = ""  # which of several


@dataclass(frozen=True, slots=True)
class PromiseNearBreach(Event):
    name: ClassVar[str] = "promise_near_breach"
    kind: str
    due: datetime


@dataclass(frozen=True, slots=True)
class PromiseBroken(Event):
    name: ClassVar[str] = "promise_broken"
    kind: str
    due: datetime
    about: str = ""  # which of several


@dataclass(frozen=True, slots=True)
class PromisePaused(Event):
    name: ClassVar[str] = "promise_paused"
    kind: str
    item: str


@dataclass(frozen=True, slots=True)
class PromiseResumed(Event):
    name: ClassVar[str] = "promise_resumed"
    kind: str
    due: datetime
