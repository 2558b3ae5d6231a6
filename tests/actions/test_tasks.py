"""RM12: what the shop's software cannot do, a person does by exact steps, and a second one compares the proof."""

import pytest

from huiyin.domain.cases.models import Case
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import ManualTask, Remedy
from huiyin.domain.promises.models import Promise
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT


def task() -> ManualTask:
    order, _ = people.order("already_redeemed")
    return ManualTask.objects.select_related("remedy").get(remedy=people.manual_task(order))


def test_rm12_a_manual_task_has_an_owner_a_promise_and_steps_with_a_proof() -> None:
    people.hire()
    todo = task()
    assert [step["code"] for step in todo.steps] == ["open_order", "refund_bill", "proof_refund_no"]
    case = Case.objects.get(matter=todo.remedy.matter)
    assert case.owner is not None
    assert Promise.objects.filter(matter=todo.remedy.matter, kind="manual_task", state="running").exists()


def test_rm12_done_with_proof_and_checked_by_another_the_remedy_is_done() -> None:
    alice, bo, todo = people.hire(), people.hire(people.BO), task()
    orders.finish_task(todo, alice, " 5030 2026 ", now=MIDNIGHT)
    orders.check_task(todo, bo, now=MIDNIGHT)
    remedy = Remedy.objects.get(pk=todo.remedy_id)
    assert remedy.state == "done"
    assert remedy.task.proof == "5030 2026"
    assert Promise.objects.get(matter=remedy.matter, kind="manual_task").state == "kept"


def test_rm9_four_eyes_are_of_two_people() -> None:
    alice, todo = people.hire(), task()
    orders.finish_task(todo, alice, "5030", now=MIDNIGHT)
    with pytest.raises(Refusal, match="four_eyes"):
        orders.check_task(todo, alice, now=MIDNIGHT)
    assert Remedy.objects.get(pk=todo.remedy_id).state == "needs_person"


def test_rm12_without_proof_nothing_is_done() -> None:
    alice, todo = people.hire(), task()
    with pytest.raises(Refusal, match="proof_missing"):
        orders.finish_task(todo, alice, "  ", now=MIDNIGHT)
    with pytest.raises(Refusal, match="task_not_done"):
        orders.check_task(todo, alice, now=MIDNIGHT)


def test_rm12_a_task_is_done_once_and_checked_once() -> None:
    alice, bo, todo = people.hire(), people.hire(people.BO), task()
    orders.finish_task(todo, alice, "5030", now=MIDNIGHT)
    with pytest.raises(Refusal, match="task_is_done"):
        orders.finish_task(todo, bo, "5031", now=MIDNIGHT)
    orders.check_task(todo, bo, now=MIDNIGHT)
    with pytest.raises(Refusal, match="remedy_is"):
        orders.check_task(todo, bo, now=MIDNIGHT)


def test_rm12_a_declined_remedy_does_not_come_back_by_its_task() -> None:
    alice, bo, todo = people.hire(), people.hire(people.BO), task()
    orders.finish_task(todo, alice, "5030", now=MIDNIGHT)
    orders.decline(todo.remedy_id, alice, "the buyer wants a key", now=MIDNIGHT)
    with pytest.raises(Refusal, match="remedy_is"):
        orders.check_task(todo, bo, now=MIDNIGHT)
    assert Remedy.objects.get(pk=todo.remedy_id).state == "failed"


def test_rm9_a_request_above_authority_waits_for_somebody_else_with_authority() -> None:
    second, sun = people.hire(people.SECOND), people.hire(people.SUN)
    order, _ = people.order("already_redeemed")
    asked = people.request(order, sun, 1_000_000)
    assert asked.state == "requested"
    with pytest.raises(Refusal, match="four_eyes"):
        orders.approve(asked.pk, sun, now=MIDNIGHT)
    with pytest.raises(Refusal, match="above_authority"):
        orders.approve(asked.pk, second, now=MIDNIGHT)
