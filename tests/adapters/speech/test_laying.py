"""HL3: recorded sentences lie where callers hear them, whatever died while they were brought."""

import io
from pathlib import Path

import pytest

from huiyin.adapters.sound.waves import header
from huiyin.adapters.speech.laying import lay_out
from huiyin.adapters.speech.prompts import Prompts
from huiyin.adapters.storage.disk import DiskFiles
from huiyin.domain.voice.hotline.models import Take


def wav(loud: int) -> bytes:
    data = bytes([loud, 0]) * 4000
    return header(len(data), channels=1, rate=8000) + data


@pytest.fixture
def prompts(tmp_path: Path) -> Prompts:
    return Prompts(tmp_path / "voice" / "sounds")


@pytest.fixture
def files(tmp_path: Path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


def take(files: DiskFiles, loud: int = 9, slug: str = "menu.bye") -> Take:
    kept = files.put(io.BytesIO(wav(loud)), most=100_000)
    return Take(slug=slug, voice="en", ready_sha256=kept.sha256)


def test_hl3_a_recording_whose_row_was_written_is_put_in_its_place(prompts: Prompts, files: DiskFiles) -> None:
    one = take(files)
    assert lay_out(prompts, [one], [], files) == 1
    assert prompts.path("menu.bye", "en").read_bytes() == wav(9)
    assert lay_out(prompts, [one], [], files) == 0  # nothing to do


def test_hl3_a_recording_that_is_played_no_more_is_taken_away(prompts: Prompts, files: DiskFiles) -> None:
    old, new = take(files), take(files, 7)
    lay_out(prompts, [old], [], files)
    lay_out(prompts, [new], [old], files)
    assert prompts.placed("menu.bye", "en") == wav(7)
    assert lay_out(prompts, [], [old, new], files) == 1
    assert prompts.recording("menu.bye", "en") is None


def test_hl3_what_somebody_put_there_by_hand_stays(prompts: Prompts, files: DiskFiles) -> None:
    prompts.place("menu.bye", "en", wav(3))
    assert lay_out(prompts, [], [take(files)], files) == 0
    assert prompts.placed("menu.bye", "en") == wav(3)


def test_hl3_a_recording_that_was_spoiled_is_spoken_instead(prompts: Prompts, files: DiskFiles) -> None:
    gone = Take(slug="menu.bye", voice="en", ready_sha256="0" * 64)
    assert lay_out(prompts, [gone, take(files, slug="menu.main")], [], files) == 1
    assert prompts.recording("menu.bye", "en") is None
    assert prompts.placed("menu.main", "en") == wav(9)


def test_hl3_what_the_dial_plan_says_by_itself_follows_under_its_name(prompts: Prompts) -> None:
    standing = prompts.standing("line.wait")
    spoken = standing.read_bytes()
    prompts.place("line.wait", "zh-hans", wav(5))
    assert standing.read_bytes() == wav(5)
    prompts.place("line.wait", "en", wav(6))  # the dial plan speaks the language of the house
    assert standing.read_bytes() == wav(5)
    prompts.displace("line.wait", "zh-hans")
    assert standing.read_bytes() == spoken
    assert prompts.standing("line.wait") == standing
