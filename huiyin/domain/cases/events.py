"""Facts about cases."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class CaseFiled(Event):
    name: ClassVar[str] = "case_filed"
    category: str
    urgency: str
    channel: str
    why: str  # the code that opened it, empty when a buyer filed it
    text_hash: str


@dataclass(frozen=True, slots=True)
class CaseAssigned(Event):
    name: ClassVar[str] = "case_assigned"
    agent_no: str
    before: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseAnswered(Event):
    """The first answer by a person."""

    name: ClassVar[str] = "case_answered"
    agent_no: str


@dataclass(frozen=True, slots=True)
class CaseEscalated(Event):
    name: ClassVar[str] = "case_escalated"
    level: int
    reason: str


@dataclass(frozen=True, slots=True)
class CaseClosed(Event):
    name: ClassVar[str] = "case_closed"
    outcome: str


@dataclass(frozen=True, slots=True)
class CaseReopened(Event):
    name: ClassVar[str] = "case_reopened"
    reason: str
