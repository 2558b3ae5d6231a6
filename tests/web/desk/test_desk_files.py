"""Files of a case at the desk: evidence as it is, adding one, the papers; every look is in the access ledger."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.cases.uploads import Upload, take
from huiyin.domain.journal.models import Access, Fact
from huiyin.verify.checks import verify
from tests import people, samples
from tests.fakes import MIDNIGHT
from tests.web.desk.test_desk_case import file, look
from tests.web.desk.test_desk_deeds import do

AtDesk = Callable[..., Client]


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path
    the_files.cache_clear()
    yield
    the_files.cache_clear()


@pytest.fixture
def case() -> Case:
    return file()


def bring(case: Case, data: bytes, name: str = "x", what: str = "balance") -> Evidence:
    return take(case, Upload(io.BytesIO(data), name, what), by="buyer", files=the_files(), now=MIDNIGHT)


def get(client: Client, case: Case, path: str) -> HttpResponse:
    return client.get(f"/desk/m/{case.matter.no}/{path}")  # type: ignore[return-value]


def add(client: Client, case: Case, data: bytes, name: str = "x.bin", what: str = "call") -> HttpResponse:
    typed = {"what": what, "file": SimpleUploadedFile(name, data)}
    return client.post(f"/desk/files/{case.matter.no}", typed)  # type: ignore[return-value]


def test_hl7_a_picture_stands_in_the_screen_and_the_look_is_recorded(case: Case, at_desk: AtDesk) -> None:
    bring(case, samples.picture(), "余额.png")
    client = at_desk()
    assert f'<img src="/desk/m/{case.matter.no}/evidence/1"' in look(client, case)
    answer = get(client, case, "evidence/1")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content == samples.picture()
    assert Access.objects.filter(item="evidence:1", kind="viewed", by="staff:1024").count() == 1
    assert get(client, case, "evidence/1?save=1")["Content-Disposition"].startswith("attachment")
    assert Access.objects.filter(item="evidence:1", kind="downloaded").exists()


@pytest.mark.parametrize(
    ("data", "name", "how", "kind"),
    [
        (samples.PDF, "a.pdf", "attachment", "downloaded"),
        ("聊天 <script>alert(1)</script>".encode(), "a.txt", "attachment", "downloaded"),
        (samples.MP3, "a.mp3", "inline", "played"),
    ],
)
def test_cp4_other_files_are_played_or_downloaded(
    data: bytes, name: str, how: str, kind: str, case: Case, at_desk: AtDesk
) -> None:
    bring(case, data, name, "call")
    answer = get(at_desk(), case, "evidence/1")
    assert answer["Content-Disposition"].startswith(how)
    assert Access.objects.get(item="evidence:1").kind == kind


def test_a_piece_of_another_case_or_of_nobody_is_404(case: Case, at_desk: AtDesk) -> None:
    bring(file(), samples.picture())
    assert get(at_desk(), case, "evidence/1").status_code == 404
    assert get(Client(), case, "evidence/1").status_code == 302
    assert get(Client(), case, "dossier.zip").status_code == 302
    assert add(Client(), case, samples.MP3).status_code == 302
    assert not Access.objects.exists()


def test_cp4_an_agent_adds_a_recording_as_evidence_of_their_own(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    assert add(client, case, samples.MP3, "通话.mp3").status_code == 302
    row = Evidence.objects.get(case=case)
    assert (row.source, row.by, row.what, row.custodian) == ("staff", "staff:1024", "call", "centre")
    assert "通话.mp3" in look(client, case)


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"PK\x03\x04" + bytes(50), "cannot take this kind of file"), (b"", "empty"), (None, "choose a file")],
)
def test_cp4_a_file_that_cannot_be_taken_is_refused_in_words(
    data: bytes | None, says: str, case: Case, at_desk: AtDesk
) -> None:
    client = at_desk()
    answer = client.post(f"/desk/files/{case.matter.no}", {"what": "call"}) if data is None else add(client, case, data)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert not Evidence.objects.exists()


def test_hl7_changed_bytes_are_said_and_never_replaced(case: Case, at_desk: AtDesk, tmp_path: Path) -> None:
    bring(case, samples.picture())
    stored = next(path for path in (tmp_path / "files").rglob("*") if path.is_file() and path.stat().st_size > 50)
    stored.chmod(0o600)
    stored.write_bytes(b"other" + stored.read_bytes())
    client = at_desk()
    assert get(client, case, "evidence/1").status_code == 409
    assert Fact.objects.filter(name="evidence_spoiled").exists()
    text = look(client, case)
    assert "The stored bytes are not what was added." in text
    assert "<img" not in text


def test_cp20_what_cannot_be_read_is_noted_and_counts_all_the_same(case: Case, at_desk: AtDesk) -> None:
    bring(case, samples.picture(width=600, height=600))
    client = at_desk()
    assert do(client, case, "unreadable", evidence="9", point="amount").status_code == 409
    assert do(client, case, "unreadable", evidence="1", point="amount").status_code == 302
    assert Evidence.objects.get(case=case).unreadable == ["amount"]
    assert "Not legible: amount" in look(client, case)
    assert do(at_desk(people.BO), case, "unreadable", evidence="1", point="time").status_code == 409


def test_cp4_the_one_missing_thing_is_named_until_it_is_there(at_desk: AtDesk) -> None:
    order, _ = people.order("delivered")
    case = file(order.order_no)
    assert "Missing to prove it: What arrived in the account" in look(at_desk(), case)
    bring(case, samples.picture(), what="balance")
    assert "Nothing more is needed from the buyer" in look(at_desk(), case)


def test_cp6_letter_and_result_are_papers_with_masked_addresses(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    letter = get(client, case, "letter.pdf")
    assert letter.content.startswith(b"%PDF")
    assert "attachment" in letter["Content-Disposition"]
    assert get(client, case, "result.pdf").status_code == 409
    do(client, case, "resolve", text="已说明")
    assert get(client, case, "result.pdf").content.startswith(b"%PDF")
    assert set(Access.objects.exclude(item="case").values_list("item", flat=True)) == {"letter", "result"}


def test_hl7_the_dossier_verifies_and_hides_addresses_until_they_are_shown(
    case: Case, at_desk: AtDesk, tmp_path: Path
) -> None:
    bring(case, samples.picture())
    client = at_desk()
    path = tmp_path / "dossier.zip"
    path.write_bytes(b"".join(get(client, case, "dossier.zip").streaming_content))  # type: ignore[attr-defined]
    assert verify(path).is_intact
    with zipfile.ZipFile(path) as dossier:
        assert any(name.endswith(".png") for name in dossier.namelist())
    assert Access.objects.filter(item="dossier", kind="exported", by="staff:1024").exists()
