"""CP4, CP5, CP12, CP16, CP20: evidence of a case, from the first byte to the damaged disk."""

import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from huiyin.adapters.storage.disk import DiskFiles
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import exhibits, uploads
from huiyin.domain.cases.actions import Filing
from huiyin.domain.cases.actions import evidence as adding
from huiyin.domain.cases.evidence import SMALL_PICTURE, What
from huiyin.domain.cases.exhibits import chain_for_buyer, chain_of, evidence_for_buyer, evidence_of, open_evidence
from huiyin.domain.cases.gathering import gather
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.cases.uploads import Upload, safe_name
from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.journal.events import Look
from huiyin.domain.journal.models import Access
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Order
from huiyin.domain.orders.rescue import Proof, choose, find
from huiyin.domain.orders.situations import judge
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT, FakeShop
from tests.samples import picture

NOW = MIDNIGHT


@pytest.fixture
def files(tmp_path: Path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


@pytest.fixture
def case() -> Case:
    return people.complaint()


def bring(case: Case, files: DiskFiles, data: bytes = b"", **said: object) -> Evidence:
    upload = Upload(io.BytesIO(data or picture()), **{"name": "IMG_1.png", "what": "payment"} | said)  # type: ignore[arg-type]
    return uploads.take(case, upload, by="buyer", files=files, now=NOW)


def spoil(files: DiskFiles, evidence: Evidence) -> Path:
    path = files._path(evidence.sha256)
    path.chmod(0o600)
    path.write_bytes(b"something else")
    return path


def facts(case: Case, name: str) -> list[dict[str, object]]:
    return [fact.data for fact in case.matter.facts.filter(name=name).order_by("seq")]


def proven_case(shop: FakeShop, asker: Asker, situation: str = "platform_failed") -> Case:
    """A case on the matter of an order whose buyer proved it."""
    finding = find(shop.holds(situation).payments[0].bill_no, Proof(), asker, shop=shop, now=NOW)
    choice = choose(finding, "person", by="buyer", shop=shop, now=NOW)
    return Case.objects.select_related("order", "matter").get(matter=choice.matter)


def named_case(shop: FakeShop, situation: str = "platform_failed", category: str = "recharge_delayed") -> Case:
    """A case that only names an order number, on a matter of its own."""
    snapshot = shop.holds(situation)
    orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    filing = Filing("一直没到账", order_no=snapshot.order_no, category=category, identities={"email": "a@b.example"})
    return cases.file(filing, by="buyer", now=NOW)


def test_cp4_evidence_is_numbered_typed_and_a_fact_of_the_case(case: Case, files: DiskFiles) -> None:
    first = bring(case, files)
    second = bring(case, files, picture(shade=1), what="error", name="报错.PNG")
    assert [(row.no, row.type, row.what) for row in evidence_of(case)] == [
        (1, "transaction", "payment"), (2, "problem", "error"),
    ]  # fmt: skip
    assert (second.mime, second.name, second.source, second.custodian) == ("image/png", "报错.png", "buyer", "buyer")
    assert first.sha256 == hashlib.sha256(picture()).hexdigest()
    named = facts(case, "evidence_added")
    assert [fact["items"][0]["sha256"] for fact in named] == [first.sha256, second.sha256]  # type: ignore[index]
    links = [Link(f.seq, f.name, f.by, f.at, f.data, f.hash) for f in case.matter.facts.order_by("seq")]
    assert first_break(case.matter.no, links) is None


def test_cp5_the_original_bytes_come_back_unaltered(case: Case, files: DiskFiles) -> None:
    data = picture("JPEG") + b"what phones append"
    evidence = bring(case, files, data, name="a.jpg")
    assert open_evidence(evidence, Look.VIEWED, by="staff:1024", files=files, now=NOW) == data


def test_cp12_the_same_file_twice_is_one_piece_of_evidence(case: Case, files: DiskFiles) -> None:
    assert bring(case, files).pk == bring(case, files, name="again.png").pk
    assert len(facts(case, "evidence_added")) == 1


def test_cp12_two_cases_with_the_same_file_have_a_row_each(files: DiskFiles) -> None:
    one, other = people.complaint(), people.complaint(email="li@example.com")
    assert bring(one, files).sha256 == bring(other, files).sha256
    assert Evidence.objects.count() == 2


def test_cp4_a_file_that_lies_is_refused_and_leaves_nothing(case: Case, files: DiskFiles, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as no:
        bring(case, files, b"PK\x03\x04" + bytes(100), name="photo.jpg")
    assert no.value.code == "file_type"
    assert not Evidence.objects.exists()
    assert not (tmp_path / "files").exists()


def test_cp4_a_picture_under_another_name_is_kept_as_what_it_is(case: Case, files: DiskFiles) -> None:
    assert bring(case, files, picture("PNG"), name="scan.jpg").name == "scan.png"


def test_cp4_a_case_takes_fifty_files_and_says_so(
    case: Case, files: DiskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "MOST_FILES", 3)
    for shade in range(3):
        bring(case, files, picture(shade=shade))
    with pytest.raises(Refusal) as no:
        bring(case, files, picture(shade=9))
    assert (no.value.code, no.value.params) == ("too_many_files", {"limit": 3})
    assert bring(case, files, picture(shade=0)).no == 1  # what is there already is no file more


def test_cp4_a_case_takes_so_many_bytes_and_says_so(
    case: Case, files: DiskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "MOST_BYTES", len(picture()) + 10)
    bring(case, files)
    with pytest.raises(Refusal) as no:
        bring(case, files, picture(shade=3))
    assert no.value.code == "case_too_full"


def test_cp12_nothing_is_added_to_a_closed_case(case: Case, files: DiskFiles) -> None:
    Case.objects.filter(pk=case.pk).update(state="closed")
    with pytest.raises(Refusal) as no:
        bring(case, files)  # this object still believes that the case is open
    assert no.value.code == "case_closed"


def test_cp20_points_that_cannot_be_read_are_named_and_never_a_reason_to_refuse(case: Case, files: DiskFiles) -> None:
    evidence = bring(case, files, picture("PNG", 300, 200), unreadable={"time", "bill_no", "made_up"})
    assert evidence.unreadable == ["bill_no", "time", SMALL_PICTURE]
    cases.name_unreadable(evidence, ["amount"], by="staff:1024", now=NOW)
    evidence.refresh_from_db()
    assert evidence.unreadable == ["amount"]
    assert facts(case, "evidence_unreadable") == [{"no": 1, "points": ["amount"]}]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.png"), ("C:\\Users\\me\\账单.jpg", "账单.png"), ("", "file.png"),
        ("a\x00\n\u202eb.exe", "ab.png"), ("x" * 500 + ".png", "x" * 100 + ".png"), (".hidden", "file.png"),
    ],
)  # fmt: skip
def test_cp4_names_of_files_do_no_harm(name: str, safe: str) -> None:
    assert safe_name(name, "png") == safe


