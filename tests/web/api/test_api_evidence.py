"""Evidence through the API: taken, proven, listed, read again; and the dossier that carries it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import translation
from pytest_django import Settings

from huiyin.adapters.papers.of_case import papers_of
from huiyin.adapters.papers.words import about_exhibit
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.models import Case
from huiyin.domain.journal.models import Access
from huiyin.domain.orders.proof import Level
from huiyin.lib import numbers
from huiyin.lib.clock import now
from huiyin.verify.checks import MANIFEST
from huiyin.web.portal.evidence import rows_of
from tests import people
from tests.samples import picture
from tests.web.api.calling import COMPLAINT, ROOT, Caller, is_problem, seen

PNG = picture(width=600, height=600)


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path
    the_files.cache_clear()
    yield
    the_files.cache_clear()


@pytest.fixture
def no(api: Caller) -> str:
    people.on_duty(people.ALICE, now=now())
    return str(api.post("/complaints", COMPLAINT)[1]["case_no"])


def send(api: Caller, no: str, *files: tuple[str, bytes], **fields: Any) -> HttpResponse:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    headers = {"Authorization": f"Bearer {api.token}"}
    answer = api.client.post(f"{ROOT}/complaints/{no}/evidence", {"file": sent, **fields}, headers=headers)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.django_db
def test_cp4_a_picture_is_taken_numbered_and_read_again(api: Caller, no: str) -> None:
    status, told = seen(send(api, no, ("付款.jpeg", PNG), what="payment", captured_at="2026-11-20 20:15:00"))
    assert status == 201
    (added,) = told["added"]
    assert (added["no"], added["what"], added["type"], added["mime"]) == (1, "payment", "transaction", "image/png")
    assert added["source"] == "staff"
    assert told["evidence"]["present"] == ["payment"]
    assert told["evidence"]["files"] == [added]
    answer = api.ask("GET", f"/complaints/{no}/evidence/1")
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert Access.objects.filter(item="evidence:1", kind="downloaded", by__startswith="api:").count() == 1
    assert api.get(f"/complaints/{no}")[1]["evidence"] == api.get(f"/complaints/{no}/evidence")[1] == told["evidence"]


@pytest.mark.django_db
def test_cp4_who_brings_a_file_is_the_same_everywhere(api: Caller, no: str) -> None:
    pin = numbers.pin(django_settings.SECRET_KEY.encode(), no)
    assert seen(send(api, no, ("a.png", PNG), secret="0000 0000"))[0] == 403
    assert seen(send(api, no, ("a.png", PNG), secret=pin))[1]["added"][0]["source"] == "buyer"
    seen(send(api, no, ("b.txt", "说明".encode())))
    case = Case.objects.get(matter__no=no)
    with translation.override("zh-hans"):
        assert [row.about.split(" · ")[0] for row in rows_of(case)] == ["您提供的", "商店添加"]
        shown = papers_of(case, Level.SIGNED).material.exhibits
        assert [about_exhibit(one).split(" · ")[1] for one in shown] == ["投诉人提供", "商店添加"]


@pytest.mark.django_db
def test_cp4_the_same_file_twice_is_one_piece(api: Caller, no: str) -> None:
    told = seen(send(api, no, ("a.png", PNG), ("b.png", PNG), ("c.txt", "说明".encode())))[1]
    assert [row["no"] for row in told["added"]] == [1, 1, 2]
    assert "attachment" in api.ask("GET", f"/complaints/{no}/evidence/2")["Content-Disposition"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ\x90\x00" + bytes(60), 422, "file_type"),
        (b"PK\x03\x04" + bytes(60), 422, "file_type"),
        (b"<html><script>alert(1)</script></html>" + bytes(2), 422, "file_type"),
        (b"", 422, "file_empty"),
        (PNG[:8] + bytes(21 << 20), 422, "file_type"),
    ],
)
def test_cp4_a_file_that_lies_is_refused_by_name(api: Caller, no: str, content: bytes, status: int, code: str) -> None:
    answer = send(api, no, ("photo.png", content))
    assert is_problem(answer, status, code)
    assert seen(answer)[1]["name"] == "photo.png"
    assert api.get(f"/complaints/{no}/evidence")[1]["files"] == []


@pytest.mark.django_db
def test_a_form_without_files_or_with_wrong_fields_is_refused(api: Caller, no: str) -> None:
    assert is_problem(send(api, no), 422, "file_missing")
    assert is_problem(send(api, no, ("a.png", PNG), what="gold"), 422, "invalid")
    broken = api.client.generic(
        "POST", f"{ROOT}/complaints/{no}/evidence", b"--x\r\n\r\nhalf", content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {api.token}"},
    )  # fmt: skip
    assert broken.status_code == 400
    many = [(f"{n}.txt", str(n).encode()) for n in range(101)]
    answer = send(api, no, *many)
    assert is_problem(answer, 413, "files_too_many")
    assert "100" in seen(answer)[1]["detail"]


@pytest.mark.django_db
def test_cp4_of_several_files_each_is_answered_by_itself(api: Caller, no: str) -> None:
    status, told = seen(send(api, no, ("a.exe", b"MZ\x90\x00" + bytes(60)), ("b.png", PNG), ("c.txt", b"")))
    assert (status, [row["name"] for row in told["added"]]) == (201, ["b.png"])
    assert [(row["name"], row["code"]) for row in told["refused"]] == [("a.exe", "file_type"), ("c.txt", "file_empty")]
    assert all(row["detail"] for row in told["refused"])
    assert is_problem(send(api, no, ("c.txt", b""), ("a.exe", b"MZ\x90\x00" + bytes(60))), 422, "file_empty")
    assert len(api.get(f"/complaints/{no}/evidence")[1]["files"]) == 1


@pytest.mark.django_db
def test_cp12_material_that_comes_makes_it_our_turn(api: Caller, no: str) -> None:
    api.post(f"/complaints/{no}/ask", {"text": "请发付款截图", "item": "payment"})
    told = seen(send(api, no, ("a.png", PNG), what="payment"))[1]
    assert told["state"] == "investigating"


@pytest.mark.django_db
def test_a_closed_case_takes_no_files(api: Caller, no: str) -> None:
    api.post(f"/complaints/{no}/resolve", {"text": "好了"})
    assert is_problem(send(api, no, ("a.png", PNG)), 409, "case_closed")


@pytest.mark.django_db
def test_bytes_that_changed_on_disk_are_said_and_not_sent(api: Caller, no: str, tmp_path: Path) -> None:
    send(api, no, ("a.png", PNG))
    (file,) = [path for path in (tmp_path / "files").rglob("*") if path.is_file() and path.read_bytes() == PNG]
    file.chmod(0o600)
    file.write_bytes(PNG + b"x")
    assert is_problem(api.ask("GET", f"/complaints/{no}/evidence/1"), 409, "evidence_spoiled")
    assert api.get(f"/complaints/{no}/evidence")[1]["files"][0]["damaged"] is True


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["evidence/7", "evidence/99999999999999999999"])
def test_what_is_not_there_is_a_404(api: Caller, no: str, place: str) -> None:
    assert api.get(f"/complaints/{no}/{place}")[0] == 404


@pytest.mark.django_db
def test_cp16_the_dossier_holds_letter_files_and_chain(api: Caller, no: str) -> None:
    send(api, no, ("a.png", PNG), what="payment")
    headers = {"Authorization": f"Bearer {api.token}"}
    answer = api.client.get(f"{ROOT}/complaints/{no}/dossier", headers=headers)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(content)))
    with zipfile.ZipFile(io.BytesIO(content)) as dossier:
        assert {"letter.pdf", "evidence/E01.png", MANIFEST} <= set(dossier.namelist())
    assert Access.objects.filter(item="dossier", kind="exported").count() == 1


@pytest.mark.django_db
def test_letter_and_result_can_be_had_alone(api: Caller, no: str) -> None:
    assert api.ask("GET", f"/complaints/{no}/letter").content.startswith(b"%PDF")
    assert is_problem(api.ask("GET", f"/complaints/{no}/result"), 409, "no_result_yet")
    api.post(f"/complaints/{no}/resolve", {"text": "好了"})
    assert api.ask("GET", f"/complaints/{no}/result").content.startswith(b"%PDF")


@pytest.mark.django_db
def test_the_key_that_signs_is_public(api: Caller) -> None:
    answer = api.client.get("/.well-known/huiyin-dossier-key.pem")
    assert answer.content.startswith(b"-----BEGIN PUBLIC KEY-----")
