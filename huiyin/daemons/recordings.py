"""What the worker does for recordings: into the file store, a copy for playing, evidence of the case, in time away.

Everything here may run twice, and after a crash between any two of its steps: bytes are in the store before a row says
so, the same bytes are the same file, and the file of the media server is removed last.
"""

import logging
import tempfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from huiyin.adapters.sound.copies import MIME, peaks, playing_copy
from huiyin.adapters.sound.waves import measure, write_wav
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import exhibits
from huiyin.domain.cases.actions import Original
from huiyin.domain.cases.evidence import Source, What
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.keeping import queries
from huiyin.domain.voice.keeping.actions import Made, keep
from huiyin.domain.voice.keeping.models import Copy
from huiyin.domain.voice.models import Recording
from huiyin.domain.voice.phone import RecordingState
from huiyin.lib.clock import now

log = logging.getLogger("huiyin.recordings")
LARGEST = 1 << 30  # nine hours; the media server records no call for so long
MOST = 20  # in one round


def keep_recording(recording_id: int) -> None:
    """A closed recording goes into the store and, where its call belongs to a case, becomes evidence of it."""
    recording = _row(recording_id)
    if recording.state not in {RecordingState.CLOSED, RecordingState.FILED} or not recording.size:
        return
    copy = Copy.objects.filter(recording=recording).first() or _keep(recording)
    if copy is None:
        return
    _file(recording, copy)
    _path(recording).unlink(missing_ok=True)


def file_recordings(matter_id: int) -> None:
    """The conversation on this matter belongs to a case now: so do its recordings."""
    for recording in queries.recordings_of(matter_id):
        keep_recording(recording.pk)


def recordings_left() -> None:
    """What somebody who died should have closed or kept."""
    for recording in queries.never_closed(now())[:MOST]:
        ended = recording.call.ended_at or now()
        talked = max(0.0, (ended - recording.started_at).total_seconds())
        voice.close_recording(recording, measure(_path(recording)), talked_s=talked, now=now())
    for recording in queries.never_kept(now())[:MOST]:
        keep_recording(recording.pk)


def recordings_over() -> None:
    """TR5: what no case needs goes when its time is over. The bytes are swept out of the store a day later."""
    for recording in queries.over(now())[:1000]:
        voice.erase_recording(recording, "retention", by="system", now=now())
        _path(recording).unlink(missing_ok=True)


def _row(recording_id: int) -> Recording:
    return Recording.objects.select_related("call__matter", "call__talk").get(pk=recording_id)


def _path(recording: Recording) -> Path:
    """Where the media server has put it; what is written there comes from us, and stays below that folder."""
    root = Path(settings.RECORDINGS).resolve()
    path = (root / recording.path).resolve()
    if not path.is_relative_to(root):
        raise ValueError(f"recording {recording.pk} lies outside of its folder")
    return path


def _keep(recording: Recording) -> Copy | None:
    path = _path(recording)
    found = measure(path)
    if not found.size:
        log.error("recording %s: its file is gone before it was kept", recording.pk)
        return None
    with tempfile.TemporaryFile() as file:
        write_wav(path, cast(BinaryIO, file))
        made = _made(cast(BinaryIO, file))
    return keep(recording, made, is_same=found.sha256 == recording.sha256, now=now())


def _made(wav: BinaryIO) -> Made:
    """Everything that is put into the store for a recording. What cannot be read as sound is kept as it is."""
    wav.seek(0)
    original = exhibits.the_files().put(wav, most=LARGEST)
    try:
        small, form = playing_copy(wav), peaks(wav)
    except ValueError as fault:
        log.warning("no copy for playing: %s", fault)
        return Made(original)
    return Made(original, exhibits.the_files().put(BytesIO(small), most=LARGEST), MIME, form)


def _file(recording: Recording, copy: Copy) -> None:
    case = _case_of(recording)
    if case is None:
        return
    original = Original(
        what=What.CALL, sha256=copy.sha256, size=copy.size, mime="audio/wav", custodian="centre",
        name=f"{recording.kind}-{recording.call.matter.no}-{recording.pk}.wav", captured_at=recording.started_at,
    )  # fmt: skip
    cases.add_evidence(case, [original], source=Source.SYSTEM, by="system", now=now())
    voice.recording_filed(recording)


def _case_of(recording: Recording) -> Case | None:
    call = recording.call
    talk = Conversation.objects.filter(matter=call.talk_id).first()
    about = talk.case_id if talk is not None and talk.case_id else call.case_id
    return Case.objects.select_related("matter").filter(matter=about).first() if about else None
