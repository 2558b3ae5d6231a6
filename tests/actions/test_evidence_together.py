"""CP5, CP12: two people adding to one case at once, and the jobs that attach what we hold."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from huiyin.adapters.papers.of_case import papers_of
from huiyin.adapters.storage.disk import DiskFiles
from huiyin.daemons import rounds
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import carrying, uploads
from huiyin.domain.cases.actions import Doer, Filing
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.exhibits import evidence_of
from huiyin.domain.cases.gathering import gather
from huiyin.domain.cases.letter import letter
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.uploads import Upload
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.events import Look
from huiyin.domain.journal.models import Access
from huiyin.domain.journal.queries import broken_access
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import carrying as remedies
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.proof import Level
from huiyin.domain.orders.situations import judge
from tests import people
from tests.fakes import MIDNIGHT, FakeShop
from tests.people import ALICE, hire
from tests.samples import picture

NOW = MIDNIGHT


def waiting_jobs(task: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return [json.loads(row[0]) for row in cursor.fetchall()]


@contextmanager
def threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads whose database connections are closed when they end."""
    with ThreadPoolExecutor(count) as pool:
        yield pool
        for _ in range(count * 4):
            pool.submit(connections.close_all)


@pytest.mark.django_db(transaction=True)
def test_cp12_many_files_at_once_get_a_number_each(tmp_path: Path) -> None:
    case, files = people.complaint(), DiskFiles(tmp_path)

    def bring(shade: int) -> int:
        upload = Upload(io.BytesIO(picture(shade=shade // 2)), "a.png", "error")  # every picture comes twice
        try:
            return uploads.take(Case.objects.get(pk=case.pk), upload, by="buyer", files=files, now=NOW).no
        finally:
            connections.close_all()

    with threads(6) as pool:
        numbers = list(pool.map(bring, range(24)))
    assert sorted(set(numbers)) == list(range(1, 13))
    assert [row.no for row in evidence_of(case)] == list(range(1, 13))


@pytest.mark.django_db(transaction=True)
def test_hl7_the_ledger_is_linked_once_by_however_many_workers() -> None:
    matter = journal.open_matter("case", NOW)
    for number in range(120):
        journal.note_access(matter.pk, f"evidence:{number}", Look.VIEWED, by="staff:1", now=NOW)

    def link(_: int) -> int:
        try:
            return journal.link_accesses(20)
        finally:
            connections.close_all()

    with threads(4) as pool:
        assert sum(pool.map(link, range(12))) == 120
    assert list(Access.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 121))
    assert broken_access(matter) is None


def test_cp4_filing_on_a_known_order_attaches_what_we_hold_later() -> None:
    order, _ = people.order()
    case = people.complaint(order_no=order.order_no)
    assert waiting_jobs("gather_evidence") == [{"matter_id": case.matter_id}]


def test_cp4_filing_without_an_order_defers_nothing() -> None:
    people.complaint()
    assert waiting_jobs("gather_evidence") == []


def test_cp6_what_the_shop_gave_is_kept_and_the_letter_cites_that(shop: FakeShop, tmp_path: Path) -> None:
    snapshot = shop.holds("platform_failed")
    orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW - timedelta(minutes=1))
    case = people.complaint(order_no=snapshot.order_no, owner=hire(ALICE))
    files, item, later = DiskFiles(tmp_path), case.items.get(), NOW + timedelta(minutes=9)
    gather(case.matter_id, shop=shop, files=files, now=NOW)
    cases.propose(case, [Offer(item.no, ItemKind.REISSUE)], Doer(f"staff:{ALICE}"), now=NOW)
    cases.accept(case, [], Doer("buyer"), now=NOW)
    carrying.look(item.pk, shop=shop, now=later)
    remedies.carry_out(Remedy.objects.get().pk, shop=shop, now=later)
    carrying.look(item.pk, shop=shop, now=later)
    assert waiting_jobs("gather_evidence") == [{"matter_id": case.matter_id}] * 2
    gather(case.matter_id, shop=shop, files=files, now=later)
    told = letter(papers_of(Case.objects.get(pk=case.pk), Level.SIGNED).material)
    logs = [one.no for one in told.material.exhibits if one.what == "delivery_log"]
    cited = [fact.cites for fact in told.facts if fact.code == "delivered"]
    assert len(logs) == 2
    assert cited
    assert all(logs[1] in cites and logs[0] not in cites for cites in cited)


def test_cp4_an_order_that_is_met_later_brings_its_records_to_the_cases_that_named_it() -> None:
    order, _ = people.order()
    case = cases.file(Filing("没到账", order_no="HY-1", identities={"phone": "13800000000"}), by="buyer", now=NOW)
    order.order_no = "HY-1"
    cases.link_order(order, now=NOW)
    assert waiting_jobs("gather_evidence") == [{"matter_id": case.matter_id}]
    cases.link_order(order, now=NOW)
    assert len(waiting_jobs("gather_evidence")) == 1


@pytest.fixture
def worker(shop: FakeShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeShop:
    """The rounds, with a shop in memory and a directory of this test."""
    monkeypatch.setattr(rounds, "the_shop", lambda: shop)
    monkeypatch.setattr(rounds, "the_files", lambda: DiskFiles(tmp_path))
    return shop


def test_cp4_a_silent_shop_is_asked_again_ever_more_slowly(worker: FakeShop) -> None:
    order, snapshot = people.order()
    worker.add(snapshot)
    case = people.complaint(order_no=order.order_no)
    worker.is_down = True
    rounds.gather(case.matter_id, 0)
    rounds.gather(case.matter_id, rounds.MOST_TRIES)  # the last one: whoever has the case sees what is missing
    assert waiting_jobs("gather_evidence")[1:] == [{"matter_id": case.matter_id, "tries": 1}]
    worker.is_down = False
    rounds.gather(case.matter_id, 1)
    assert len(waiting_jobs("gather_evidence")) == 2
    assert evidence_of(case).count() == 6


def test_cp5_a_full_disk_is_tried_again(worker: FakeShop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    order, snapshot = people.order()
    worker.add(snapshot)
    case = people.complaint(order_no=order.order_no)
    (tmp_path / "full").write_text("a file where the directory should be")
    monkeypatch.setattr(rounds, "the_files", lambda: DiskFiles(tmp_path / "full"))
    rounds.gather(case.matter_id, 3)
    assert waiting_jobs("gather_evidence")[1:] == [{"matter_id": case.matter_id, "tries": 4}]
    assert evidence_of(case).count() == 0


def test_hl7_the_round_links_whatever_is_new() -> None:
    matter = journal.open_matter("case", NOW)
    journal.note_access(matter.pk, "case", Look.VIEWED, by="staff:1", now=NOW)
    rounds.access_ledger()
    assert Access.objects.get().seq == 1
