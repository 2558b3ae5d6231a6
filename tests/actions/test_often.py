"""Statements that are compiled once give what the ORM gives."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.db.transaction import TransactionManagementError

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Buyer, Identity
from huiyin.domain.orders.models import Order
from huiyin.domain.staff.models import Person
from huiyin.lib.money import Money
from huiyin.lib.postgresql import often
from tests import people
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db


def test_a_row_is_the_object_that_the_orm_makes() -> None:
    order, _ = people.order("platform_failed")
    read = often.Read(lambda pk: Order.objects.select_related("matter", "buyer").filter(pk=pk))
    found, known = read.first(order.pk), Order.objects.get(pk=order.pk)
    assert found is not None
    columns = [field.attname for field in Order._meta.concrete_fields]
    assert {name: getattr(found, name) for name in columns} == {name: getattr(known, name) for name in columns}
    assert isinstance(found.amount, Money)
    assert found.matter.no == order.matter.no


def test_values_go_where_their_slots_are_and_constants_stay() -> None:
    people.on_duty()
    read = often.Read(
        lambda no, state: Case.objects.filter(matter__no=no).exclude(demand__contains="100%").filter(state=state)
    )
    case = people.complaint("x")
    assert read.first(case.matter.no, case.state) == case
    assert read.first(case.matter.no, "closed") is None
    Case.objects.filter(pk=case.pk).update(demand="100% 退款")
    assert read.first(case.matter.no, case.state) is None


def test_one_slot_takes_a_list_of_any_length() -> None:
    hired = [people.hire(no) for no in (people.ALICE, people.BO)]
    rows = often.Rows(lambda pks: Person.objects.filter(pk__among=pks).order_by("pk").values_list("agent_no"))
    assert rows([one.pk for one in hired]) == [(people.ALICE,), (people.BO,)]
    assert rows([]) == []


def test_rows_are_inserted_with_keys_and_changed() -> None:
    first, second = often.insert([Buyer(name=name, created_at=MIDNIGHT) for name in ("一", "二")])
    assert first.pk != second.pk
    often.change(first, name="甲")
    often.change_all([first, second], tier="gold")
    assert list(Buyer.objects.order_by("pk").values_list("name", "tier")) == [("甲", "gold"), ("二", "gold")]
    assert first.name == "甲"


def test_what_is_there_is_left_alone() -> None:
    (buyer,) = often.insert([Buyer(created_at=MIDNIGHT)])
    rows = [Identity(buyer=buyer, kind="email", value="a@example.com") for _ in range(2)]
    assert [often.insert_unless_there(row) for row in rows] == [True, False]
    assert [row._state.adding for row in rows] == [False, True]
    assert Identity.objects.count() == 1


def test_postgresql_keeps_the_plan() -> None:
    for _ in range(3):
        often.run("SELECT count(*) FROM staff_person WHERE tier = %s AND '100%%' <> ''", ["L1"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%100\\%%%%'")
        assert cursor.fetchone() == (1,)


def test_whoever_counts_statements_sees_them_all(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        often.run("SELECT %s::int", [1])
        often.count("UPDATE staff_person SET tier = tier WHERE id = %s", [0])


def test_a_lost_connection_and_a_fault_leave_the_next_statement_alone() -> None:
    def ask() -> tuple[Any, Any, Any]:
        try:
            first = often.run("SELECT %s::int", [1])
            connection.close()
            second = often.run("SELECT %s::int", [2])
            with pytest.raises(DataError):
                often.run("SELECT 1 / %s::int", [0])
            return first, second, often.run("SELECT %s::int", [3])
        finally:
            connection.close()  # this thread's own

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result() == ([(1,)], [(2,)], [(3,)])


def test_a_broken_transaction_takes_no_statement() -> None:
    with pytest.raises(TransactionManagementError), transaction.atomic():
        connection.set_rollback(True)
        often.run("SELECT 1")
