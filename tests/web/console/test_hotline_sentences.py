"""HL3 in the console: sentences recorded by people, and files that are none."""

import hashlib
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.adapters.speech.prompts import Prompts
from huiyin.domain.voice.hotline import actions as hotline
from huiyin.domain.voice.hotline.models import Take
from huiyin.domain.voice.menu import Say
from tests.people import SUE
from tests.web.console.hotline import HOTLINE, At, change, wav
from tests.web.console.test_console import page


def upload(client: Client, data: bytes, path: str = "/sentences/en/menu.bye") -> Any:
    return client.post(HOTLINE + path, {"file": SimpleUploadedFile("bye.wav", data, "audio/wav")})


def heard(slug: str = "menu.bye") -> bytes:
    """What the switchboard plays for this sentence."""
    return Prompts(django_settings.RECORDINGS.parent / "sounds").path(slug, "en").read_bytes()


def test_hl3_a_recording_takes_the_place_of_a_sentence_and_gives_it_back(at_console: At) -> None:
    client, spoken = at_console(), heard()
    original = wav()
    assert upload(client, original).status_code == 302
    recorded = heard()
    assert recorded != spoken
    data, rate = soundfile.read(io.BytesIO(recorded), dtype="float64", always_2d=True)
    assert (rate, data.shape[1]) == (8000, 1)
    assert 0.9 < len(data) / rate < 1.2
    peak = np.argmax(np.abs(np.fft.rfft(data[:, 0]))) * rate / len(data)
    assert abs(peak - 440) < 3
    address = f"{HOTLINE}/sound/en/menu.bye"
    assert client.get(address).content == recorded
    assert client.get(f"{address}?as=spoken").content == spoken
    assert client.get(f"{address}?as=original").content == original
    client.post(f"{HOTLINE}/sentences/en/menu.bye", {"gone": "1"})
    assert heard() == spoken
    assert Take.objects.get().ended_at is not None


GONE = (f"{HOTLINE}/sentences/en/menu.bye", {"gone": "1"})


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Somebody else does something when this verb is done, and before whoever did it has put a file there."""

    def arranged(verb: str, deed: Callable[[], object]) -> None:
        first = getattr(hotline, verb)

        def then_the_other(*args: Any, **more: Any) -> Any:
            done = first(*args, **more)
            monkeypatch.setattr(hotline, verb, first)
            deed()
            return done

        monkeypatch.setattr(hotline, verb, then_the_other)

    return arranged


def test_hl3_a_recording_taken_back_before_it_lies_there_is_not_played(at_console: At, meanwhile: Any) -> None:
    spoken, other = heard(), at_console(SUE)
    meanwhile("record_sentence", lambda: other.post(*GONE))
    upload(at_console(), wav())
    assert (heard() == spoken, Take.objects.get().ended_at is not None) == (True, True)


def test_hl3_a_recording_that_came_while_another_was_taken_back_is_played(at_console: At, meanwhile: Any) -> None:
    client, other = at_console(), at_console(SUE)
    upload(client, wav())
    meanwhile("take_back", lambda: upload(other, wav(2.0)))
    client.post(*GONE)
    played = Take.objects.get(ended_at=None)
    assert (played.by, hashlib.sha256(heard()).hexdigest()) == (f"staff:{SUE}", played.ready_sha256)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "This file is empty"),
        (b"MZ" + b"\0" * 500, "no WAV file"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "no WAV file"),
        (b"RIFF\x24\0\0\0WAVEjunk" + b"\xff" * 64, "no WAV file"),
        (wav(61, 8000, 1, "PCM_16"), "may last 60 seconds"),
        (wav(0.05), "over before a word"),
        (wav(level=0.0001, subtype="PCM_16"), "Nothing can be heard"),
        (wav(rate=4000), "less than a telephone carries"),
        (wav(channels=4), "4 channels"),
        (wav()[:3000], "over before a word"),
    ],
)
def test_hl3_a_file_that_is_no_sentence_is_refused_with_what_to_do(at_console: At, data: bytes, says: str) -> None:
    answer = upload(at_console(), data)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert not Take.objects.exists()


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [(8000, 1, "PCM_16"), (16_000, 1, "FLOAT"), (48_000, 2, "PCM_16"), (22_050, 1, "PCM_U8"), (8000, 1, "ULAW")],
)
def test_hl3_what_recorders_save_is_taken(at_console: At, rate: int, channels: int, subtype: str) -> None:
    assert upload(at_console(), wav(1.0, rate, channels, subtype)).status_code == 302


def test_hl3_no_file_is_no_recording(at_console: At) -> None:
    answer = at_console().post(f"{HOTLINE}/sentences/en/menu.bye", {})
    assert answer.status_code == 409
    assert "choose a file first" in answer.content.decode()


def test_hl3_a_recording_of_own_words_is_not_played_for_other_words(at_console: At) -> None:
    client = at_console()
    change(client, "bye", **{"say_0_en": "So long.", "say_0_zh-hans": "再会。"})
    said = Say("", words={"en": "So long.", "zh-hans": "再会。"})
    listed = page(client, f"{HOTLINE}/sentences")
    slug = re.findall(r"/sentences/en/(own\.[0-9a-f]{16})", listed)[0]
    prompts = Prompts(django_settings.RECORDINGS.parent / "sounds")
    spoken = prompts.said(said, "en").read_bytes()
    assert upload(client, wav(), f"/sentences/en/{slug}").status_code == 302
    assert prompts.said(said, "en").read_bytes() != spoken
    other = Say("", words={"en": "So long!", "zh-hans": "再会。"})
    assert prompts.said(other, "en").parent.name == "sounds"
