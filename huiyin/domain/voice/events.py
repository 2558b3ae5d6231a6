"""Facts about calls. Numbers of phones stand in none of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class CallArrived(Event):
    name: ClassVar[str] = "call_arrived"
    call: int
    line: str
    via: str
    contact: int


@dataclass(frozen=True, slots=True)
class MenuWalked(Event):
    """What was pressed where; secrets are `*`."""

    name: ClassVar[str] = "menu_walked"
    pressed: tuple[str, ...]  # node:key
    served: bool = False


@dataclass(frozen=True, slots=True)
class CallTurnedAway(Event):
    """IN11: nobody could be waited for. Voicemail or a call-back was offered instead."""

    name: ClassVar[str] = "call_turned_away"
    why: str  # queue_closed | queue_full
    queue: str


@dataclass(frozen=True, slots=True)
class CallConnected(Event):
    name: ClassVar[str] = "call_connected"
    agent_no: str


@dataclass(frozen=True, slots=True)
class CallChanged(Event):
    """hold, unhold, mute, unmute, park, unpark, wait_again, change."""

    name: ClassVar[str] = "call_changed"
    verb: str


@dataclass(frozen=True, slots=True)
class CallEnded(Event):
    name: ClassVar[str] = "call_ended"
    who: str  # who hung up first
    outcome: str
    cause: str  # of the network, as Q.850 names it, or ours
    talked_s: int


@dataclass(frozen=True, slots=True)
class CallbackBooked(Event):
    """Somebody will be called. `asked`: they asked for it; else they hung up while waiting."""

    name: ClassVar[str] = "callback_booked"
    callback: int
    asked: bool
    due: datetime


@dataclass(frozen=True, slots=True)
class CallbackTried(Event):
    name: ClassVar[str] = "callback_tried"
    callback: int
    attempt: int
    call: int


@dataclass(frozen=True, slots=True)
class CallDialled(Event):
    """We call a buyer. `about_no`: the matter it is about."""

    name: ClassVar[str] = "call_dialled"
    call: int
    agent_no: str
    about_no: str


@dataclass(frozen=True, slots=True)
class CommandAsked(Event):
    name: ClassVar[str] = "call_command"
    command: int
    verb: str


@dataclass(frozen=True, slots=True)
class RecordingStarted(Event):
    name: ClassVar[str] = "recording_started"
    recording: int
    kind: str


@dataclass(frozen=True, slots=True)
class NotRecorded(Event):
    """They talk and nothing is recorded. `why`: `no_notice` (the caller did not hear that they are)."""

    name: ClassVar[str] = "not_recorded"
    why: str


@dataclass(frozen=True, slots=True)
class RecordingClosed(Event):
    """Its bytes are fixed from here on."""

    name: ClassVar[str] = "recording_closed"
    recording: int
    sha256: str
    seconds: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingHeld(Event):
    """Kept beyond its time, because somebody may need it."""

    name: ClassVar[str] = "recording_held"
    recording: int
    held: bool


@dataclass(frozen=True, slots=True)
class RecordingErased(Event):
    name: ClassVar[str] = "recording_erased"
    recording: int
    why: str
