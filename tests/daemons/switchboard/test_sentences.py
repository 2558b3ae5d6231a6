"""HL3: whoever brought a recording died before callers could hear it; the switchboard makes it good."""

import io
from pathlib import Path

import pytest

from huiyin.adapters.sound.waves import header
from huiyin.adapters.speech.prompts import Prompts
from huiyin.daemons.calls.sentences import Sentences
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.voice.hotline import actions as hotline
from tests import people
from tests.fakes import MIDNIGHT


@pytest.mark.django_db
def test_hl3_a_recording_is_heard_though_whoever_brought_it_died(tmp_path: Path) -> None:
    prompts, lead = Prompts(tmp_path / "sounds"), people.hire(people.SUN)
    data = header(8000, channels=1, rate=8000) + bytes([9, 0]) * 4000
    kept = the_files().put(io.BytesIO(data), most=100_000)
    hotline.record_sentence("menu.bye", "en", hotline.Sound(kept.sha256, kept.sha256, 0.5), lead, now=MIDNIGHT)
    sentences = Sentences(prompts)
    assert sentences.lay() == 1
    assert prompts.path("menu.bye", "en").read_bytes() == data
    assert sentences.lay() == 0
    hotline.take_back("menu.bye", "en", lead, now=MIDNIGHT)
    assert sentences.lay() == 1
    assert prompts.recording("menu.bye", "en") is None
