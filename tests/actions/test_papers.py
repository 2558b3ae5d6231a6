"""CP1, CP5, CP6, CP10: the papers of a real case, from filing to result."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.adapters.papers import keys
from huiyin.adapters.papers.of_case import Papers, export, papers_of
from huiyin.adapters.storage.disk import DiskFiles
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import uploads
from huiyin.domain.cases.actions import Doer, Filing, Wanted
from huiyin.domain.cases.demand import Item, ItemKind
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.queries import how_ended
from huiyin.domain.cases.uploads import Upload
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Access
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.proof import Level
from huiyin.domain.orders.situations import judge
from huiyin.lib.money import Money
from huiyin.verify import verify
from huiyin.verify.report import Said
from tests.fakes import MIDNIGHT as NOW
from tests.fakes import FakeShop
from tests.people import ALICE, hire
from tests.samples import picture

AGENT, BUYER = Doer(f"staff:{ALICE}"), Doer("buyer")
WANTS = (Item(ItemKind.REFUND, Money(10_000)), Item(ItemKind.EXPLANATION, text="为什么没有到"))
WORDS = "付了款没有到，客服不回"


@pytest.fixture(autouse=True)
def _own_place(settings: object, tmp_path: Path) -> None:
    settings.PAPERS = tmp_path / "papers"  # type: ignore[attr-defined]


@pytest.fixture
def files(tmp_path: Path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


@pytest.fixture
def case(shop: FakeShop) -> Case:
    alice = hire(ALICE)
    snapshot = shop.holds("out_of_stock")
    order = orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    filing = Filing(
        WORDS, "退款", {"email": "wang@example.com", "phone": "13800138000"}, name="王小明", order_no=order.order_no,
        items=WANTS,
    )  # fmt: skip
    filed = cases.file(filing, by="buyer", now=NOW)
    cases.assign(filed, alice, "test", by="system", now=NOW + timedelta(seconds=1))
    return again(filed)


def again(case: Case) -> Case:
    return Case.objects.select_related("matter", "owner", "order__matter", "buyer").get(pk=case.pk)


def bring(case: Case, files: DiskFiles) -> Evidence:
    upload = Upload(io.BytesIO(picture()), name="IMG_1.png", what="payment")
    return uploads.take(case, upload, by="buyer", files=files, now=NOW)


def pack(case: Case, files: DiskFiles, place: Path, level: Level = Level.SIGNED) -> Papers:
    papers = papers_of(again(case), level)
    place.write_bytes(b"".join(export(papers, case, by=AGENT.by, files=files, now=NOW).pieces()))
    return papers


def test_cp1_receipt_holds_the_promises_and_the_head_at_filing(case: Case) -> None:
    receipt = papers_of(case).receipt
    facts = list(case.matter.facts.filter(at__lte=NOW).order_by("seq"))
    assert receipt.head == facts[-1].hash
    assert {one.kind for one in receipt.promises} == {"first_answer", "result", "next_update"}
    assert (receipt.case_no, receipt.account, len(receipt.wishes)) == (case.matter.no, WORDS, 2)
    assert papers_of(case).receipt_pdf()[:5] == b"%PDF-"


def test_cp1_receipt_stays_the_same_while_the_case_goes_on(case: Case) -> None:
    before = papers_of(case).receipt
    cases.answer(case, hire(ALICE), "我们在查", now=NOW + timedelta(minutes=2))
    after = papers_of(again(case)).receipt
    assert (after.head, after.pin, after.link) == (before.head, before.pin, before.link)


def test_cp6_the_letter_of_somebody_who_proved_it_tells_the_order(case: Case) -> None:
    material = papers_of(case, Level.SIGNED).material
    assert case.order is not None
    assert material.purchase is not None
    assert material.purchase.bill_nos == tuple(case.order.bill_nos)
    assert {"placed", "paid", "nothing", "filed"} <= {one.code for one in material.happenings}
    assert ("phone", "+8613800138000") in material.claimant.reach


def test_cp6_a_time_that_is_still_to_come_is_no_fact(shop: FakeShop) -> None:
    snapshot = shop.holds("platform_failed")
    delivery = replace(snapshot.delivery, promised_by=NOW + timedelta(days=1))
    order = orders.keep_order(replace(snapshot, delivery=delivery), judge(snapshot, NOW), now=NOW)
    cases.open_on(order.matter, "buyer_complains", category="recharge_delayed", channel="web", now=NOW, by="buyer")
    told = papers_of(Case.objects.get(order=order), Level.SIGNED).material.happenings
    assert "paid" in {one.code for one in told}
    assert "promised" not in {one.code for one in told}


def test_cp6_what_was_noted_for_the_buyer_is_not_told_as_their_own_deed(case: Case) -> None:
    program = Doer("api:9", behalf="在电话里同意")
    offers = (Offer(1, ItemKind.OTHER, text="我们线下退款"), Offer(2, ItemKind.EXPLANATION, text="库存没有补上"))
    cases.propose(case, offers, AGENT, now=NOW + timedelta(minutes=5))
    cases.accept(again(case), [1, 2], program, now=NOW + timedelta(minutes=6))
    material = papers_of(again(case), Level.SIGNED).material
    told = {one.code: one.values for one in material.happenings}
    assert told["accepted_for"] == {"why": "在电话里同意"}
    assert "accepted" not in told
    assert material.ending == "agreed"


def test_cp10_where_nobody_confirmed_the_papers_say_that_it_arrived(case: Case) -> None:
    offers = (Offer(1, ItemKind.OTHER, text="我们线下退款"), Offer(2, ItemKind.EXPLANATION, text="库存没有补上"))
    cases.propose(case, offers, AGENT, now=NOW + timedelta(minutes=5))
    cases.accept(again(case), [1, 2], BUYER, now=NOW + timedelta(minutes=6))
    cases.arrive(case.items.get(no=1), AGENT, now=NOW + timedelta(minutes=7))
    assert again(case).outcome == "confirmed"
    assert how_ended(again(case)) == "arrived"
    result = papers_of(again(case), Level.SIGNED).result
    assert result is not None
    assert result.how == "arrived"


def test_cp10_a_confirmation_that_was_noted_says_so(case: Case) -> None:
    cases.answer(case, AGENT, "我们在查", now=NOW)
    cases.close(again(case), "confirmed", by="api:9", now=NOW, behalf="在电话里说解决了")
    assert how_ended(again(case)) == "confirmed_for"


def test_hl11_without_proof_papers_show_nothing_of_the_order(case: Case, files: DiskFiles, tmp_path: Path) -> None:
    """Anybody can name an order number and somebody's address in a complaint."""
    assert case.order is not None
    conversations.write(case.order.matter, "另一件事", by="buyer", now=NOW)
    papers = pack(case, files, tmp_path / "d.zip", Level.NONE)
    assert {one.code for one in papers.material.happenings} == {"filed"}
    assert papers.material.purchase is not None
    assert papers.material.purchase.bill_nos == ()
    assert [chain.matter for chain in papers.chains] == [case.matter.no]
    assert papers.messages == ()
    assert "13800138000" not in str(papers.material.claimant)
    assert papers.material.claimant.name != "王小明"
    whole = (tmp_path / "d.zip").read_bytes()
    assert not any(str(bill).encode() in whole for bill in case.order.bill_nos)


