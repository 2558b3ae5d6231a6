"""A complaint becomes a case with an owner and promises, and stays one matter until it is settled."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.journal.models import Fact
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import due_now
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT

NOW = MIDNIGHT
SECRET = "我的密码是 hunter2"


def states(case: Case) -> dict[str, str]:
    return dict(Promise.objects.filter(matter=case.matter).order_by("pk").values_list("kind", "state"))


def test_cp7_a_complaint_has_an_owner_from_the_first_contact() -> None:
    alice = people.on_duty()
    case = people.complaint()
    assert (case.owner, case.state) == (alice, "acknowledged")


def test_cp7_without_anybody_there_a_complaint_waits_and_can_be_taken() -> None:
    case = people.complaint()
    assert case.owner is None
    cases.assign(case, people.hire(), "taken", by="staff:1024", now=NOW)
    assert Case.objects.get(pk=case.pk).owner == people.hire()


@pytest.mark.parametrize("text", ["账号被盗了", "你们是骗子，被骗了"])
def test_rm4_stolen_accounts_and_fraud_start_with_risk(text: str) -> None:
    people.on_duty(people.ALICE)
    risk = people.hire(people.RISK)
    assert people.complaint(text).owner == risk


def test_cp8_promises_are_made_and_acknowledged_at_once() -> None:
    case = people.complaint()
    assert states(case) == {
        "acknowledge": "kept", "first_answer": "running", "result": "running", "next_update": "running"
    }  # fmt: skip


def test_cp8_the_member_tier_shortens_the_first_answer_only() -> None:
    people.buyer("gold@x.com", tier="gold")
    gold, plain = (
        people.complaint("账号登不上去", email=f"{who}@x.com", category="account_access") for who in ("gold", "plain")
    )
    due = {
        (case.pk, kind): Promise.objects.get(matter=case.matter, kind=kind).due
        for case in (gold, plain)
        for kind in ("first_answer", "result")
    }
    assert due[gold.pk, "first_answer"] < due[plain.pk, "first_answer"]
    assert due[gold.pk, "result"] == due[plain.pk, "result"]


def test_cp15_a_complaint_is_a_contact_with_a_fate() -> None:
    case = people.complaint()
    contact = Contact.objects.get(matter=case.matter)
    assert contact.fate == "joined"


def test_cp11_the_first_answer_keeps_its_promise_and_news_are_owed_again() -> None:
    alice = people.hire()
    case = people.complaint(owner=alice)
    cases.answer(case, alice, "您好", now=NOW + timedelta(minutes=5))
    assert states(case)["first_answer"] == "kept"
    running = Promise.objects.get(matter=case.matter, kind="next_update", state="running")
    assert running.due == NOW + timedelta(hours=24, minutes=5)
    case.refresh_from_db()
    assert case.state == "investigating"


def test_a_note_keeps_no_promise() -> None:
    alice = people.hire()
    case = people.complaint(owner=alice)
    cases.note(case, alice, "问过供应商", now=NOW)
    assert states(case)["first_answer"] == "running"


def test_cp9_a_broken_promise_escalates_by_itself_and_stops_at_operations() -> None:
    people.hire()
    sun, ops = people.hire(people.SUN), people.hire(people.OPS)
    case = people.complaint()
    seen = []
    for minutes in (31, 60 * 24 + 1, 60 * 49):
        for pk in due_now(NOW + timedelta(minutes=minutes)):
            promises.break_due(pk, now=NOW + timedelta(minutes=minutes))
        case.refresh_from_db()
        seen.append(case.level)
    assert seen[0] >= 1
    assert seen[-1] == 2
    assert case.owner == ops
    owners = [fact.data["agent_no"] for fact in Fact.objects.filter(name="case_assigned").order_by("seq")]
    assert owners[-2:] == [sun.agent_no, ops.agent_no]


def test_cp12_closing_keeps_the_result_and_ends_every_other_promise() -> None:
    alice = people.hire()
    case = people.complaint(owner=alice)
    cases.answer(case, alice, "已补发", now=NOW)
    cases.close(case, "confirmed", by="buyer", now=NOW)
    assert "running" not in states(case).values()
    assert states(case)["result"] == "kept"


def test_cp12_staff_answer_before_they_close_the_buyer_need_not() -> None:
    alice = people.hire()
    case = people.complaint(owner=alice)
    with pytest.raises(Refusal, match="answer_first"):
        cases.close(case, "settled", by=alice.by, now=NOW)
    cases.close(case, "confirmed", by="buyer", now=NOW)
    assert Case.objects.get(pk=case.pk).outcome == "confirmed"


def test_cp12_an_open_remedy_keeps_a_case_open() -> None:
    alice = people.hire()
    order, _ = people.order("already_redeemed")
    people.manual_task(order)
    case = Case.objects.get(matter=order.matter)
    cases.answer(case, alice, "在办", now=NOW)
    with pytest.raises(Refusal, match="remedy_open"):
        cases.close(case, "settled", by=alice.by, now=NOW)


def test_cp12_reopened_it_keeps_its_number_and_owner_and_gets_new_clocks() -> None:
    alice = people.hire()
    case = people.complaint(owner=alice)
    cases.answer(case, alice, "已补发", now=NOW)
    cases.close(case, "confirmed", by="buyer", now=NOW)
    later = NOW + timedelta(days=1)
    cases.reopen(case, "not_solved", Doer("buyer"), now=later)
    case.refresh_from_db()
    assert (case.owner, case.state, case.answered_at) == (alice, "acknowledged", None)
    assert Promise.objects.get(matter=case.matter, kind="result", state="running").started == later


def test_nothing_happens_to_a_closed_case() -> None:
    alice = people.hire()
    case = people.complaint(owner=alice)
    cases.close(case, "confirmed", by="buyer", now=NOW)
    with pytest.raises(Refusal, match="case_closed"):
        cases.answer(case, alice, "还有", now=NOW)
    with pytest.raises(Refusal, match="case_closed"):
        cases.assign(case, people.hire(people.BO), "x", by=alice.by, now=NOW)
    cases.escalate(case, "x", by=alice.by, now=NOW)
    assert Case.objects.get(pk=case.pk).level == 0
    cases.add(case.matter, "谢谢", by="buyer", now=NOW)
    assert Message.objects.filter(matter=case.matter).count() == 1


def test_a_second_reason_for_a_person_joins_the_case_that_is_there() -> None:
    order, _ = people.order("already_redeemed")
    first = cases.open_on(order.matter, "person", category="card_invalid", channel="web", now=NOW)
    second = cases.open_on(order.matter, "remedy_failed", category="refund_request", channel="web", now=NOW)
    assert first == second
    assert Case.objects.count() == 1


def test_facts_hold_no_words_of_anybody_and_their_chain_is_whole() -> None:
    alice = people.hire()
    case = people.complaint(SECRET, owner=alice)
    cases.answer(case, alice, SECRET, now=NOW)
    cases.note(case, alice, SECRET, now=NOW)
    facts = list(Fact.objects.filter(matter=case.matter).order_by("seq"))
    assert SECRET not in str([fact.data for fact in facts])
    links = [Link(fact.seq, fact.name, fact.by, fact.at, fact.data, fact.hash) for fact in facts]
    assert first_break(case.matter.no, links) is None
