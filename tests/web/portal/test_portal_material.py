"""Material on the buyer's side: what cannot be read (CP20), parts of long sound, the letter's next step."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader
from pytest_django import Settings

from huiyin.adapters.storage.disk import DiskFiles
from huiyin.domain.cases import exhibits
from huiyin.domain.cases.gathering import gather
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.journal.models import Access
from huiyin.domain.orders.models import Finding, Remedy
from huiyin.lib.clock import now
from huiyin.web.ui.words_remedies import remedy_state
from tests import people, samples
from tests.fakes import FakeShop
from tests.web.portal.test_portal_complaint import FORM, proven

__all__ = ["proven"]

SOUND = samples.WAV


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    files = DiskFiles(tmp_path)
    settings.PAPERS = tmp_path / "papers"
    monkeypatch.setattr(exhibits, "the_files", lambda: files)
    monkeypatch.setattr("huiyin.web.portal.papers.the_files", lambda: files)


@pytest.fixture
def case(browser: Client) -> Case:
    people.on_duty()
    browser.post("/complain", FORM)
    return Case.objects.select_related("matter").get()


def attach(browser: Client, case: Case, name: str, data: bytes, **more: object) -> Evidence:
    file = SimpleUploadedFile(name, data)
    browser.post(f"/evidence/{case.matter.no}", {"file": file, "what": "chat"} | more)
    return Evidence.objects.get(name=name)


def test_cp20_the_buyer_says_at_upload_what_cannot_be_read(browser: Client, case: Case) -> None:
    row = attach(browser, case, "chat.png", samples.picture(width=600, height=600), unreadable=["time", "nonsense"])
    assert row.unreadable == ["time"]
    page = browser.get(f"/evidence/{case.matter.no}").content.decode()
    assert 'name="unreadable" value="agent"' in page


def test_cp20_the_buyer_says_it_later_and_may_take_it_back(browser: Client, case: Case) -> None:
    row = attach(browser, case, "chat.png", samples.picture(width=600, height=600))
    address = f"/evidence/{case.matter.no}/{row.no}/unreadable"
    browser.post(address, {"point": ["agent"]})
    row.refresh_from_db()
    assert row.unreadable == ["agent"]
    fact = case.matter.facts.get(name="evidence_unreadable")
    assert (fact.by, fact.data["points"]) == ("buyer", ["agent"])
    browser.post(address, {})
    row.refresh_from_db()
    assert row.unreadable == []
    assert Client().post(address, {"point": ["agent"]}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-20", 206, slice(-20, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=0-9,20-29", 200, slice(0, None)),
        ("bytes=9-0", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("lines=0-9", 200, slice(0, None)),
    ],
)
def test_cp5_sound_is_handed_out_in_parts(browser: Client, case: Case, asked: str, status: int, part: slice) -> None:
    row = attach(browser, case, "call.wav", SOUND)
    answer = browser.get(f"/evidence/{case.matter.no}/{row.no}", headers={"range": asked})
    assert (answer.status_code, answer.content) == (status, SOUND[part])
    assert (answer["Accept-Ranges"], answer["ETag"]) == ("bytes", f'"{row.sha256}"')
    if status == 206:
        first = range(len(SOUND))[part][0]
        assert answer["Content-Range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(SOUND)}"
        assert int(answer["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_cp5_a_part_that_is_not_there_is_416(browser: Client, case: Case, asked: str) -> None:
    row = attach(browser, case, "call.wav", SOUND)
    answer = browser.get(f"/evidence/{case.matter.no}/{row.no}", headers={"range": asked})
    assert (answer.status_code, answer["Content-Range"], answer.content) == (416, f"bytes */{len(SOUND)}", b"")


def test_cp5_parts_of_another_file_are_never_joined(browser: Client, case: Case) -> None:
    row = attach(browser, case, "call.wav", SOUND)
    address = f"/evidence/{case.matter.no}/{row.no}"
    same = browser.get(address, headers={"range": "bytes=0-9", "if-range": f'"{row.sha256}"'})
    other = browser.get(address, headers={"range": "bytes=0-9", "if-range": '"something else"'})
    assert (same.status_code, other.status_code, other.content) == (206, 200, SOUND)


def test_hl7_a_sound_played_in_many_parts_is_one_look(browser: Client, case: Case) -> None:
    row = attach(browser, case, "call.wav", SOUND)
    for start in range(0, 1000, 100):
        browser.get(f"/evidence/{case.matter.no}/{row.no}", headers={"range": f"bytes={start}-{start + 99}"})
    assert list(Access.objects.filter(item=f"evidence:{row.no}").values_list("kind", "by")) == [("played", "buyer")]


def letter_of(browser: Client, case: Case) -> str:
    pdf = browser.get(f"/t/{case.matter.no}/letter.pdf").content
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages).replace("\u200b", "")


def test_cp6_the_next_step_is_kept_and_every_letter_says_it(browser: Client, case: Case) -> None:
    assert "12315" not in letter_of(browser, case)
    kept = browser.post(f"/t/{case.matter.no}/next-step", {"next": "12315"})
    assert kept["Location"] == f"/t/{case.matter.no}/letter.pdf"
    assert "12315" in letter_of(browser, case)
    assert "12315" in letter_of(browser, case)
    page = browser.get(f"/evidence/{case.matter.no}").content.decode()
    assert '<option value="12315" selected>' in page
    browser.post(f"/t/{case.matter.no}/next-step", {"next": "12315"})
    assert case.matter.facts.filter(name="next_step_chosen").count() == 1
    browser.post(f"/t/{case.matter.no}/next-step", {"next": ""})
    assert "12315" not in letter_of(browser, case)


def test_cp6_the_letter_shows_the_pictures_that_were_attached(browser: Client, case: Case) -> None:
    row = attach(browser, case, "chat.png", samples.picture(width=600, height=600))
    pdf = browser.get(f"/t/{case.matter.no}/letter.pdf").content
    assert sum(len(page.images) for page in PdfReader(BytesIO(pdf)).pages) == 1
    assert row.sha256 in letter_of(browser, case)


def test_cp4_a_record_of_the_shop_is_a_page_to_read_and_the_original_a_tap_away(
    browser: Client, proven: Finding, shop: FakeShop
) -> None:
    assert proven.order is not None
    no = proven.order.matter.no
    browser.post(f"/t/{no}/complain", {"once": "r" * 20, "want": ["explanation"]})
    assert gather(proven.order.matter_id, shop=shop, files=exhibits.the_files(), now=now())
    row = Evidence.objects.get(what="payment")
    page = browser.get(f"/evidence/{no}/{row.no}")
    told = page.content.decode()
    assert page.headers["Content-Type"].startswith("text/html")
    assert str(proven.order.bill_nos[0]) in told
    assert "已付款" in told
    assert not any(key in told for key in ("bill_no", "paid_at", "payments"))
    saved = browser.get(f"/evidence/{no}/{row.no}?save")
    assert sha256(saved.content).hexdigest() == row.sha256
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert set(Access.objects.filter(item=f"evidence:{row.no}").values_list("kind", flat=True)) == {
        "viewed",
        "downloaded",
    }
    assert Client().get(f"/evidence/{no}/{row.no}").status_code == 404


def test_cp4_an_upload_says_what_is_still_missing_and_after_the_end_nothing_is(browser: Client, case: Case) -> None:
    address = f"/evidence/{case.matter.no}"
    Case.objects.filter(pk=case.pk).update(category="promo_dispute")
    sent = {"file": SimpleUploadedFile("a.png", samples.picture()), "what": "payment"}
    answer = browser.post(address, sent, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["next"]) == (201, "promotion")
    assert "还差一样" in browser.get(address).content.decode()
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=now(), outcome="withdrawn")
    for page in (address, f"/t/{case.matter.no}/receipt"):
        assert "还差一样" not in browser.get(page).content.decode()


def test_a_talk_is_about_an_order_only_where_there_is_one(browser: Client, case: Case) -> None:
    assert "和客服在线聊这件事" in browser.get(f"/t/{case.matter.no}").content.decode()
    order, _ = people.order()
    Case.objects.filter(pk=case.pk).update(order=order)
    assert "和客服在线聊这笔订单" in browser.get(f"/t/{case.matter.no}").content.decode()


@pytest.mark.django_db
def test_cp18_money_that_has_arrived_is_not_on_its_way_any_more() -> None:
    order, _ = people.order("out_of_stock")
    remedy = Remedy(order=order, kind="refund", key="k", state="done", detail="on_its_way")
    order.snapshot = {"refunds": [{"key": "k", "state": "pending"}]}
    assert remedy_state(remedy) == "已受理，钱在路上"
    order.snapshot = {"refunds": [{"key": "k", "state": "arrived"}]}
    assert remedy_state(remedy) == "办好了"
