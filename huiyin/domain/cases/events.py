"""Facts about cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from huiyin.domain.journal.events import Event
from huiyin.lib.money import Money


@dataclass(frozen=True, slots=True)
class ItemNamed:
    """A demand item, or an offer for it, as facts tell it: never its words."""

    no: int
    kind: str
    amount: Money
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseFiled(Event):
    name: ClassVar[str] = "case_filed"
    category: str
    urgency: str
    channel: str
    why: str  # the code that opened it, empty when a buyer filed it
    text_hash: str
    items: tuple[ItemNamed, ...] = ()


@dataclass(frozen=True, slots=True)
class DemandNamed(Event):
    """The buyer said what they want on a matter that was open already."""

    name: ClassVar[str] = "demand_named"
    items: tuple[ItemNamed, ...]
    text_hash: str


@dataclass(frozen=True, slots=True)
class CaseAssigned(Event):
    name: ClassVar[str] = "case_assigned"
    agent_no: str
    before: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgentsKeptOut(Event):
    """CP21: the complaint is about these agents; they neither own nor see nor decide it."""

    name: ClassVar[str] = "agents_kept_out"
    agent_nos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderNamed(Event):
    """Which order a case is about was said after it was filed; None as long as we have not met it at the shop."""

    name: ClassVar[str] = "order_named"
    order: int | None


@dataclass(frozen=True, slots=True)
class OrderUnknown(Event):
    """The shop knows no order by the number that a case names."""

    name: ClassVar[str] = "order_unknown"


@dataclass(frozen=True, slots=True)
class NextStepChosen(Event):
    """Where the buyer turns when the deadline of the letter is missed: a `letter.NextStep`."""

    name: ClassVar[str] = "next_step_chosen"
    step: str


@dataclass(frozen=True, slots=True)
class WordsErased(Event):
    """The words of the complaint and their salt are gone; `text_hash` of the facts proves nothing any more."""

    name: ClassVar[str] = "words_erased"
    reason: str


@dataclass(frozen=True, slots=True)
class CaseAnswered(Event):
    """The first answer: by a person, or a complete automatic one that names a step and a time."""

    name: ClassVar[str] = "case_answered"
    agent_no: str
    step: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseEscalated(Event):
    name: ClassVar[str] = "case_escalated"
    level: int
    reason: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class CaseClosed(Event):
    name: ClassVar[str] = "case_closed"
    outcome: str
    behalf: str = ""  # why somebody else says for the buyer that it is solved


@dataclass(frozen=True, slots=True)
class CaseReopened(Event):
    name: ClassVar[str] = "case_reopened"
    reason: str
    times: int = 1
    behalf: str = ""  # why somebody else says it for the buyer


@dataclass(frozen=True, slots=True)
class CaseAssessed(Event):
    """Who is responsible; with the category and urgency as they stand now."""

    name: ClassVar[str] = "case_assessed"
    responsible: str
    category: str
    urgency: str
    state: str


@dataclass(frozen=True, slots=True)
class FindingContested(Event):
    """The buyer sees it differently."""

    name: ClassVar[str] = "finding_contested"
    responsible: str  # what we had said
    text_hash: str


@dataclass(frozen=True, slots=True)
class MaterialAsked(Event):
    name: ClassVar[str] = "material_asked"
    item: str
    paused: bool
    running_because: str = ""  # why our clock goes on meanwhile
    state: str = ""


@dataclass(frozen=True, slots=True)
class MaterialCame(Event):
    """The buyer sent something while we waited: our turn again."""

    name: ClassVar[str] = "material_came"
    state: str


@dataclass(frozen=True, slots=True)
class WentOn(Event):
    """We do not wait any longer and decide with what we have."""

    name: ClassVar[str] = "went_on"
    state: str


@dataclass(frozen=True, slots=True)
class CaseProposed(Event):
    name: ClassVar[str] = "case_proposed"
    offers: tuple[ItemNamed, ...]
    resolved: bool  # carried out at once, without waiting for the buyer's word
    text_hash: str
    state: str


@dataclass(frozen=True, slots=True)
class ItemsDecided(Event):
    """The buyer's word on some offers: accepted | partly | refused | withdrawn."""

    name: ClassVar[str] = "items_decided"
    items: tuple[int, ...]
    decision: str
    state: str
    behalf: str = ""


@dataclass(frozen=True, slots=True)
class ItemAgreed(Event):
    """Something must be carried out now, and its clock runs until it has arrived."""

    name: ClassVar[str] = "item_agreed"
    item: int
    no: int


@dataclass(frozen=True, slots=True)
class ItemStarted(Event):
    name: ClassVar[str] = "item_started"
    no: int
    remedy: int | None  # None = a person does it


@dataclass(frozen=True, slots=True)
class ItemArrived(Event):
    name: ClassVar[str] = "item_arrived"
    no: int
    verified: str  # shop | person | buyer
    state: str


@dataclass(frozen=True, slots=True)
class ItemFailed(Event):
    """What was agreed could not be done; the item is open again."""

    name: ClassVar[str] = "item_failed"
    no: int
    reason: str
    state: str


@dataclass(frozen=True, slots=True)
class BuyerReminded(Event):
    name: ClassVar[str] = "buyer_reminded"
    times: int


@dataclass(frozen=True, slots=True)
class EvidenceNamed:
    """One piece of evidence as a fact names it: never its file name, which may say who somebody is."""

    no: int
    type: str
    what: str
    sha256: str
    size: int
    mime: str


@dataclass(frozen=True, slots=True)
class EvidenceAdded(Event):
    """`source`: system | buyer | staff. From the moment of this fact on nobody can swap the bytes unseen."""

    name: ClassVar[str] = "evidence_added"
    source: str
    items: tuple[EvidenceNamed, ...]


@dataclass(frozen=True, slots=True)
class EvidenceUnreadable(Event):
    """CP20: points that somebody could not read in a piece of evidence."""

    name: ClassVar[str] = "evidence_unreadable"
    no: int
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceSpoiled(Event):
    """The bytes on disk are not those that were added: `damaged` or `gone`."""

    name: ClassVar[str] = "evidence_spoiled"
    no: int
    sha256: str
    how: str


@dataclass(frozen=True, slots=True)
class EvidenceRestored(Event):
    """The very bytes that were added lie on disk again; the damaged ones were put aside."""

    name: ClassVar[str] = "evidence_restored"
    no: int
    sha256: str
