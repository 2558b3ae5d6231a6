"""HL10: what was said stands beside the player, for whoever may play it; reading it is in the ledger; cases are found
by it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from huiyin.daemons import transcribing
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.models import Case
from huiyin.domain.journal.models import Access
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call, Recording
from huiyin.domain.voice.transcripts import actions
from huiyin.lib.clock import now
from tests import people
from tests.calls import talking
from tests.recordings import becomes_a_case, kept, talk_of
from tests.speech import recogniser, talk
from tests.web.api.calling import SCOPES, Caller, new_caller

AtDesk = Callable[..., Client]


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR, settings.RECORDINGS = tmp_path, tmp_path / "recordings"
    the_files.cache_clear()
    yield
    the_files.cache_clear()


@pytest.fixture
def call() -> Call:
    return talking(now=now())[0]


@pytest.fixture
def case(call: Call) -> Case:
    return becomes_a_case(call)


@pytest.fixture
def recording(case: Case, call: Call) -> Recording:
    one = kept(call, sound=talk(["我付了款", "", "没收到卡密"], ["", "工号一零二四", ""]))
    transcribing.transcribe(one, recogniser())
    return one


@pytest.fixture
def program() -> Caller:
    """May do everything."""
    return new_caller(*SCOPES, "conversations")


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def readers(matter_id: int) -> list[tuple[str, str, str]]:
    rows = Access.objects.filter(matter=matter_id, item__startswith="transcript")
    return list(rows.values_list("item", "kind", "by"))


def test_hl10_the_player_offers_what_was_said(case: Case, recording: Recording, call: Call, at_desk: AtDesk) -> None:
    for address in (f"/desk/m/{case.matter.no}", f"/desk/c/{talk_of(call).matter.no}"):
        shown = page(at_desk(), address)
        assert f'hx-get="/desk/recordings/{recording.pk}/words"' in shown
        assert "没收到卡密" not in shown  # who reads it opens it
    assert readers(case.matter_id) == []


def test_hl10_each_line_has_its_speaker_and_its_place(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    shown = page(at_desk(), f"/desk/recordings/{recording.pk}/words")
    assert shown.count("<li data-from=") == 3
    assert shown.index("我付了款") < shown.index("工号一零二四") < shown.index("没收到卡密")
    assert '<span class="by-agent">The agent</span> <span class="what">工号一零二四' in shown
    assert readers(case.matter_id) == [(f"transcript:{recording.pk}", "viewed", f"staff:{people.ALICE}")]


def test_hl10_who_may_not_hear_it_may_not_read_it(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    address = f"/desk/recordings/{recording.pk}/words"
    assert Client().get(address).status_code == 302
    assert at_desk(people.BO).get(address).status_code == 200
    Case.objects.filter(pk=case.pk).update(about_agents=[people.ALICE])
    assert at_desk(people.ALICE).get(address).status_code == 404


def test_tr5_an_erased_recording_says_nothing(call: Call, at_desk: AtDesk) -> None:
    one = kept(call, sound=talk(["我付了款"], []))
    transcribing.transcribe(one, recogniser())
    voice.erase_recording(one, "retention", by="system", now=now())
    assert "我付了款" not in page(at_desk(), f"/desk/c/{talk_of(call).matter.no}")
    assert at_desk().get(f"/desk/recordings/{one.pk}/words").content.decode().count("<li") == 0


@pytest.mark.parametrize(
    ("state", "told"), [("making", "is being written down"), ("failed", "could not be written down")]
)
def test_hl10_what_is_not_written_down_is_said_to_be_so(
    case: Case, call: Call, at_desk: AtDesk, state: str, told: str
) -> None:
    begun = actions.begin(kept(call), "tones", now=now())
    assert begun is not None
    for _ in range(actions.MOST_TRIES if state == "failed" else 0):
        actions.fail(begun)
    assert told in page(at_desk(), f"/desk/m/{case.matter.no}")


def test_hl10_the_api_has_it_with_the_recording(
    case: Case, recording: Recording, call: Call, program: Caller
) -> None:  # fmt: skip
    [told] = program.get(f"/calls/{call.matter.no}")[1]["recordings"]
    assert (told["transcript"]["state"], told["transcript"]["model"]) == ("done", "tones")
    assert [(one["who"], one["text"]) for one in told["transcript"]["said"]] == [
        ("buyer", "我付了款"), ("agent", "工号一零二四"), ("buyer", "没收到卡密"),
    ]  # fmt: skip
    assert [(item, kind) for item, kind, _ in readers(case.matter_id)] == [(f"transcript:{recording.pk}", "viewed")]


def test_hl10_a_recording_that_nobody_wrote_down_has_none(call: Call, program: Caller) -> None:
    kept(call)
    assert program.get(f"/calls/{call.matter.no}")[1]["recordings"][0]["transcript"] is None
    assert not Access.objects.filter(item__startswith="transcript").exists()


@pytest.mark.parametrize(("words", "found"), [
    ("没收到卡密", True), ("沒收到", True), ("付了款 卡密", True), ("卡密无效", False), ("1024", False),
])  # fmt: skip
def test_hl10_cases_are_found_by_what_was_said(
    case: Case, recording: Recording, program: Caller, words: str, found: bool
) -> None:
    people.complaint("别的事情")
    told = program.get(f"/complaints?q={words}")[1]["complaints"]
    assert [one["case_no"] for one in told] == ([case.matter.no] if found else [])


def test_hl10_words_narrow_by_state_and_go_on_page_by_page(
    case: Case, recording: Recording, program: Caller
) -> None:  # fmt: skip
    assert len(program.get("/complaints?q=没收到卡密&state=closed")[1]["complaints"]) == 0
    assert len(program.get(f"/complaints?q=没收到卡密&owner={people.ALICE}")[1]["complaints"]) == 1
    first = program.get("/complaints?q=没收到卡密&limit=1")[1]
    assert (len(first["complaints"]), first["next"]) == (1, None)


def test_words_lead_to_the_matters_that_say_them_and_to_none_about_oneself(at_desk: AtDesk) -> None:
    first, second = people.complaint("星河战盟的卡密无效"), people.complaint("卡密无效，请退款", email="b@x.com")
    about_her = people.complaint("卡密无效，客服不理", email="c@x.com")
    Case.objects.filter(pk=about_her.pk).update(about_agents=[people.ALICE])
    shown = page(at_desk(), "/desk/find?q=卡密无效")
    assert all(f'href="/desk/m/{one.matter.no}"' in shown for one in (first, second))
    assert about_her.matter.no not in shown
    assert at_desk().get("/desk/find", {"q": "星河戰盟"})["Location"] == f"/desk/m/{first.matter.no}"


def test_hl10_the_desk_finds_a_matter_by_what_was_said(case: Case, recording: Recording, at_desk: AtDesk) -> None:
    assert at_desk().get("/desk/find", {"q": "没收到卡密"})["Location"] == f"/desk/m/{case.matter.no}"