def test_cp4_what_we_hold_is_attached_by_the_system_and_nothing_more_is_asked(
    shop: FakeShop, asker: Asker, files: DiskFiles
) -> None:
    case = proven_case(shop, asker)
    assert gather(case.matter_id, shop=shop, files=files, now=NOW)
    attached = {row.what: row for row in evidence_of(case)}
    assert set(attached) == {"order", "payment", "delivery_log", "goods_page", "fees", "refund_terms"}
    assert {(row.source, row.mime, row.custodian) for row in attached.values()} == {
        ("system", "application/json", "shop")
    }
    log = json.loads(files.read(attached["delivery_log"].sha256))
    assert (log["state"], log["items"]) == ("failed", [])
    chain = chain_for_buyer(case)
    assert chain.present == (What.PAYMENT, What.DELIVERY_LOG)
    assert chain.missing == ()


def test_cp4_attaching_again_adds_only_what_has_changed(shop: FakeShop, asker: Asker, files: DiskFiles) -> None:
    case = proven_case(shop, asker)
    for _ in range(2):
        gather(case.matter_id, shop=shop, files=files, now=NOW)
    assert evidence_of(case).count() == 6
    snapshot = case.order.snapshot | {"delivery": {"state": "done", "attempts": [], "items": []}}  # type: ignore[union-attr]
    Order.objects.filter(cases=case).update(snapshot=snapshot)
    gather(case.matter_id, shop=shop, files=files, now=NOW)
    assert [row.what for row in evidence_of(case)][6:] == ["delivery_log"]


def test_cp4_a_silent_shop_leaves_its_records_and_is_asked_again(
    shop: FakeShop, asker: Asker, files: DiskFiles
) -> None:
    case = proven_case(shop, asker)
    shop.is_down = True
    assert not gather(case.matter_id, shop=shop, files=files, now=NOW)
    assert {row.what for row in evidence_of(case)} == {"order", "payment", "delivery_log"}
    shop.is_down = False
    assert gather(case.matter_id, shop=shop, files=files, now=NOW)
    assert evidence_of(case).count() == 6


