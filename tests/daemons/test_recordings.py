"""HL7: a closed recording goes into the file store, gets a copy for playing, and is evidence of its case."""

import hashlib
import struct
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import soundfile
from pytest_django import Settings

from huiyin.adapters.sound.waves import RATE, header, measure
from huiyin.daemons import recordings, talks
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.exhibits import named_files, the_files
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.keeping.models import Copy
from huiyin.domain.voice.models import Call, Recording
from huiyin.lib.clock import now
from tests import people
from tests.calls import talking

pytestmark = pytest.mark.django_db
SOUND = b"".join(struct.pack("<hh", n % 200 * 100, -(n % 100) * 50) for n in range(3 * RATE))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.RECORDINGS = tmp_path / "recordings"
    settings.VAR = tmp_path
    settings.FILES = "huiyin.adapters.storage.disk.from_settings"
    the_files.cache_clear()
    (tmp_path / "recordings").mkdir()
    yield tmp_path / "recordings"
    the_files.cache_clear()


def recorded(folder: Path, call: Call, name: str = "1.raw", sound: bytes = SOUND, *, talked_s: float = 3) -> Recording:
    """A talk that was recorded and closed."""
    (folder / name).write_bytes(sound)
    begun = voice.start_recording(call, name, now=now())
    return voice.close_recording(begun, measure(folder / name), talked_s=talked_s, now=now())


def talk_of(call: Call) -> Conversation:
    return Conversation.objects.get(matter=call.talk)


def becomes_a_case(call: Call) -> Case:
    return cases.from_conversation(talk_of(call), by=f"staff:{people.ALICE}", now=now())


def evidence_of(case: Case) -> list[Evidence]:
    return list(Evidence.objects.filter(case=case, what="call"))


def test_hl7_the_recording_of_a_case_becomes_its_evidence_with_every_sample_as_it_was(folder: Path) -> None:
    call, _alice = talking(now=now())
    case, closed = becomes_a_case(call), recorded(folder, call)
    recordings.keep_recording(closed.pk)
    [piece] = evidence_of(case)
    assert (piece.type, piece.source, piece.custodian, piece.mime) == ("communication", "system", "centre", "audio/wav")
    bytes_ = the_files().read(piece.sha256)
    assert bytes_[44:] == SOUND
    assert hashlib.sha256(bytes_[44:]).hexdigest() == closed.sha256
    closed.refresh_from_db()
    assert closed.state == "filed"
    assert not (folder / "1.raw").exists()


