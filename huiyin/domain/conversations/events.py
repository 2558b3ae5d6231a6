"""Facts about what was said."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class MessageWritten(Event):
    name: ClassVar[str] = "message_written"
    message: int
    internal: bool
    text_hash: str  # SHA-256 of salt and text: proves the text without keeping it here