def test_cp10_result_is_there_once_something_was_agreed(case: Case) -> None:
    assert papers_of(case).result is None
    offers = (Offer(1, ItemKind.OTHER, text="我们线下退款"), Offer(2, ItemKind.EXPLANATION, text="库存没有补上"))
    cases.propose(case, offers, AGENT, now=NOW + timedelta(minutes=5))
    cases.accept(again(case), [1, 2], BUYER, now=NOW + timedelta(minutes=6))
    result = papers_of(again(case), Level.SIGNED).result
    assert result is not None
    assert (result.agent_no, result.responsible, result.reason) == (ALICE, "platform", "out_of_stock")
    assert [wish.offer_text for wish in result.material.wishes] == ["我们线下退款", "库存没有补上"]
    unproven = papers_of(again(case)).result
    assert unproven is not None
    assert (unproven.responsible, unproven.reason) == ("unclear", "")


def test_cp5_the_dossier_of_a_case_verifies(case: Case, files: DiskFiles, tmp_path: Path) -> None:
    bring(case, files)
    conversations.write(case.matter, "还没有收到", by="buyer", now=NOW)
    conversations.write(case.matter, "内部：先核对", by=AGENT.by, now=NOW, internal=True)
    pack(case, files, tmp_path / "first.zip")
    journal.link_accesses()
    papers = pack(case, files, tmp_path / "d.zip")
    report = verify(tmp_path / "d.zip", key=keys.public_pem(), head=papers.receipt.head)
    assert (report.changed, report.unchecked) == ([], [])
    assert [line.text for line in papers.messages] == ["还没有收到"]
    assert {chain.topic for chain in papers.chains} == {"case", "order", "access"}
    assert "内部".encode() not in (tmp_path / "d.zip").read_bytes()


