"""HL7: recordings are played at the desk with a wave form and seek; every play and download is recorded."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Access
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call, Recording
from huiyin.lib.clock import now
from tests import people
from tests.calls import talking
from tests.recordings import becomes_a_case, kept, talk_of

AtDesk = Callable[..., Client]


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR, settings.RECORDINGS = tmp_path, tmp_path / "recordings"
    the_files.cache_clear()
    yield
    the_files.cache_clear()


@pytest.fixture
def talk() -> tuple[Call, Person]:
    return talking(now=now())


@pytest.fixture
def call(talk: tuple[Call, Person]) -> Call:
    return talk[0]


@pytest.fixture
def case(call: Call) -> Case:
    return becomes_a_case(call)


@pytest.fixture
def recording(case: Case, call: Call) -> Recording:
    return kept(call)


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def looks(case: Case) -> list[tuple[str, str, str]]:
    return list(Access.objects.filter(matter=case.matter, item__startswith="rec").values_list("item", "kind", "by"))


def test_hl7_the_case_shows_the_recording_with_its_wave_form(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    shown = page(at_desk(), f"/desk/m/{case.matter.no}")
    assert f'id="sound-{recording.pk}"' in shown
    assert '<path class="sound-buyer" d="M0,32L' in shown
    assert '<path class="sound-agent" d="M0,32L' in shown
    assert f'src="/desk/recordings/{recording.pk}/sound"' in shown


def test_hl7_so_does_the_conversation(case: Case, recording: Recording, call: Call, at_desk: AtDesk) -> None:
    assert f'id="sound-{recording.pk}"' in page(at_desk(), f"/desk/c/{talk_of(call).matter.no}")


def test_hl7_what_is_said_of_the_buyer_does_not_stand_below_recordings(call: Call, at_desk: AtDesk) -> None:
    kept(call)
    Conversation.objects.filter(matter=call.talk).update(buyer=None)
    side = page(at_desk(), f"/desk/c/{call.talk.no}?part=side").partition(">Buyer</h2>")[2]
    before, heading, _ = side.partition(">Recordings</h2>")
    assert heading
    assert "This is the first time we meet." in before


def test_hl7_a_play_is_seekable_and_stands_in_the_access_ledger(
    case: Case, recording: Recording, at_desk: AtDesk
) -> None:  # fmt: skip
    client = at_desk()
    whole = client.get(f"/desk/recordings/{recording.pk}/sound")
    part = client.get(f"/desk/recordings/{recording.pk}/sound", headers={"range": "bytes=100-199"})
    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/ogg")
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert looks(case) == [(f"recording:{recording.pk}", "played", "staff:1024")]


@pytest.mark.parametrize("agent_no", [people.SUN, people.OPS])
def test_hl7_who_leads_takes_the_original_away_and_it_is_recorded(
    case: Case, recording: Recording, at_desk: AtDesk, agent_no: str
) -> None:
    answer = at_desk(agent_no).get(f"/desk/recordings/{recording.pk}/original.wav")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content[:4] == b"RIFF"
    assert looks(case) == [(f"recording:{recording.pk}", "downloaded", f"staff:{agent_no}")]


def test_hl7_who_answers_for_the_matter_may_too(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    case.refresh_from_db()
    assert case.owner is not None
    assert case.owner.agent_no == people.ALICE
    assert at_desk().get(f"/desk/recordings/{recording.pk}/original.wav").status_code == 200


WAYS = ["recordings/{pk}/original.wav", "m/{no}/evidence/{at}?save=1", "m/{no}/evidence/{at}", "m/{no}/dossier.zip"]


@pytest.mark.parametrize("way", WAYS)
def test_hl7_nobody_else_takes_one_away_by_any_way(
    case: Case, recording: Recording, at_desk: AtDesk, way: str
) -> None:  # fmt: skip
    at = Evidence.objects.get(case=case, what="call").no
    client = at_desk(people.BO)
    assert client.get(f"/desk/m/{case.matter.no}").status_code == 200  # the matter is open to them
    answer = client.get(f"/desk/{way.format(pk=recording.pk, no=case.matter.no, at=at)}")
    assert answer.status_code == 409
    assert "Recordings are played here." in answer.content.decode()
    assert looks(case) == []
    assert client.get(f"/desk/recordings/{recording.pk}/sound").status_code == 200


def test_hl7_only_who_works_here_hears_it(recording: Recording) -> None:
    for way in ("sound", "original.wav"):
        assert Client().get(f"/desk/recordings/{recording.pk}/{way}").status_code == 302


def test_hl7_the_buyer_hears_their_own_call_from_the_copy(case: Case, recording: Recording) -> None:
    browser = Client(headers={"accept-language": "en"})
    session = browser.session
    session["matters"] = [case.matter.no]
    session.save()
    address = f"/evidence/{case.matter.no}/{Evidence.objects.get(case=case, what='call').no}"
    assert f'src="{address}?copy"' in page(browser, f"/evidence/{case.matter.no}")
    answer = browser.get(f"{address}?copy", headers={"range": "bytes=0-3"})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (206, b"OggS", "audio/ogg")
    assert browser.get(address).content[:4] == b"RIFF"
    assert set(Access.objects.filter(matter=case.matter).values_list("kind", "by")) == {("played", "buyer")}


def test_cp21_whom_a_complaint_is_about_hears_nothing(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    Case.objects.filter(pk=case.pk).update(about_agents=[people.ALICE])
    for way in ("sound", "original.wav"):  # although it was she who talked
        assert at_desk(people.ALICE).get(f"/desk/recordings/{recording.pk}/{way}").status_code == 404
    assert at_desk(people.BO).get(f"/desk/recordings/{recording.pk}/sound").status_code == 200


def test_hl7_what_is_missing_is_said_beside_the_player(case: Case, call: Call, at_desk: AtDesk) -> None:
    kept(call, talked_s=60)
    assert "shorter than the talk was" in page(at_desk(), f"/desk/m/{case.matter.no}")


def test_tr5_a_lead_keeps_a_recording_beyond_its_time(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    address = f"/desk/recordings/{recording.pk}/hold"
    at_desk().post(address, {"held": "1"})
    recording.refresh_from_db()
    assert not recording.legal_hold
    at_desk(people.SUN).post(address, {"held": "1"})
    recording.refresh_from_db()
    assert recording.legal_hold


def test_tr5_an_erased_recording_says_so_and_plays_no_more(call: Call, at_desk: AtDesk) -> None:
    recording = kept(call)
    voice.erase_recording(recording, "retention", by="system", now=now())
    client = at_desk()
    assert "no matter needed it and its time was over" in page(client, f"/desk/c/{talk_of(call).matter.no}")
    assert client.get(f"/desk/recordings/{recording.pk}/sound").status_code == 404


def test_hl7_who_looked_is_shown_in_words(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    at_desk().get(f"/desk/recordings/{recording.pk}/sound")
    assert f"recording {recording.pk}" in page(at_desk(people.SUN), f"/desk/m/{case.matter.no}/looks")