def test_hl7_the_copy_for_playing_and_the_wave_form_lie_beside_it(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(recorded(folder, call).pk)
    copy = Copy.objects.get()
    assert copy.small_mime == "audio/ogg"
    assert copy.small_size < copy.size / 3
    assert the_files().read(copy.small_sha256)[:4] == b"OggS"
    assert len(copy.peaks) == 2
    assert Fact.objects.filter(matter=call.matter, name="recording_kept").exists()


def test_hl7_the_sweep_takes_neither_original_nor_copy(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(recorded(folder, call).pk)
    copy = Copy.objects.get()
    assert named_files([copy.sha256, copy.small_sha256, "0" * 64]) == {copy.sha256, copy.small_sha256}


def test_hl7_it_may_run_again_at_any_time(folder: Path) -> None:
    call, _alice = talking(now=now())
    case, closed = becomes_a_case(call), recorded(folder, call)
    for _ in range(3):
        recordings.keep_recording(closed.pk)
    assert len(evidence_of(case)) == 1
    assert Copy.objects.count() == 1
    assert Fact.objects.filter(matter=call.matter, name="recording_kept").count() == 1


def test_hl7_killed_before_the_row_it_goes_on_from_the_file_that_is_still_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, _alice = talking(now=now())
    closed = recorded(folder, call)
    monkeypatch.setattr(recordings, "keep", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        recordings.keep_recording(closed.pk)
    assert (folder / "1.raw").exists()
    monkeypatch.undo()
    recordings.keep_recording(closed.pk)
    assert Copy.objects.count() == 1


def test_hl7_a_call_that_becomes_a_case_later_brings_its_recording(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(recorded(folder, call).pk)
    case = becomes_a_case(call)
    assert evidence_of(case) == []
    talks.keep_talk(talk_of(call).pk)
    assert len(evidence_of(case)) == 1


def test_hl7_a_recording_shorter_than_the_talk_is_flagged(folder: Path) -> None:
    call, _alice = talking(now=now())
    assert recorded(folder, call, talked_s=60).flags == ["short"]
    assert recorded(folder, call, "2.raw", talked_s=4).flags == []


def test_hl7_bytes_that_changed_after_closing_are_kept_and_said(folder: Path) -> None:
    call, _alice = talking(now=now())
    closed = recorded(folder, call)
    (folder / "1.raw").write_bytes(SOUND[:-4] + b"\x01\x02\x03\x04")
    recordings.keep_recording(closed.pk)
    closed.refresh_from_db()
    assert closed.flags == ["changed"]
    assert Fact.objects.get(matter=call.matter, name="recording_kept").data["is_same"] is False


def test_hl7_a_message_to_the_recorder_is_kept_with_its_header_mended(folder: Path) -> None:
    call, _alice = talking(now=now())
    closed = recorded(folder, call, "m.wav", header(0, channels=1) + bytes(2 * RATE * 2), talked_s=2)
    assert closed.flags == ["repaired"]
    recordings.keep_recording(closed.pk)
    file = the_files().read(Copy.objects.get().sha256)
    assert file[40:44] == struct.pack("<I", 2 * RATE * 2)


def test_hl7_what_is_no_sound_is_kept_as_it_is(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(recorded(folder, call, "m.wav", b"not a wav", talked_s=0).pk)
    copy = Copy.objects.get()
    assert the_files().read(copy.sha256) == b"not a wav"
    assert (copy.small_sha256, copy.peaks) == ("", [])


def test_hl7_a_file_that_vanished_leaves_the_others_alone(folder: Path) -> None:
    call, _alice = talking(now=now())
    gone, there = recorded(folder, call), recorded(folder, call, "2.raw")
    (folder / "1.raw").unlink()
    recordings.file_recordings(call.talk_id)
    assert list(Copy.objects.values_list("recording", flat=True)) == [there.pk]
    assert gone.state == "closed"


def test_hl7_no_path_leads_out_of_the_folder(folder: Path) -> None:
    call, _alice = talking(now=now())
    closed = recorded(folder, call)
    Recording.objects.filter(pk=closed.pk).update(path="../secrets.json")
    with pytest.raises(ValueError, match="outside"):
        recordings.keep_recording(closed.pk)


def test_hl7_what_nobody_closed_or_kept_is_done_by_the_round(folder: Path) -> None:
    at = now() - timedelta(minutes=10)
    call, _alice = talking(now=at)
    (folder / "1.raw").write_bytes(SOUND)
    voice.start_recording(call, "1.raw", now=at)
    voice.hung_up(call, Who.BUYER, now=at + timedelta(seconds=4))
    recordings.recordings_left()
    one = Recording.objects.get()
    assert (one.state, one.flags) == ("closed", [])
    Recording.objects.update(closed_at=at)
    recordings.recordings_left()
    assert Copy.objects.filter(recording=one).exists()


def test_hl7_what_is_still_being_recorded_is_left_alone(folder: Path) -> None:
    call, _alice = talking(now=now() - timedelta(minutes=10))
    (folder / "1.raw").write_bytes(SOUND)
    voice.start_recording(call, "1.raw", now=now() - timedelta(minutes=10))
    recordings.recordings_left()
    assert Recording.objects.get().state == "open"


def old(closed: Recording, days: int = 181) -> None:
    Recording.objects.filter(pk=closed.pk).update(closed_at=now() - timedelta(days=days))


def test_tr5_a_recording_no_case_needs_goes_when_its_time_is_over(folder: Path, settings: Settings) -> None:
    call, _alice = talking(now=now())
    closed = recorded(folder, call)
    recordings.keep_recording(closed.pk)
    old(closed, settings.RECORDING_DAYS - 1)
    recordings.recordings_over()
    closed.refresh_from_db()
    assert closed.state == "closed"
    old(closed, settings.RECORDING_DAYS + 1)
    recordings.recordings_over()
    closed.refresh_from_db()
    copy = Copy.objects.get()
    assert closed.state == "erased"
    assert named_files([copy.sha256, copy.small_sha256]) == set()  # the sweep takes the bytes
    assert Fact.objects.get(matter=call.matter, name="recording_erased").data["why"] == "retention"


def test_tr5_neither_a_case_nor_a_hold_lets_a_recording_go(folder: Path) -> None:
    call, _alice = talking(now=now())
    held, filed = recorded(folder, call), recorded(folder, call, "2.raw")
    voice.hold_recording(held, held=True, by="staff:2001", now=now())
    becomes_a_case(call)
    recordings.keep_recording(filed.pk)
    for one in (held, filed):
        old(one)
    recordings.recordings_over()
    assert set(Recording.objects.values_list("state", flat=True)) == {"closed", "filed"}


def test_hl7_the_original_plays_as_it_was_recorded(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(recorded(folder, call).pk)
    (folder / "heard.wav").write_bytes(the_files().read(Copy.objects.get().sha256))
    info = soundfile.info(folder / "heard.wav")
    assert (info.samplerate, info.channels, info.duration) == (RATE, 2, 3.0)
