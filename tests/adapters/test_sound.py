"""HL7: recorded sound is mended, never altered, copied small and drawn."""

import hashlib
import math
import struct
from io import BytesIO
from pathlib import Path
from threading import Timer

import pytest
import soundfile

from huiyin.adapters.sound.copies import COLUMNS, peaks, playing_copy
from huiyin.adapters.sound.waves import FRAME, RATE, header, is_being_written, measure, until_written, write_wav

BUYER_HZ, AGENT_HZ = 1000, 1500


def talk(seconds: float = 4.0) -> bytes:
    """Both in turn: the buyer speaks in even seconds, the agent in odd ones, half as loud."""
    return b"".join(_frame(n) for n in range(int(seconds * RATE)))


def _frame(n: int) -> bytes:
    at, is_buyer = n / RATE, n // RATE % 2 == 0
    hz, loud = (BUYER_HZ, 0.8) if is_buyer else (AGENT_HZ, 0.4)
    value = int(32767 * loud * math.sin(2 * math.pi * hz * at))
    return struct.pack("<hh", value, 0) if is_buyer else struct.pack("<hh", 0, value)


def wav_of(path: Path) -> BytesIO:
    made = BytesIO()
    write_wav(path, made)
    made.seek(0)
    return made


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "483102759164-1.raw"
    path.write_bytes(talk())
    return path


def test_hl7_a_talk_is_measured_and_hashed_as_it_lies_there(raw: Path) -> None:
    before = raw.read_bytes()
    found = measure(raw)
    assert found.seconds == pytest.approx(4.0)
    assert found.size == len(before)
    assert found.sha256 == hashlib.sha256(before).hexdigest()
    assert not found.is_repaired
    assert raw.read_bytes() == before


def test_hl7_half_a_frame_after_a_crash_is_cut_off_and_said(raw: Path) -> None:
    with raw.open("ab") as file:
        file.write(b"\x01\x02\x03")
    found = measure(raw)
    assert found.is_repaired
    assert found.size % FRAME == 0
    assert not measure(raw).is_repaired  # once


def test_hl7_as_wav_every_sample_stays_what_was_hashed(raw: Path) -> None:
    wav = wav_of(raw).getvalue()
    assert wav[44:] == raw.read_bytes()
    info = soundfile.info(BytesIO(wav))
    assert (info.samplerate, info.channels, info.duration) == (RATE, 2, 4.0)


def test_hl7_a_header_that_the_crash_left_empty_is_written(tmp_path: Path) -> None:
    sound = talk()
    path = tmp_path / "message.wav"
    path.write_bytes(header(0) + sound)
    found = measure(path)
    assert found.is_repaired
    assert found.seconds == pytest.approx(4.0)
    assert path.read_bytes() == header(len(sound)) + sound
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not measure(path).is_repaired


def test_hl7_a_mono_message_lasts_as_long_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "message.wav"
    path.write_bytes(header(RATE * 2 * 3, channels=1) + bytes(RATE * 2 * 3))
    assert measure(path).seconds == pytest.approx(3.0)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"no wav at all"])
def test_hl7_what_is_no_sound_holds_no_second(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "message.wav"
    path.write_bytes(content)
    found = measure(path)
    assert found.seconds == 0.0
    assert path.read_bytes() == content
    with pytest.raises(ValueError, match=r".+"):
        playing_copy(BytesIO(content))


def test_hl7_a_file_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert (measure(tmp_path / "gone.raw").size, measure(tmp_path / "gone.raw").seconds) == (0, 0.0)


def test_hl7_the_copy_is_small_and_lasts_as_long(raw: Path) -> None:
    copy = playing_copy(wav_of(raw))
    assert copy[:4] == b"OggS"
    info = soundfile.info(BytesIO(copy))
    assert info.duration == pytest.approx(4.0, abs=0.05)
    assert info.channels == 2
    assert len(copy) < len(raw.read_bytes()) / 4


def test_hl7_in_the_copy_each_side_is_still_heard_alone(raw: Path) -> None:
    sound, rate = soundfile.read(BytesIO(playing_copy(wav_of(raw))), dtype="float32")
    second = slice(rate // 4, rate * 3 // 4)  # within the first second, when the buyer speaks
    assert abs(sound[second, 0]).max() > 0.5
    assert abs(sound[second, 1]).max() < 0.1


def test_hl7_the_wave_form_shows_who_spoke_when(raw: Path) -> None:
    buyer, agent = peaks(wav_of(raw))
    assert len(buyer) == len(agent) <= COLUMNS
    quarter = len(buyer) // 4
    assert max(buyer[:quarter]) == pytest.approx(80, abs=1)
    assert max(agent[: quarter - 1]) == 0
    assert max(agent[quarter : 2 * quarter]) == pytest.approx(40, abs=1)


def test_hl7_a_long_talk_has_no_more_columns_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "long.raw"
    path.write_bytes(bytes(RATE * FRAME * 200))
    assert len(peaks(wav_of(path))[0]) <= COLUMNS


def test_hl7_what_is_still_being_written_is_not_yet_complete(tmp_path: Path) -> None:
    path = tmp_path / "talk.raw"
    with path.open("wb") as file:
        file.write(b"\0\0\0\0")
        file.flush()
        assert is_being_written(path)
        assert not until_written(path, patience_s=0.05)
        Timer(0.1, file.close).start()
        assert until_written(path)
    assert not is_being_written(path)
    assert until_written(tmp_path / "never was")