def test_cp16_the_promotion_in_force_when_paid_is_attached(shop: FakeShop, asker: Asker, files: DiskFiles) -> None:
    case = proven_case(shop, asker, "short_amount")
    gather(case.matter_id, shop=shop, files=files, now=NOW)
    promotion = json.loads(files.read(evidence_of(case).get(what="promotion").sha256))
    assert (promotion["title"], promotion["version"]) == ("充 100 送 50", "2024-06")


def test_tr5_who_names_an_order_without_proving_it_sees_nothing_of_it(shop: FakeShop, files: DiskFiles) -> None:
    case = named_case(shop)
    gather(case.matter_id, shop=shop, files=files, now=NOW)
    assert evidence_of(case).count() == 6
    assert list(evidence_for_buyer(case)) == []
    assert chain_for_buyer(case).present == ()
    assert chain_for_buyer(case).missing == (What.PAYMENT,)
    assert chain_of(case).present == (What.PAYMENT, What.DELIVERY_LOG)


def test_cp4_a_case_without_an_order_gathers_nothing(case: Case, files: DiskFiles, shop: FakeShop) -> None:
    assert gather(case.matter_id, shop=shop, files=files, now=NOW)
    assert evidence_of(case).count() == 0


def test_cp5_changed_bytes_are_found_said_and_not_handed_out(case: Case, files: DiskFiles) -> None:
    evidence = bring(case, files)
    spoil(files, evidence)
    for _ in range(2):
        with pytest.raises(Refusal) as no:
            open_evidence(evidence, Look.VIEWED, by="staff:1024", files=files, now=NOW)
        assert (no.value.code, no.value.params) == ("evidence_spoiled", {"no": 1, "how": "damaged"})
    evidence.refresh_from_db()
    assert evidence.damaged_at == NOW
    assert facts(case, "evidence_spoiled") == [{"no": 1, "sha256": evidence.sha256, "how": "damaged"}]
    assert chain_of(case).missing == (What.PAYMENT,)  # what nobody can read proves nothing


def test_cp5_the_round_finds_changed_and_missing_bytes_by_itself(case: Case, files: DiskFiles) -> None:
    changed, gone, whole = (bring(case, files, picture(shade=shade)) for shade in range(3))
    spoil(files, changed)
    files._path(gone.sha256).unlink()
    tomorrow = NOW + timedelta(days=1, seconds=1)
    assert exhibits.check_some(files, now=NOW) == 0  # looked at a moment ago
    assert exhibits.check_some(files, now=tomorrow) == 2
    assert {(fact["no"], fact["how"]) for fact in facts(case, "evidence_spoiled")} == {(1, "damaged"), (2, "gone")}
    whole.refresh_from_db()
    assert (whole.damaged_at, whole.checked_at) == (None, tomorrow)
    exhibits.check_some(files, now=tomorrow + timedelta(days=1))
    assert len(facts(case, "evidence_spoiled")) == 2


def test_cp5_the_same_bytes_brought_again_restore_it_and_both_are_facts(case: Case, files: DiskFiles) -> None:
    evidence = bring(case, files)
    spoil(files, evidence)
    assert bring(case, files).pk == evidence.pk
    evidence.refresh_from_db()
    assert evidence.damaged_at is None
    assert len(facts(case, "evidence_spoiled")) == len(facts(case, "evidence_restored")) == 1
    assert open_evidence(evidence, Look.VIEWED, by="buyer", files=files, now=NOW) == picture()


def test_hl7_every_look_at_evidence_is_in_the_access_ledger(case: Case, files: DiskFiles) -> None:
    evidence = bring(case, files)
    open_evidence(evidence, Look.DOWNLOADED, by="staff:1024", files=files, now=NOW)
    row = Access.objects.get()
    assert (row.item, row.kind, row.by, row.matter_id) == ("evidence:1", "downloaded", "staff:1024", case.matter_id)


def test_cp5_files_evidence_points_at_are_not_swept(case: Case, files: DiskFiles) -> None:
    evidence = bring(case, files)
    orphan = files.put(io.BytesIO(b"nobody's"), most=100)
    assert files.sweep(exhibits.named_files, before=NOW + timedelta(days=3650)) == 1
    assert files.read(evidence.sha256) == picture()
    assert exhibits.named_files([orphan.sha256]) == set()
