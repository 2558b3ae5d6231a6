"""Facts about people who work here."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class PersonHired(Event):
    name: ClassVar[str] = "person_hired"
    agent_no: str
    tier: str


@dataclass(frozen=True, slots=True)
class DutyChanged(Event):
    name: ClassVar[str] = "duty_changed"
    on_duty: bool


@dataclass(frozen=True, slots=True)
class PasswordSet(Event):
    name: ClassVar[str] = "password_set"
    agent_no: str
