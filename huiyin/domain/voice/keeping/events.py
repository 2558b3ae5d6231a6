"""Facts about kept recordings."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class RecordingKept(Event):
    """Its original lies in the file store under this hash. `is_same`: its sound is what was hashed on closing."""

    name: ClassVar[str] = "recording_kept"
    recording: int
    sha256: str
    small_sha256: str
    is_same: bool = True
