"""Facts about what we told people."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class NoticeQueued(Event):
    name: ClassVar[str] = "notice_queued"
    notice: int
    template: str
    channel: str


@dataclass(frozen=True, slots=True)
class NoticeSent(Event):
    name: ClassVar[str] = "notice_sent"
    notice: int
    template: str
    channel: str


@dataclass(frozen=True, slots=True)
class NoticeFailed(Event):
    name: ClassVar[str] = "notice_failed"
    notice: int
    template: str
    channel: str
