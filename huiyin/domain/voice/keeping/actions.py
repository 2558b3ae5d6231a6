"""Saying where a recording lies; the bytes are on disk before any of this is called."""

from dataclasses import dataclass, field
from datetime import datetime

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.voice.actions.locking import lock, topics
from huiyin.domain.voice.keeping.events import RecordingKept
from huiyin.domain.voice.keeping.models import Copy
from huiyin.domain.voice.models import Recording
from huiyin.lib.files import Stored
from huiyin.lib.postgresql import often


@dataclass(frozen=True, slots=True)
class Made:
    """What was put into the file store. `small` None: there is no sound to copy."""

    original: Stored
    small: Stored | None = None
    mime: str = ""
    peaks: list[list[int]] = field(default_factory=list)


@verb
def keep(recording: Recording, made: Made, *, is_same: bool = True, now: datetime) -> Copy:
    """The recording lies in the file store now. Harmless to repeat: the first one counts. Not `is_same`: its bytes have
    changed since it was closed; that is flagged, and the case says so."""
    ours = lock(recording.call)
    small = made.small or Stored("", 0)
    row = Copy(
        recording=recording, sha256=made.original.sha256, size=made.original.size, small_sha256=small.sha256,
        small_size=small.size, small_mime=made.mime, peaks=made.peaks, made_at=now,
    )  # fmt: skip
    if not often.insert_unless_there(row):
        return Copy.objects.get(recording=recording)
    if not is_same:
        often.change(recording, flags=[*recording.flags, "changed"])
    kept = RecordingKept(
        recording=recording.pk, sha256=row.sha256, small_sha256=row.small_sha256, is_same=is_same
    )  # fmt: skip
    journal.record(ours.matter, kept, by="system", now=now, tell=topics(ours))
    return row
