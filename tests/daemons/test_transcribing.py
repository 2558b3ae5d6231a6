"""HL10: what was said in calls is written down by speaker, without long numbers, once, whoever is killed meanwhile, and
goes with its recording."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from pytest_django import Settings

from huiyin.adapters.speech import transcribing as sound
from huiyin.daemons import transcribing
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.hearing import Heard
from huiyin.domain.voice.models import Call, Recording, Stretch, Transcript
from huiyin.domain.voice.transcripts import actions, queries
from huiyin.domain.voice.transcripts.actions import Spoken
from huiyin.domain.voice.transcripts.models import Speaker
from huiyin.lib.clock import now
from tests.calls import talking
from tests.recordings import kept
from tests.speech import recogniser, talk

pytestmark = pytest.mark.django_db
BUYER = ["我付了款", "", "没收到卡密", "", "1234", "五六七八"]
AGENT = ["", "工号一零二四", "", "我给您补发", "", ""]
SAID = [
    ("buyer", "我付了款"), ("agent", "工号一零二四"), ("buyer", "没收到卡密"), ("agent", "我给您补发"),
    ("buyer", "****"), ("buyer", "****"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.RECORDINGS = tmp_path / "recordings"
    settings.VAR = tmp_path
    settings.FILES = "huiyin.adapters.storage.disk.from_settings"
    the_files.cache_clear()
    yield tmp_path
    the_files.cache_clear()


@pytest.fixture
def call() -> Call:
    return talking(now=now())[0]


def written(one: Recording) -> list[tuple[str, str]]:
    return [(line.who, line.text) for line in queries.said_in(Recording.objects.get(pk=one.pk))]


def begun_for(one: Recording) -> Transcript:
    begun = actions.begin(one, "tones", now=now())
    assert begun is not None
    return begun


def due() -> list[Recording]:
    return queries.next_to_transcribe(now() - timedelta(days=30))


def test_hl10_what_each_said_is_written_down_and_long_numbers_are_not(call: Call) -> None:
    one = kept(call, sound=talk(BUYER, AGENT))
    transcribing.transcribe(due()[0], recogniser())
    assert written(one) == SAID
    made = Transcript.objects.get(recording=one)
    assert (made.state, made.model) == ("done", "tones")
    assert "没收到卡密" in made.plain
    assert "1234" not in made.plain
    [fact] = Fact.objects.filter(matter=call.matter, name="call_transcribed")
    assert fact.data == {"recording": one.pk, "model": "tones", "stretches": 6}


def test_hl10_it_is_written_down_once_however_often_it_is_asked_for(call: Call) -> None:
    one = kept(call, sound=talk(BUYER, AGENT))
    for _ in range(3):
        transcribing.transcribe(one, recogniser())
    assert written(one) == SAID
    assert Fact.objects.filter(name="call_transcribed").count() == 1
    assert due() == []


def test_hl10_who_was_killed_in_the_middle_is_gone_on_with(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept(call, sound=talk(BUYER * 8, AGENT * 8))
    written_down, times = actions.write_down, list[int]()

    def killed(*given: object, **more: object) -> bool:
        if times:
            raise SystemExit
        times.append(1)
        return written_down(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "write_down", killed)
    with pytest.raises(SystemExit):
        transcribing.transcribe(one, recogniser())
    monkeypatch.undo()
    begun = Transcript.objects.get(recording=one)
    assert (begun.state, begun.reached_s >= sound.PIECE_S) == ("making", True)
    assert [again.pk for again in due()] == [one.pk]
    transcribing.transcribe(due()[0], recogniser())
    assert written(one) == SAID * 8


def test_hl10_of_two_workers_one_goes_on(call: Call) -> None:
    one = kept(call, sound=talk(BUYER, AGENT))
    mine, theirs = (begun_for(one) for _ in range(2))
    said = [Spoken(Speaker.BUYER, 1.0, 2.0, "我付了款")]
    assert actions.write_down(mine, said, reached_s=3.0)
    assert not actions.write_down(theirs, said, reached_s=3.0)
    assert Stretch.objects.count() == 1


def test_hl10_a_number_that_goes_on_in_the_next_piece_is_still_one(call: Call) -> None:
    begun = begun_for(kept(call))
    actions.write_down(begun, [Spoken(Speaker.BUYER, 1.0, 2.0, "卡号1234")], reached_s=3.0)
    actions.write_down(begun, [Spoken(Speaker.AGENT, 3.0, 4.0, "五六")], reached_s=5.0)
    actions.write_down(begun, [Spoken(Speaker.BUYER, 5.0, 6.0, "5678。")], reached_s=7.0)
    assert written(begun.recording) == [("buyer", "卡号****"), ("agent", "五六"), ("buyer", "****。")]


def test_hl10_a_number_read_digit_by_digit_with_somebody_making_sure_is_one(call: Call) -> None:
    begun = begun_for(kept(call))
    for at in range(16):
        said = [Spoken(Speaker.BUYER, at, at + 0.5, str(at % 10)), Spoken(Speaker.BUYER, at + 0.5, at + 0.9, "对")]
        assert actions.write_down(begun, said, reached_s=at + 1.0)
    assert {text for _, text in written(begun.recording)} == {"*", "对"}


def test_tr5_what_was_said_goes_with_its_recording(call: Call) -> None:
    one = kept(call, sound=talk(BUYER, AGENT))
    transcribing.transcribe(one, recogniser())
    voice.hung_up(call, Who.BUYER, now=now())
    voice.erase_recording(one, "retention", by="system", now=now())
    gone = Transcript.objects.get(recording=one)
    assert (gone.state, gone.plain, gone.pairs, Stretch.objects.count()) == ("erased", "", [], 0)
    assert due() == []


def test_tr5_of_an_erased_recording_nothing_is_written_down(call: Call) -> None:
    one = kept(call, sound=talk(BUYER, AGENT))
    found = due()[0]  # and then it is erased
    voice.hung_up(call, Who.BUYER, now=now())
    voice.erase_recording(one, "retention", by="system", now=now())
    transcribing.transcribe(found, recogniser())
    assert not Transcript.objects.exists()
    assert not Stretch.objects.exists()


def test_tr5_what_was_begun_of_a_recording_that_is_erased_meanwhile_is_forgotten_at_its_end(call: Call) -> None:
    begun = begun_for(kept(call))
    assert actions.write_down(begun, [Spoken(Speaker.BUYER, 1.0, 2.0, "我付了款")], reached_s=3.0)
    Recording.objects.filter(pk=begun.recording_id).update(state="erased", erased_at=now())
    actions.finish(begun, now=now())
    gone = Transcript.objects.get(pk=begun.pk)
    assert (gone.state, gone.plain, gone.pairs, Stretch.objects.count()) == ("erased", "", [], 0)
    assert not Fact.objects.filter(name="call_transcribed").exists()


def test_what_cannot_be_read_is_tried_three_times(call: Call) -> None:
    one = kept(call)
    the_files()._path(one.copy.sha256).write_bytes(b"no sound")  # type: ignore[attr-defined]
    for _ in range(4):
        transcribing.transcribe(one, recogniser())
    row = Transcript.objects.get(recording=one)
    assert (row.state, row.tries) == ("failed", 3)
    assert due() == []


class Breaks:
    """A recogniser whose library breaks on the first thing it hears."""

    name = "tones"

    def __init__(self, fault: Exception) -> None:
        self.faults = [fault]

    def recognise(self, sound: bytes, rate: int) -> tuple[Heard, ...]:
        if self.faults:
            raise self.faults.pop()
        return recogniser().recognise(sound, rate)


def test_hl10_a_recording_that_breaks_the_model_keeps_no_other_from_being_written_down(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    both = [kept(call, name, talk(BUYER, AGENT)) for name in ("1.raw", "2.raw")]
    loaded = SimpleNamespace(now=Breaks(RuntimeError("bad tensor")))
    monkeypatch.setattr(transcribing, "the_loader", lambda *_: loaded)
    monkeypatch.setattr("os.setpriority", lambda *_: None)  # this thread has other tests to run
    transcribing.transcripts_left()
    assert sorted(Transcript.objects.values_list("state", "tries")) == [("done", 0), ("making", 1)]
    transcribing.transcripts_left()  # tried again
    assert [written(one) for one in both] == [SAID, SAID]


def test_op1_a_database_that_is_away_is_no_fault_of_the_recording(call: Call) -> None:
    one = kept(call, sound=talk(BUYER, AGENT))
    with pytest.raises(OperationalError):
        transcribing.transcribe(one, Breaks(OperationalError("gone")))
    assert Transcript.objects.get(recording=one).tries == 0


def test_calls_of_years_ago_stay_as_they_are(call: Call) -> None:
    one = kept(call)
    Recording.objects.filter(pk=one.pk).update(closed_at=now() - timedelta(days=31))
    assert due() == []
