"""HL7: a closed recording goes into the file store, gets a copy for playing, and is evidence of its case."""

import hashlib
import struct
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import soundfile
from pytest_django import Settings

from huiyin.adapters.sound.waves import RATE, header
from huiyin.daemons import recordings, talks
from huiyin.domain.cases.exhibits import named_files, the_files
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.keeping.models import Copy
from huiyin.domain.voice.models import Recording
from huiyin.lib.clock import now
from tests.calls import talking
from tests.recordings import SOUND, becomes_a_case, closed, talk_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.RECORDINGS = tmp_path / "recordings"
    settings.VAR = tmp_path
    settings.FILES = "huiyin.adapters.storage.disk.from_settings"
    the_files.cache_clear()
    (tmp_path / "recordings").mkdir()
    yield tmp_path / "recordings"
    the_files.cache_clear()


def evidence_of(case: Case) -> list[Evidence]:
    return list(Evidence.objects.filter(case=case, what="call"))


def test_hl7_the_recording_of_a_case_becomes_its_evidence_with_every_sample_as_it_was(folder: Path) -> None:
    call, _alice = talking(now=now())
    case, one = becomes_a_case(call), closed(call)
    recordings.keep_recording(one.pk)
    [piece] = evidence_of(case)
    assert (piece.type, piece.source, piece.custodian, piece.mime) == ("communication", "system", "centre", "audio/wav")
    bytes_ = the_files().read(piece.sha256)
    assert bytes_[44:] == SOUND
    assert hashlib.sha256(bytes_[44:]).hexdigest() == one.sha256
    one.refresh_from_db()
    assert one.state == "filed"
    assert not (folder / "1.raw").exists()


def test_hl7_the_copy_for_playing_and_the_wave_form_lie_beside_it(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(closed(call).pk)
    copy = Copy.objects.get()
    assert copy.small_mime == "audio/ogg"
    assert copy.small_size < copy.size / 3
    assert the_files().read(copy.small_sha256)[:4] == b"OggS"
    assert len(copy.peaks) == 2
    assert Fact.objects.filter(matter=call.matter, name="recording_kept").exists()


def test_hl7_the_sweep_takes_neither_original_nor_copy(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(closed(call).pk)
    copy = Copy.objects.get()
    assert named_files([copy.sha256, copy.small_sha256, "0" * 64]) == {copy.sha256, copy.small_sha256}


def test_hl7_it_may_run_again_at_any_time(folder: Path) -> None:
    call, _alice = talking(now=now())
    case, one = becomes_a_case(call), closed(call)
    for _ in range(3):
        recordings.keep_recording(one.pk)
    assert len(evidence_of(case)) == 1
    assert Copy.objects.count() == 1
    assert Fact.objects.filter(matter=call.matter, name="recording_kept").count() == 1


def test_hl7_killed_before_the_row_it_goes_on_from_the_file_that_is_still_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, _alice = talking(now=now())
    one = closed(call)
    monkeypatch.setattr(recordings, "keep", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        recordings.keep_recording(one.pk)
    assert (folder / "1.raw").exists()
    monkeypatch.undo()
    recordings.keep_recording(one.pk)
    assert Copy.objects.count() == 1


def test_hl7_a_call_that_becomes_a_case_later_brings_its_recording(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(closed(call).pk)
    case = becomes_a_case(call)
    assert evidence_of(case) == []
    talks.keep_talk(talk_of(call).pk)
    assert len(evidence_of(case)) == 1


def test_hl7_a_recording_shorter_than_the_talk_is_flagged(folder: Path) -> None:
    call, _alice = talking(now=now())
    assert closed(call, talked_s=60).flags == ["short"]
    assert closed(call, "2.raw", talked_s=4).flags == []


def test_hl7_bytes_that_changed_after_closing_are_kept_and_said(folder: Path) -> None:
    call, _alice = talking(now=now())
    one = closed(call)
    (folder / "1.raw").write_bytes(SOUND[:-4] + b"\x01\x02\x03\x04")
    recordings.keep_recording(one.pk)
    one.refresh_from_db()
    assert one.flags == ["changed"]
    assert Fact.objects.get(matter=call.matter, name="recording_kept").data["is_same"] is False


def test_hl7_a_message_to_the_recorder_is_kept_with_its_header_mended(folder: Path) -> None:
    call, _alice = talking(now=now())
    one = closed(call, "m.wav", header(0, channels=1) + bytes(2 * RATE * 2), talked_s=2)
    assert one.flags == ["repaired"]
    recordings.keep_recording(one.pk)
    file = the_files().read(Copy.objects.get().sha256)
    assert file[40:44] == struct.pack("<I", 2 * RATE * 2)


def test_hl7_what_is_no_sound_is_kept_as_it_is(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(closed(call, "m.wav", b"not a wav", talked_s=0).pk)
    copy = Copy.objects.get()
    assert the_files().read(copy.sha256) == b"not a wav"
    assert (copy.small_sha256, copy.peaks) == ("", [])


def test_hl7_a_file_that_vanished_leaves_the_others_alone(folder: Path) -> None:
    call, _alice = talking(now=now())
    gone, there = closed(call), closed(call, "2.raw")
    (folder / "1.raw").unlink()
    recordings.file_recordings(call.talk_id)
    assert list(Copy.objects.values_list("recording", flat=True)) == [there.pk]
    assert gone.state == "closed"


def test_hl7_no_path_leads_out_of_the_folder(folder: Path) -> None:
    call, _alice = talking(now=now())
    one = closed(call)
    Recording.objects.filter(pk=one.pk).update(path="../secrets.json")
    with pytest.raises(ValueError, match="outside"):
        recordings.keep_recording(one.pk)


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


def old(one: Recording, days: int = 181) -> None:
    Recording.objects.filter(pk=one.pk).update(closed_at=now() - timedelta(days=days))


def test_tr5_a_recording_no_case_needs_goes_when_its_time_is_over(folder: Path, settings: Settings) -> None:
    call, _alice = talking(now=now())
    one = closed(call)
    recordings.keep_recording(one.pk)
    old(one, settings.RECORDING_DAYS - 1)
    recordings.recordings_over()
    one.refresh_from_db()
    assert one.state == "closed"
    old(one, settings.RECORDING_DAYS + 1)
    recordings.recordings_over()
    one.refresh_from_db()
    copy = Copy.objects.get()
    assert one.state == "erased"
    assert named_files([copy.sha256, copy.small_sha256]) == set()  # the sweep takes the bytes
    assert Fact.objects.get(matter=call.matter, name="recording_erased").data["why"] == "retention"


def test_tr5_neither_a_case_nor_a_hold_lets_a_recording_go(folder: Path) -> None:
    call, _alice = talking(now=now())
    held, filed = closed(call), closed(call, "2.raw")
    voice.hold_recording(held, held=True, by="staff:2001", now=now())
    becomes_a_case(call)
    recordings.keep_recording(filed.pk)
    for one in (held, filed):
        old(one)
    recordings.recordings_over()
    assert set(Recording.objects.values_list("state", flat=True)) == {"closed", "filed"}


def test_hl7_the_original_plays_as_it_was_recorded(folder: Path) -> None:
    call, _alice = talking(now=now())
    recordings.keep_recording(closed(call).pk)
    (folder / "heard.wav").write_bytes(the_files().read(Copy.objects.get().sha256))
    info = soundfile.info(folder / "heard.wav")
    assert (info.samplerate, info.channels, info.duration) == (RATE, 2, 3.0)
