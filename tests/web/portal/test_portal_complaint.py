"""Complaining in chips, bringing material, deciding point by point, keeping papers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from huiyin.adapters.storage.disk import DiskFiles
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import exhibits
from huiyin.domain.cases.actions import Assessment, Doer
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.journal.models import Access
from huiyin.domain.orders.models import Finding
from huiyin.lib.money import Money
from tests import people
from tests.fakes import FakeShop
from tests.samples import picture

Find = Callable[[str], Finding]
Read = Callable[[str], str]
FORM = {
    "once": "a" * 20, "category": "service_attitude", "what_happened": "客服 1030 挂电话", "contact": "13800138000",
    "want": ["explanation", "refund"], "amount_refund": "¥30", "hours_refund": "72", "hours_explanation": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    files = DiskFiles(tmp_path)
    monkeypatch.setattr(exhibits, "the_files", lambda: files)


@pytest.fixture
def case(browser: Client) -> Case:
    people.on_duty()
    browser.post("/complain", FORM)
    return Case.objects.select_related("matter").get()


@pytest.fixture
def proven(browser: Client, find: Find, shop: FakeShop) -> Finding:
    return find(shop.holds("short_amount").payments[0].bill_no)


def offer(case: Case) -> None:
    """An agent offers an explanation and less than was wanted."""
    kinds = {item.kind: item.no for item in case.items.all()}
    offers = [
        Offer(kinds["explanation"], ItemKind.EXPLANATION, text="夜里系统升级"),
        Offer(kinds["refund"], ItemKind.REFUND, Money(1000)),
    ]
    cases.propose(case, offers, Doer("api:test"), now=datetime.now(UTC))


def decide(browser: Client, case: Case, deed: str, **more: str) -> str:
    page = browser.post(f"/t/{case.matter.no}/decide", {"deed": deed} | more, follow=True)
    return page.content.decode()


def no_of(case: Case, kind: str) -> str:
    return str(case.items.get(kind=kind).no)


def test_cp17_chips_become_items_with_amount_and_time(case: Case) -> None:
    assert case.category == "service_attitude"
    kinds = {item.kind: item for item in case.items.all()}
    assert set(kinds) == {"explanation", "refund"}
    assert kinds["refund"].amount == Money(3000)
    by = kinds["refund"].by
    assert by is not None
    assert timedelta(hours=72) < by - case.filed_at <= timedelta(hours=73)
    assert kinds["explanation"].by is None


def test_cp17_words_without_a_chip_are_an_item_and_can_be_offered_for_and_accepted(browser: Client) -> None:
    people.on_duty()
    browser.post("/complain", FORM | {"want": [], "demand": "给我个说法"})
    case = Case.objects.select_related("matter").get()
    assert [(one.kind, one.text) for one in case.items.all()] == [("other", "给我个说法")]
    cases.propose(case, [Offer(1, ItemKind.EXPLANATION, text="夜里升级")], Doer("api:test"), now=datetime.now(UTC))
    decide(browser, case, "accept", item="1")
    assert case.items.get().state == "arrived"


def test_cp17_on_a_known_order_words_alone_are_an_item_too_but_only_the_first(browser: Client, proven: Finding) -> None:
    assert proven.order is not None
    no = proven.order.matter.no
    for once, text in (("b" * 20, "给我个说法"), ("c" * 20, "昨晚的事")):
        browser.post(f"/t/{no}/complain", {"once": once, "what_happened": text})
    case = Case.objects.get()
    assert [(one.kind, one.text) for one in case.items.all()] == [("other", "给我个说法")]
    assert case.what_happened == "给我个说法"


@pytest.mark.parametrize("amount", ["三十", "-1", "1e9", "1.234", "NaN"])
def test_cp17_an_amount_nobody_can_read_is_asked_again_and_nothing_is_lost(browser: Client, amount: str) -> None:
    page = browser.post("/complain", FORM | {"amount_refund": amount})
    assert page.status_code == 422
    assert "客服 1030 挂电话" in page.content.decode()
    assert not Case.objects.exists()


def test_cp1_a_proven_order_proposes_what_such_buyers_want(browser: Client, proven: Finding, read: Read) -> None:
    assert proven.order is not None
    page = read(f"/t/{proven.order.matter.no}/complain")
    assert 'value="reissue" checked' in page
    assert "不用您再提供什么" not in page
    assert 'name="contact"' not in page


def test_cp1_the_complaint_of_a_proven_order_sits_on_the_orders_matter(browser: Client, proven: Finding) -> None:
    assert proven.order is not None
    no = proven.order.matter.no
    for _ in range(2):
        browser.post(f"/t/{no}/complain", {"once": "b" * 20, "want": ["refund"], "amount_refund": "30"})
    case = Case.objects.get()
    assert case.matter.no == no
    assert [(item.kind, item.amount) for item in case.items.all()] == [("refund", Money.parse("30"))]
    assert case.demand == ""  # what a chip says is no word of theirs


def test_cp1_naming_a_proven_order_in_the_long_form_leads_there_too(browser: Client, proven: Finding) -> None:
    assert proven.order is not None
    browser.post("/complain", FORM | {"order_no": proven.order.order_no})
    assert Case.objects.get().matter.no == proven.order.matter.no


def test_cp1_the_order_proven_in_this_browser_stands_in_the_form_already(
    browser: Client, proven: Finding, read: Read
) -> None:
    assert proven.order is not None
    given = f'name="order_no" maxlength="64" autocomplete="off" value="{proven.order.order_no}"'
    assert given in read("/complain")
    assert proven.order.order_no not in Client().get("/complain").content.decode()


def test_cp1_the_page_of_a_found_order_leads_to_its_complaint_below_the_fix(
    browser: Client, proven: Finding, read: Read
) -> None:
    assert proven.order is not None
    page = read(f"/f/{proven.pk}")
    link = f'href="/t/{proven.order.matter.no}/complain"'
    assert page.count(link) == 1
    assert page.index('<section class="card">') < page.index(link)


def test_hl11_naming_somebody_elses_order_shows_nothing_of_it(
    browser: Client, proven: Finding, shop: FakeShop, read: Read
) -> None:
    assert proven.order is not None
    stranger = Client()
    answer = stranger.post("/complain", FORM | {"order_no": proven.order.order_no})
    case = Case.objects.get()
    assert case.matter.no != proven.order.matter.no
    page = stranger.get(answer.headers["Location"].replace("receipt", "")[:-1]).content.decode()
    material = stranger.get(f"/evidence/{case.matter.no}").content.decode()
    for told in (page, material):
        assert proven.order.title not in told
        assert "我们附上了自己的记录" not in told


def test_cp2_what_a_proven_order_shows_decides_and_a_stranger_learns_nothing_of_it(
    browser: Client, proven: Finding
) -> None:
    assert proven.order is not None
    form = FORM | {"category": "", "what_happened": "你们这些骗子", "order_no": proven.order.order_no}
    browser.post("/complain", form)
    Client().post("/complain", form | {"once": "d" * 20})
    assert [case.category for case in Case.objects.order_by("pk")] == ["wrong_amount", "other"]


def test_cp2_what_the_order_shows_comes_before_an_insult_for_programs_too(proven: Finding) -> None:
    assert proven.order is not None
    filing = cases.Filing("你们这些骗子", identities={"qq": "12345678"}, order_no=proven.order.order_no)
    assert cases.file(filing, by="api:1", now=datetime.now(UTC)).category == "wrong_amount"


def test_cp3_the_check_names_what_is_missing_and_offers_wording(browser: Client) -> None:
    answer = browser.post("/complain/check", {"want": "refund", "demand": "退钱", "hours_refund": ""})
    said = json.loads(answer.content)
    assert "金额" in said["says"]
    assert "退" in said["suggestion"]


@pytest.mark.parametrize(("said", "proposed"), [("给我个说法", "道歉"), ("三天内退还订单金额", "")])
def test_cp3_the_hint_knows_what_it_is_about(browser: Client, said: str, proposed: str) -> None:
    answer = browser.post("/complain/check", {"category": "service_attitude", "demand": said})
    suggestion = json.loads(answer.content)["suggestion"]
    assert bool(suggestion) == bool(proposed)
    assert proposed in suggestion
    assert "退" not in suggestion


def test_cp4_photos_are_numbered_and_a_lie_is_refused_alone(browser: Client, case: Case, read: Read) -> None:
    files = [
        SimpleUploadedFile("一.png", picture(width=600, height=700), "image/png"),
        SimpleUploadedFile("二.png", b"PK\x03\x04" + bytes(64), "image/png"),
    ]
    page = browser.post(f"/evidence/{case.matter.no}", {"what": "chat", "file": files})
    assert page.status_code == 422
    assert "这种文件收不了" in page.content.decode()
    assert [(one.no, one.what, one.mime) for one in case.evidence.all()] == [(1, "chat", "image/png")]
    assert "不用您再提供什么" in read(f"/evidence/{case.matter.no}")


def test_cp4_one_thing_is_missing_at_most_and_comes_with_an_example(case: Case, read: Read) -> None:
    page = read(f"/evidence/{case.matter.no}")
    assert page.count('class="chip amber"') == 1
    assert "例如" in page


def test_tr5_a_picture_opens_for_its_buyer_alone_and_the_look_is_on_record(browser: Client, case: Case) -> None:
    image = picture(width=600, height=700)
    browser.post(f"/evidence/{case.matter.no}", {"what": "chat", "file": BytesIO(image)})
    answer = browser.get(f"/evidence/{case.matter.no}/1")
    assert answer.content == image
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert Client().get(f"/evidence/{case.matter.no}/1").status_code == 404
    assert Access.objects.filter(matter=case.matter, item="evidence:1", by="buyer").exists()


def test_cp17_one_point_is_accepted_and_the_other_refused(browser: Client, case: Case, read: Read) -> None:
    offer(case)
    assert read(f"/t/{case.matter.no}").count('class="offer"') == 2
    decide(browser, case, "accept", item=no_of(case, "explanation"))
    decide(browser, case, "refuse", item=no_of(case, "refund"))
    states = {item.kind: item.state for item in case.items.all()}
    assert states == {"explanation": "arrived", "refund": "refused"}
    case.refresh_from_db()
    assert case.state == "negotiating"


def test_cp17_a_part_is_taken_and_the_rest_becomes_a_point_of_its_own(browser: Client, case: Case) -> None:
    offer(case)
    decide(browser, case, "partly", item=no_of(case, "refund"), text="还差 20 元")
    rest = case.items.get(text="还差 20 元")
    assert rest.amount == Money(2000)


def test_cp10_a_stale_form_is_refused_and_changes_nothing(browser: Client, case: Case) -> None:
    seen = case.matter.head_seq
    offer(case)
    page = decide(browser, case, "accept", item=no_of(case, "explanation"), seen=str(seen))
    assert "情况有变化" in page
    assert {item.state for item in case.items.all()} == {"offered"}


def test_cp10_a_stale_decision_shows_what_was_proposed_before_and_now(browser: Client, case: Case) -> None:
    offer(case)
    case.refresh_from_db()
    seen, no = Case.objects.get().matter.head_seq, int(no_of(case, "refund"))
    again = Case.objects.select_related("matter").get()
    better = [Offer(no, ItemKind.REFUND, Money(2000), by=datetime.now(UTC) + timedelta(hours=3))]
    cases.propose(again, better, Doer("api:test"), now=datetime.now(UTC))
    page = decide(browser, case, "accept", item=str(no), seen=str(seen)).replace("\u2009", " ").replace("\u202f", " ")
    plain = "".join(page.replace("\u00a0", " ").split())
    assert f"第{no}项。之前：退款10元。现在：退款20元·今天03:0" in plain
    assert case.items.get(no=no).state == "offered"


def test_cp11_supervisor_link_and_bar_follow_live(browser: Client, case: Case) -> None:
    address = f"/t/{case.matter.no}/now"
    fragment = browser.get(address).content.decode()
    assert 'id="ways"' in fragment
    assert "/supervisor" in fragment
    assert 'id="bar" hx-ext="morph">' in fragment
    browser.post(f"/t/{case.matter.no}/supervisor")
    assert "/supervisor" not in browser.get(address).content.decode()
    cases.close(case, "confirmed", by="buyer", now=datetime.now(UTC))
    assert 'id="bar" hx-ext="morph" hidden>' in browser.get(address).content.decode()


def test_cp10_solved_and_taken_up_again_within_thirty_days(browser: Client, case: Case) -> None:
    assert "您已确认解决" in decide(browser, case, "solved")
    decide(browser, case, "reopen", text="又坏了")
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("acknowledged", 1)
    decide(browser, case, "solved")
    Case.objects.update(closed_at=datetime.now(UTC) - timedelta(days=31))
    assert "已经过了" in decide(browser, case, "reopen", text="还是坏的")
    case.refresh_from_db()
    assert case.state == "closed"


def test_cp10_thanks_after_the_end_are_kept_and_take_nothing_up_again(browser: Client, case: Case, read: Read) -> None:
    decide(browser, case, "solved")
    no, before = case.matter.no, case.matter.promises.count()
    assert "没解决，重新处理" not in read(f"/t/{no}")
    browser.post(f"/t/{no}/add", {"text": "谢谢，钱收到了"})
    case.refresh_from_db()
    assert (case.state, case.reopened, case.items.count()) == ("closed", 0, 2)
    assert case.matter.promises.count() == before
    page = read(f"/t/{no}")
    assert page.count("谢谢，钱收到了") == 2  # among what happened, and beside the button
    assert "没解决，重新处理" in page


def test_cp10_what_was_written_after_the_end_is_what_is_still_wanted(browser: Client, case: Case) -> None:
    decide(browser, case, "solved")
    browser.post(f"/t/{case.matter.no}/add", {"text": "钱还是没到"})
    decide(browser, case, "reopen")
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("acknowledged", 1)
    assert [one.text for one in case.items.filter(state="open")] == ["钱还是没到"]


def test_cp10_after_thirty_days_words_are_kept_and_the_way_on_is_named(browser: Client, case: Case, read: Read) -> None:
    decide(browser, case, "solved")
    Case.objects.update(closed_at=datetime.now(UTC) - timedelta(days=31))
    browser.post(f"/t/{case.matter.no}/add", {"text": "又坏了"})
    page = read(f"/t/{case.matter.no}")
    assert "又坏了" in page
    assert "请重新投诉" in page


def test_cp13_the_finding_can_be_contradicted_in_one_tap(browser: Client, case: Case, read: Read) -> None:
    cases.assess(case, Assessment(Responsible.BUYER, "记录显示已兑换"), Doer("api:test"), now=datetime.now(UTC))
    assert "我不同意" in read(f"/evidence/{case.matter.no}")
    browser.post(f"/evidence/{case.matter.no}/contest")
    case.refresh_from_db()
    assert case.buyer_disagrees
    assert "您有不同看法" in read(f"/evidence/{case.matter.no}")


def test_cp11_the_headline_is_ours_and_the_buyers_words_are_theirs(
    browser: Client, proven: Finding, read: Read
) -> None:
    assert proven.order is not None
    no = proven.order.matter.no
    browser.post(f"/t/{no}/complain", {"once": "b" * 20, "want": ["reissue"], "what_happened": "你们这些骗子"})
    page = read(f"/t/{no}")
    headline = page.split("<h1>")[1].split("</h1>")[0]
    assert "骗子" not in headline
    assert headline.startswith("金额不符：")
    assert '<p id="told" class="quote small">你们这些骗子</p>' in page


def test_cp11_a_headline_without_an_order_says_what_it_is_about(case: Case, read: Read) -> None:
    assert "<h1>服务态度</h1>" in read(f"/t/{case.matter.no}")
    Case.objects.update(category="other")
    assert "<h1>您的这件事</h1>" in read(f"/t/{case.matter.no}")


def test_cp13_the_finding_stands_where_it_is_followed_and_is_contradicted_there(
    browser: Client, case: Case, read: Read
) -> None:
    no = case.matter.no
    assert 'id="finding"' not in read(f"/t/{no}")
    cases.assess(case, Assessment(Responsible.BUYER, "记录显示已兑换"), Doer("api:test"), now=datetime.now(UTC))
    page = read(f"/t/{no}")
    assert "记录显示已兑换" in page
    assert "我不同意" in page
    answer = browser.post(f"/evidence/{no}/contest", {"from": "matter"})
    assert answer.headers["Location"] == f"/t/{no}"
    assert "您有不同看法" in read(f"/t/{no}")


def test_cp6_letter_receipt_result_and_dossier_are_for_their_buyer(browser: Client, case: Case) -> None:
    no = case.matter.no
    assert browser.get(f"/t/{no}/result.pdf").status_code == 404
    decide(browser, case, "solved")
    for name in ("letter.pdf?next=12315", "receipt.pdf", "result.pdf"):
        assert browser.get(f"/t/{no}/{name}").content.startswith(b"%PDF")
    dossier = browser.get(f"/t/{no}/dossier.zip")
    assert len(b"".join(dossier.streaming_content)) == int(dossier.headers["Content-Length"])  # type: ignore[attr-defined]
    for name in ("letter.pdf", "dossier.zip", "receipt"):
        assert Client().get(f"/t/{no}/{name}").status_code == 404
    looked = set(Access.objects.filter(matter=case.matter).values_list("item", flat=True))
    assert {"letter", "receipt", "result", "dossier"} <= looked
