"""Facts about transcripts. Never what was said."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class CallTranscribed(Event):
    """What was said in this recording can be read and searched. `stretches`: of speech."""

    name: ClassVar[str] = "call_transcribed"
    recording: int
    model: str
    stretches: int
