"""Facts about what was said, and about conversations."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class MessageWritten(Event):
    name: ClassVar[str] = "message_written"
    message: int
    internal: bool
    text_hash: str  # SHA-256 of salt and text: proves the text without keeping it here
    seq: int = 0
    kind: str = "text"
    sha256: str = ""  # of a file's bytes
    evasions: tuple[str, ...] = ()  # AI6: said in spite of the hint


@dataclass(frozen=True, slots=True)
class ConversationStarted(Event):
    name: ClassVar[str] = "conversation_started"
    channel: str
    proof: str
    contact: int
    queue: str
    urgent: bool = False
    elderly: bool = False


@dataclass(frozen=True, slots=True)
class ConversationJoined(Event):
    """A person came."""

    name: ClassVar[str] = "conversation_joined"
    agent_no: str
    waited_s: int


@dataclass(frozen=True, slots=True)
class ConversationHandedOver(Event):
    name: ClassVar[str] = "conversation_handed_over"
    before: str  # agent number
    to: str  # queue:slug | agent:1024
    why: str


@dataclass(frozen=True, slots=True)
class MessageLeft(Event):
    """Nobody could come: what was said becomes a case."""

    name: ClassVar[str] = "message_left"
    why: str  # queue_closed | queue_full | nobody_came


@dataclass(frozen=True, slots=True)
class ConversationFiled(Event):
    """It became a case, or joined one; `case_no` is the number of that case."""

    name: ClassVar[str] = "conversation_filed"
    case_no: str
    joined: bool


@dataclass(frozen=True, slots=True)
class BuyerEnded(Event):
    name: ClassVar[str] = "buyer_ended"


@dataclass(frozen=True, slots=True)
class ConversationEnded(Event):
    name: ClassVar[str] = "conversation_ended"
    outcome: str
    disposition: str = ""
    next_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConversationRated(Event):
    name: ClassVar[str] = "conversation_rated"
    rating: int
    agent_no: str


@dataclass(frozen=True, slots=True)
class MarkedUrgent(Event):
    name: ClassVar[str] = "talk_marked_urgent"
    reason: str


@dataclass(frozen=True, slots=True)
class PersonWished(Event):
    """CH2: the buyer asked for a person in words; `wish`: person | supervisor."""

    name: ClassVar[str] = "person_wished"
    wish: str


@dataclass(frozen=True, slots=True)
class CommitmentMade(Event):
    """CP14: what somebody said they would do until when became a promise."""

    name: ClassVar[str] = "commitment_made"
    about: str
    due: datetime
    text_hash: str
