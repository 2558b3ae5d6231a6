"""Facts about who takes what. `item` and `offer` are row ids."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class ItemQueued(Event):
    name: ClassVar[str] = "item_queued"
    item: int
    kind: str
    queue: str
    due: datetime
    tier: str = "ordinary"
    urgent: bool = False
    elderly: bool = False


@dataclass(frozen=True, slots=True)
class ItemOffered(Event):
    name: ClassVar[str] = "item_offered"
    item: int
    offer: int
    agent_no: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class OfferAccepted(Event):
    name: ClassVar[str] = "offer_accepted"
    item: int
    offer: int | None  # None: somebody who leads took it over
    agent_no: str
    waited_s: int
    kind: str


@dataclass(frozen=True, slots=True)
class OfferDeclined(Event):
    name: ClassVar[str] = "offer_declined"
    item: int
    offer: int
    agent_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class OfferExpired(Event):
    """Nobody answered in time, or the offer was withdrawn (`reason` says why)."""

    name: ClassVar[str] = "offer_expired"
    item: int
    offer: int
    agent_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemHandedOver(Event):
    """The item is done and `new` waits in its place, or belongs to whoever took it over."""

    name: ClassVar[str] = "item_handed_over"
    item: int
    new: int
    kind: str
    before: str  # agent number, empty when nobody had it
    to: str  # queue:slug | agent:1024
    why: str


@dataclass(frozen=True, slots=True)
class ItemDone(Event):
    name: ClassVar[str] = "item_done"
    item: int
    kind: str
    agent_no: str
    took_s: int


@dataclass(frozen=True, slots=True)
class ItemLeft(Event):
    """Whoever waited went away, or was sent elsewhere; `waited_s` tells short abandons apart."""

    name: ClassVar[str] = "item_left"
    item: int
    kind: str
    why: str
    waited_s: int


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    name: ClassVar[str] = "presence_changed"
    state: str
    reason: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class MarkedUrgent(Event):
    name: ClassVar[str] = "marked_urgent"
    item: int
    reason: str
    due: datetime


@dataclass(frozen=True, slots=True)
class ModeChanged(Event):
    name: ClassVar[str] = "mode_changed"
    mode: str
    before: str


@dataclass(frozen=True, slots=True)
class HoursChanged(Event):
    """When a queue answers was changed."""

    name: ClassVar[str] = "hours_changed"
    queue: str
