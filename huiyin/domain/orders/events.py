"""Facts about orders and remedies."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from huiyin.domain.journal.events import Event
from huiyin.lib.money import Money


@dataclass(frozen=True, slots=True)
class OrderFound(Event):
    name: ClassVar[str] = "order_found"
    order: int
    situation: str
    level: str
    channel: str


@dataclass(frozen=True, slots=True)
class SituationChanged(Event):
    name: ClassVar[str] = "situation_changed"
    order: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WaitChosen(Event):
    name: ClassVar[str] = "wait_chosen"
    order: int
    situation: str


@dataclass(frozen=True, slots=True)
class ChoiceOffered(Event):
    """The watch found something only the buyer can decide, and says so before being asked."""

    name: ClassVar[str] = "choice_offered"
    order: int
    situation: str


@dataclass(frozen=True, slots=True)
class KeyShown(Event):
    name: ClassVar[str] = "key_shown"
    order: int
    level: str
    pieces: int


@dataclass(frozen=True, slots=True)
class RemedyAsked(Event):
    name: ClassVar[str] = "remedy_asked"
    remedy: int
    kind: str
    amount: Money
    automatic: bool
    stop: str  # why it waits for approval, or empty


@dataclass(frozen=True, slots=True)
class RemedyApproved(Event):
    name: ClassVar[str] = "remedy_approved"
    remedy: int


@dataclass(frozen=True, slots=True)
class RemedyStarted(Event):
    name: ClassVar[str] = "remedy_started"
    remedy: int
    tries: int


@dataclass(frozen=True, slots=True)
class RemedyDone(Event):
    name: ClassVar[str] = "remedy_done"
    remedy: int
    kind: str
    pending: bool  # accepted by the shop, the money is still on its way


@dataclass(frozen=True, slots=True)
class RemedyFailed(Event):
    name: ClassVar[str] = "remedy_failed"
    remedy: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class RemedyNeedsPerson(Event):
    name: ClassVar[str] = "remedy_needs_person"
    remedy: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class TaskDone(Event):
    name: ClassVar[str] = "task_done"
    remedy: int
    proof_hash: str


@dataclass(frozen=True, slots=True)
class PersonNeeded(Event):
    """Somebody must look: unclear facts, a silent shop, a limit that is passed, or a buyer who wants a person."""

    name: ClassVar[str] = "person_needed"
    why: str
    category: str
    order: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class OrderSettled(Event):
    name: ClassVar[str] = "order_settled"
    order: int


@dataclass(frozen=True, slots=True)
class BreakerTripped(Event):
    name: ClassVar[str] = "breaker_tripped"
    asked: int
    usual: int


@dataclass(frozen=True, slots=True)
class ShopSaid(Event):
    name: ClassVar[str] = "shop_said"
    type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TermsKept(Event):
    """The versions in force when the order was paid: kind, version and hash of each."""

    name: ClassVar[str] = "terms_kept"
    order: int
    terms: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class TermsChanged(Event):
    """The shop showed another text under a version that we had seen before."""

    name: ClassVar[str] = "terms_changed"
    order: int
    kind: str
    version: str
    sha256: str
