"""What is kept of what was said. Bytes are written by the media server; here stands what is known about them."""

from datetime import datetime

from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.voice.actions.locking import lock, topics
from huiyin.domain.voice.events import NotRecorded, RecordingClosed, RecordingErased, RecordingHeld, RecordingStarted
from huiyin.domain.voice.models import Call, Recording
from huiyin.domain.voice.phone import Recorded, RecordingKind, RecordingState, flags_of
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often


@verb
def start_recording(call: Call, path: str, kind: RecordingKind = RecordingKind.TALK, *, now: datetime) -> Recording:
    """It is recorded from now on, into this file of the recordings' folder. The same file begins once."""
    ours = lock(call)
    made = Recording(call=ours, path=path, kind=RecordingKind(kind).value, started_at=now)
    if not often.insert_unless_there(made):
        return Recording.objects.get(path=path)
    started = RecordingStarted(recording=made.pk, kind=made.kind)
    journal.record(ours.matter, started, by="system", now=now, tell=topics(ours))
    return made


@verb
def not_recorded(call: Call, why: str, *, now: datetime) -> None:
    """They talk from now on without being recorded; `why`: see NotRecorded."""
    ours = lock(call)
    journal.record(ours.matter, NotRecorded(why=why), by="system", now=now, tell=topics(ours))


@verb
def close_recording(recording: Recording, recorded: Recorded, *, talked_s: float = 0, now: datetime) -> Recording:
    """Its bytes are fixed from here on. `talked_s`: for how long something was to be heard. Harmless to repeat."""
    ours = lock(recording.call)
    recording.refresh_from_db()
    if recording.state != RecordingState.OPEN:
        return recording
    flags = flags_of(recorded, talked_s)
    often.change(
        recording, state=RecordingState.CLOSED.value, closed_at=now, seconds=recorded.seconds, size=recorded.size,
        sha256=recorded.sha256, flags=flags,
    )  # fmt: skip
    closed = RecordingClosed(
        recording=recording.pk, sha256=recorded.sha256, seconds=round(recorded.seconds), flags=tuple(flags)
    )  # fmt: skip
    journal.record(ours.matter, closed, by="system", now=now, tell=topics(ours))
    return recording


@transaction.atomic(savepoint=False)
def recording_filed(recording: Recording) -> None:
    """It is evidence of a case now."""
    Recording.objects.filter(pk=recording.pk, state=RecordingState.CLOSED).update(state=RecordingState.FILED.value)


@verb
def hold_recording(recording: Recording, *, held: bool, by: str, now: datetime) -> None:
    """Keep it beyond its time, or no longer. Raises Refusal `recording_gone`."""
    ours = lock(recording.call)
    recording.refresh_from_db()
    if recording.state == RecordingState.ERASED:
        raise Refusal("recording_gone")
    if recording.legal_hold == held:
        return
    often.change(recording, legal_hold=held)
    journal.record(ours.matter, RecordingHeld(recording=recording.pk, held=held), by=by, now=now, tell=topics(ours))


@verb
def erase_recording(recording: Recording, why: str, *, by: str, now: datetime) -> None:
    """Its bytes are no more (removed by whoever asks, before); what is known about them stays. Raises Refusal
    `recording_held`. Harmless to repeat."""
    ours = lock(recording.call)
    recording.refresh_from_db()
    if recording.legal_hold:
        raise Refusal("recording_held")
    if recording.state == RecordingState.ERASED:
        return
    often.change(recording, state=RecordingState.ERASED.value, erased_at=now)
    erased = RecordingErased(recording=recording.pk, why=why)
    journal.record(ours.matter, erased, by=by, now=now, tell=topics(ours))
