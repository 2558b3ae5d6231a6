"""What waits for whom, by the time left, a page at a time, in few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import queries
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import Cursor, Filter, case_for, counts_for, find_for, waiting_for
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import ManualTask
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import due_now
from huiyin.domain.staff.models import Person
from tests import people
from tests.fakes import MIDNIGHT


def numbers(person: Person, which: Filter) -> list[str]:
    return [case.matter.no for case in waiting_for(person, which).cases]


def break_what_is_due(now: object) -> None:
    for pk in due_now(now):  # type: ignore[arg-type]
        promises.break_due(pk, now=now)  # type: ignore[arg-type]


def test_kp3_the_list_is_sorted_by_the_time_left() -> None:
    alice = people.hire()
    slow = people.complaint("怎么开发票", owner=alice, email="a@x.com", now=MIDNIGHT)
    fast = people.complaint("账号被盗", owner=alice, email="b@x.com", now=MIDNIGHT)
    assert numbers(alice, Filter.MINE) == [fast.matter.no, slow.matter.no]


def test_kp3_a_broken_promise_is_on_top_until_it_is_made_up_for() -> None:
    alice = people.hire()
    late = people.complaint("卡密一直没到", owner=alice, email="a@x.com", now=MIDNIGHT)
    fresh = people.complaint("账号被盗", owner=alice, email="b@x.com", now=MIDNIGHT + timedelta(minutes=11))
    break_what_is_due(MIDNIGHT + timedelta(minutes=11))
    assert numbers(alice, Filter.ALL)[0] == late.matter.no
    page = waiting_for(alice, Filter.ALL)
    assert page.cases[0].owed["state"] == "broken"  # type: ignore[attr-defined]
    cases.answer(late, alice, "退款已办", now=MIDNIGHT + timedelta(minutes=12))
    assert numbers(alice, Filter.ALL)[0] == late.matter.no  # the result is still owed
    cases.close(late, "confirmed", by="buyer", now=MIDNIGHT + timedelta(minutes=12))
    assert numbers(alice, Filter.ALL) == [fresh.matter.no]


def test_kp3_pages_follow_each_other_without_gap_or_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    alice = people.hire()
    filed = {people.complaint(email=f"b{n}@x.com", owner=alice).matter.no for n in range(5)}
    seen: list[str] = []
    cursor: Cursor | None = None
    while True:
        page = waiting_for(alice, Filter.MINE, cursor)
        seen += [case.matter.no for case in page.cases]
        if page.after is None:
            break
        cursor = Cursor.read(str(page.after))
    assert len(seen) == 5
    assert set(seen) == filed


@pytest.mark.parametrize("text", ["", "x", "20261122T000000000000-", "-5", "20261122T000000000000-a", "9" * 400])
def test_a_cursor_nobody_made_is_the_first_page(text: str) -> None:
    assert Cursor.read(text) is None


def test_mine_is_mine_and_all_is_the_centres() -> None:
    alice, bo = people.hire(), people.hire(people.BO)
    hers = people.complaint(owner=alice, email="a@x.com")
    his = people.complaint(owner=bo, email="b@x.com")
    assert numbers(alice, Filter.MINE) == [hers.matter.no]
    assert set(numbers(alice, Filter.ALL)) == {hers.matter.no, his.matter.no}
    assert counts_for(bo) == {Filter.MINE: 1, Filter.ALL: 2, Filter.CHECK: 0, Filter.APPROVE: 0}


def test_rm9_what_waits_for_a_second_person_is_never_ones_own() -> None:
    alice, bo, keeper = people.hire(), people.hire(people.BO), people.hire(people.KEEPER)
    order, _ = people.order("already_redeemed")
    task = ManualTask.objects.select_related("remedy").get(remedy=people.manual_task(order))
    assert numbers(bo, Filter.CHECK) == []
    orders.finish_task(task, alice, "5030", now=MIDNIGHT)
    assert numbers(bo, Filter.CHECK) == [order.matter.no]
    assert numbers(alice, Filter.CHECK) == []
    assert numbers(keeper, Filter.CHECK) == []


def test_rm9_what_waits_for_approval_is_shown_to_whoever_may_approve() -> None:
    people_by_no = {no: people.hire(no) for no in people.TIERS}
    order, _ = people.order("already_redeemed")
    people.request(order, people_by_no[people.ALICE], 20_000)
    shown_to = {no for no, person in people_by_no.items() if numbers(person, Filter.APPROVE)}
    assert shown_to == {people.SECOND, people.RISK, people.SUN, people.SUE, people.OPS}
    assert {no for no, person in people_by_no.items() if counts_for(person)[Filter.APPROVE]} == shown_to


def test_somebody_who_left_sees_nothing() -> None:
    alice, case = people.hire(), people.complaint()
    alice.is_active = False
    assert numbers(alice, Filter.ALL) == []
    with pytest.raises(Case.DoesNotExist):
        case_for(alice, case.matter.no)


@pytest.mark.parametrize("form", ["no", "spaced", "mail", "order"])
def test_a_case_is_found_by_what_people_read_out(form: str) -> None:
    alice, case = people.hire(), people.complaint(order_no="KM2026")
    no = case.matter.no
    typed = {"no": no, "spaced": f"{no[:4]} {no[4:8]} {no[8:]}", "mail": "Wang@example.com", "order": "KM2026"}
    assert find_for(alice, typed[form]) == case
    assert find_for(alice, "  ") is None
    assert find_for(alice, "nobody@example.com") is None


def test_kp3_the_list_takes_two_queries_however_long_it_is() -> None:
    alice = people.hire()
    for n in range(4):
        people.complaint(email=f"b{n}@x.com", owner=alice)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        waiting_for(alice, Filter.MINE)
        counts_for(alice)
    assert len(asked) == 2


def test_everything_about_a_case_includes_the_matter_of_its_order() -> None:
    alice = people.hire()
    order, _ = people.order("already_redeemed")
    remedy = people.manual_task(order)
    case = people.complaint(order_no=order.order_no, owner=alice, email="other@x.com")
    about = queries.everything_about(case_for(alice, case.matter.no), alice)
    assert [one.pk for one in about.remedies] == [remedy.pk]
    assert remedy.pk in about.tasks
    assert {fact.matter_id for fact in about.facts} == {case.matter_id, order.matter_id}
    assert about.facts == sorted(about.facts, key=lambda fact: (fact.at, fact.seq))
    assert {promise.matter_id for promise in about.promises} == {case.matter_id, order.matter_id}
    assert Promise.objects.filter(matter=order.matter, kind="manual_task").exists()


def test_facts_beyond_the_limit_are_counted_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_FACTS", 3)
    alice, case = people.hire(), people.complaint()
    about = queries.everything_about(case_for(alice, case.matter.no), alice)
    assert len(about.facts) == 3
    assert about.facts_left_off == case.matter.facts.count() - 3
