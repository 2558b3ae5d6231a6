"""CP4: the order that a case is about, where it comes later: by the worker, beside people who work on the case."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from huiyin.daemons import rounds
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact
from huiyin.domain.orders.models import Order
from huiyin.domain.orders.shop import OrderSnapshot
from tests import people
from tests.fakes import MIDNIGHT as NOW
from tests.fakes import FakeShop, an_order

SOON = NOW + timedelta(minutes=5)


def jobs(task: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def told(case: Case) -> list[tuple[str, Any]]:
    facts = Fact.objects.filter(matter=case.matter_id, name__in=["order_named", "order_unknown"]).order_by("seq")
    return [(fact.name, fact.data.get("order")) for fact in facts]


def named(number: str) -> Case:
    """A case of Alice's, filed without an order, for which she writes this down."""
    case = people.complaint(owner=people.hire())
    cases.name_order(case, number, Doer(f"staff:{people.ALICE}"), now=SOON)
    return case


@pytest.fixture
def worker(shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> FakeShop:
    monkeypatch.setattr(rounds, "the_shop", lambda: shop)
    return shop


@pytest.fixture
def together(transactional_db: None) -> Iterator[None]:
    """Several connections; the jobs that they leave go with the test."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def beside(pool: ThreadPoolExecutor, deed: Callable[[], object]) -> Future[None]:
    """Do this in a thread with a connection of its own."""

    def do() -> None:
        try:
            deed()
        finally:
            connections.close_all()

    return pool.submit(do)


def wait_until_it_waits(running: Future[None]) -> None:
    """Until it waits for a lock, or has ended without."""
    while not running.done() and not _somebody_waits():
        wait([running], timeout=0.01)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.usefixtures("together")
def test_cp4_joining_an_order_waits_for_who_works_on_the_case_and_neither_gives_way() -> None:
    snapshot = an_order("platform_failed", NOW)
    case = people.complaint(order_no=snapshot.order_no)
    order, _ = people.order()
    with ThreadPoolExecutor(1) as pool:
        with journal.chapter():
            journal.lock_one(case.matter_id)
            joining = beside(pool, lambda: cases.link_order(order, now=SOON))
            wait_until_it_waits(joining)
            Case.objects.filter(pk=case.pk).update(state="assessed")
        joining.result(timeout=10)
    case.refresh_from_db()
    assert (case.order_id, case.state, case.responsible) == (order.pk, "assessed", "platform")


@pytest.mark.usefixtures("together")
def test_cp4_naming_an_order_locks_no_other_case_that_named_it() -> None:
    snapshot = an_order("platform_failed", NOW)
    other = people.complaint(order_no=snapshot.order_no)
    people.order()
    with ThreadPoolExecutor(1) as pool, journal.chapter():
        journal.lock_one(other.matter_id)
        naming = beside(pool, lambda: named(snapshot.order_no))
        wait_until_it_waits(naming)
        assert naming.done()
    naming.result()
    assert Case.objects.filter(order__isnull=False).count() == 1


def test_cp4_a_job_that_had_to_give_way_comes_again(worker: FakeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    case = named(worker.holds("platform_failed").order_no)

    def give_way(*_: Any, **__: Any) -> None:
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patch:
        patch.setattr(cases, "link_order", give_way)
        rounds.look_for(case.order_no, 0)
    assert jobs("look_at_order") == [{"order_no": case.order_no}, {"order_no": case.order_no, "tries": 1}]
    rounds.look_for(case.order_no, 1)
    case.refresh_from_db()
    assert case.order is not None
    assert told(case) == [("order_named", None), ("order_named", case.order_id)]
    assert len(jobs("look_at_order")) == 2


def test_cp4_a_silent_shop_is_asked_again_for_an_order(worker: FakeShop) -> None:
    case = named(worker.holds("platform_failed").order_no)
    worker.is_down = True
    rounds.look_for(case.order_no, 3)
    rounds.look_for(case.order_no, rounds.MOST_TRIES)
    assert jobs("look_at_order")[1:] == [{"order_no": case.order_no, "tries": 4}]
    assert told(case) == [("order_named", None)]


def test_cp4_an_order_that_is_met_some_other_way_is_joined_by_the_round() -> None:
    snapshot = an_order("platform_failed", NOW)
    case = people.complaint(order_no=snapshot.order_no)
    order, _ = people.order()
    rounds.orders_met()
    case.refresh_from_db()
    assert case.order_id == order.pk


def test_cp4_a_number_the_shop_does_not_know_is_said_once(worker: FakeShop) -> None:
    case = named("KM404404")
    rounds.look_for("KM404404", 0)
    rounds.look_for("KM404404", 0)
    assert told(case) == [("order_named", None), ("order_unknown", None)]
    cases.name_order(case, worker.holds("platform_failed").order_no, Doer(f"staff:{people.ALICE}"), now=SOON)
    assert told(case)[2:] == [("order_named", None)]


def lower(snapshot: OrderSnapshot) -> str:
    return f"订单号：{snapshot.order_no.lower()}"


def bill(snapshot: OrderSnapshot) -> str:
    return f"{snapshot.payments[0].bill_no[:10]} {snapshot.payments[0].bill_no[10:]}"


@pytest.mark.parametrize("written", [lower, bill])
def test_cp4_an_order_is_found_as_people_write_its_number(worker: FakeShop, written: Any) -> None:
    snapshot = worker.holds("platform_failed")
    case = named(written(snapshot))
    rounds.look_for(written(snapshot), 0)
    case.refresh_from_db()
    assert case.order is not None
    assert case.order_no == case.order.order_no == snapshot.order_no


def test_cp4_a_known_order_is_found_in_lower_case_without_asking() -> None:
    order, snapshot = people.order()
    case = named(lower(snapshot))
    assert (case.order_id, case.order_no) == (order.pk, order.order_no)
    assert not jobs("look_at_order")
    assert Order.objects.count() == 1