def test_cp5_who_exported_the_dossier_is_in_the_ledger(case: Case, files: DiskFiles, tmp_path: Path) -> None:
    pack(case, files, tmp_path / "d.zip")
    assert Access.objects.filter(matter=case.matter, item="dossier", kind="exported", by=AGENT.by).count() == 1


def test_cp5_an_original_damaged_on_disk_is_left_out_and_said(case: Case, files: DiskFiles, tmp_path: Path) -> None:
    evidence = bring(case, files)
    path = tmp_path / "files" / evidence.sha256[:2] / evidence.sha256[2:]
    path.chmod(0o600)
    path.write_bytes(b"something else")
    pack(case, files, tmp_path / "d.zip")
    report = verify(tmp_path / "d.zip")
    assert (report.changed, Said("gap", "evidence/E01.png") in report.unchecked) == ([], True)
    assert case.matter.facts.filter(name="evidence_spoiled").exists()
    assert papers_of(again(case)).material.exhibits[0].is_damaged


def test_cp5_a_fact_rewritten_in_the_database_is_named(case: Case, files: DiskFiles, tmp_path: Path) -> None:
    case.matter.facts.filter(name="case_assigned").update(by="staff:9999")
    pack(case, files, tmp_path / "d.zip")
    named = [said.name for said in verify(tmp_path / "d.zip").changed if said.code == "fact"]
    assert [name.endswith("case_assigned") for name in named] == [True]


def test_cp5_papers_are_gathered_in_few_queries(case: Case, files: DiskFiles) -> None:
    bring(case, files)
    with CaptureQueriesContext(connection) as asked:
        papers_of(again(case), Level.SIGNED)
    assert len(asked) <= 10


def test_cp5_the_dossier_ties_the_words_of_the_complaint_to_the_chain(
    case: Case, files: DiskFiles, tmp_path: Path
) -> None:
    papers = pack(case, files, tmp_path / "d.zip")
    assert papers.words
    assert (papers.words.what_happened, papers.words.demand) == (WORDS, "退款")
    assert verify(tmp_path / "d.zip").changed == []
    Case.objects.filter(pk=case.pk).update(what_happened="付了款，已经到了")  # not through an action
    pack(case, files, tmp_path / "e.zip")
    assert verify(tmp_path / "e.zip").changed == [Said("not_in_chain", "complaint.json")]


def test_cp5_words_added_later_are_tied_to_the_chain_as_well(case: Case, files: DiskFiles, tmp_path: Path) -> None:
    cases.want(case.matter, Wanted(demand="并说明原因", what_happened="刚才又看了"), by="buyer", now=NOW)
    pack(case, files, tmp_path / "d.zip")
    assert verify(tmp_path / "d.zip").changed == []


def test_cp5_erased_words_are_not_in_the_dossier_and_it_still_verifies(
    case: Case, files: DiskFiles, tmp_path: Path
) -> None:
    cases.erase_words(case, "asked_for", by="staff:3001", now=NOW)
    papers = pack(case, files, tmp_path / "d.zip")
    assert papers.words is None
    assert verify(tmp_path / "d.zip").changed == []
