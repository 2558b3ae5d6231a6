"""What people do with a case as a whole, and the clocks that follow (CP7, CP8, CP10, CP12)."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Assessment, Doer, Filing, Question
from huiyin.domain.cases.demand import Item, ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.situations import judge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import due_now
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT as NOW
from tests.fakes import FakeShop
from tests.people import ALICE, RISK, SECOND, SUE, SUN, buyer, complaint, hire

SOON = NOW + timedelta(minutes=5)
AGENT = Doer(f"staff:{ALICE}")
LATER = NOW + timedelta(days=1)


def again(case: Case) -> Case:
    return Case.objects.select_related("matter", "owner", "order").get(pk=case.pk)


def mine(category: str = "account_access") -> Case:
    return again(complaint("账号登不上去", owner=hire(ALICE), category=category))


def clock(case: Case, kind: str) -> Promise:
    return Promise.objects.filter(matter=case.matter, kind=kind).latest("pk")


def break_what_is_due(at_days: float = 2) -> None:
    at = NOW + timedelta(days=at_days)
    for promise_id in due_now(at):
        promises.break_due(promise_id, now=at)


def test_cp7_a_case_has_one_owner_and_hand_overs_are_seen() -> None:
    case, second = mine(), hire(SECOND)
    cases.assign(case, second, "needs the second line", by=AGENT.by, now=SOON)
    fact = case.matter.facts.filter(name="case_assigned").latest("seq")
    assert (fact.data["before"], fact.data["agent_no"]) == (ALICE, SECOND)
    assert clock(case, "l2_answer").state == "running"


def test_cp8_a_hand_over_to_risk_starts_their_clock_and_an_assessment_of_theirs_ends_nothing_early() -> None:
    case, risk = mine(), hire(RISK)
    cases.assign(case, risk, "looks like fraud", by=AGENT.by, now=SOON)
    assert clock(case, "risk_check").state == "running"
    cases.propose(case, [Offer(1, ItemKind.EXPLANATION, text="不是盗号")], Doer(risk.by), now=SOON)
    assert clock(case, "risk_check").state == "kept"


def test_cp2_the_system_states_who_is_responsible(shop: FakeShop) -> None:
    snapshot = shop.holds("redeemed_before_delivery")
    orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    case = complaint("卡被用过了", order_no=snapshot.order_no)
    assert (case.responsible, case.responsible_reason) == ("supplier", "redeemed_before_delivery")


def test_cp2_an_order_that_comes_later_brings_the_finding(shop: FakeShop) -> None:
    snapshot = shop.holds("duplicate_charge")
    case = complaint("扣了两次", order_no=snapshot.order_no)
    assert case.responsible == "unclear"
    cases.link_order(orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW), now=NOW)
    assert again(case).responsible == "payment"


def test_cp2_the_buyer_contradicts_in_one_tap() -> None:
    case = mine()
    cases.assess(case, Assessment(Responsible.BUYER, "填错了账号"), AGENT, now=SOON)
    assert again(case).state == "assessed"
    cases.contest(case, "", Doer("buyer"), now=SOON)
    assert again(case).buyer_disagrees
    assert case.matter.facts.get(name="finding_contested").data["responsible"] == "buyer"


def test_cp8_an_assessment_that_makes_it_urgent_shortens_the_promise() -> None:
    case = mine()
    before = clock(case, "result").due
    cases.assess(case, Assessment(Responsible.UNCLEAR, urgency="urgent"), AGENT, now=SOON)
    after = clock(case, "result")
    assert (after.state, after.due < before) == ("running", True)
    with pytest.raises(Refusal):
        cases.assess(case, Assessment(Responsible.UNCLEAR, category="nonsense"), AGENT, now=SOON)


def test_cp8_a_first_answer_is_never_due_after_the_result() -> None:
    case = complaint("付了钱没收到卡密", category="recharge_delayed")
    assert clock(case, "first_answer").due <= clock(case, "result").due
    later = mine()
    assert clock(later, "first_answer").due < clock(later, "result").due
    cases.assess(later, Assessment(Responsible.UNCLEAR, category="recharge_delayed"), AGENT, now=SOON)
    assert clock(later, "first_answer").state == "running"
    assert clock(later, "first_answer").due <= clock(later, "result").due


def test_cp8_asking_for_one_listed_thing_pauses_our_clocks() -> None:
    case = mine()
    assert cases.ask(case, Question("account", "请发一张绑定手机的截图"), AGENT, now=SOON) is None
    assert again(case).state == "waiting_for_buyer"
    assert {clock(case, kind).state for kind in ("result", "next_update")} == {"paused"}
    assert clock(case, "first_answer").state == "kept"
    theirs = clock(case, "buyer_material")
    assert (theirs.obligor, theirs.due) == ("buyer", SOON + timedelta(hours=24))


def test_cp12_what_the_buyer_sends_makes_it_our_turn_again() -> None:
    case = mine()
    due = clock(case, "result").due
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    cases.add(case.matter, "截图在这里", by="buyer", now=SOON + timedelta(hours=2))
    assert again(case).state == "investigating"
    assert clock(case, "buyer_material").state == "kept"
    resumed = clock(case, "result")
    assert resumed.state == "running"
    assert resumed.due >= due


def test_cp8_a_pause_is_over_after_24_hours_and_never_closes_the_case() -> None:
    case = mine()
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    break_what_is_due(1.5)
    assert again(case).state in {"investigating", "escalated"}
    assert clock(case, "buyer_material").state == "withdrawn"
    assert Promise.objects.filter(matter=case.matter, obligor="buyer", state="broken").count() == 0
    assert case.matter.facts.filter(name="went_on").exists()


@pytest.mark.parametrize("item", ["order", "a picture of your cat", "login_trace"])
def test_cp8_what_the_category_does_not_list_never_stops_our_clock(item: str) -> None:
    case = mine()
    no = cases.ask(case, Question(item, "还需要这个"), AGENT, now=SOON)
    assert no is not None
    assert no.code == "pause_not_listed"
    assert (again(case).state, clock(case, "result").state) == ("investigating", "running")


def test_cp8_one_thing_is_waited_for_once() -> None:
    case = mine()
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    cases.add(case.matter, "发了", by="buyer", now=SOON)
    no = cases.ask(case, Question("account", "再发一次"), AGENT, now=SOON + timedelta(minutes=1))
    assert no is not None
    assert no.code == "pause_once_per_item"
    assert again(case).state == "investigating"


def test_cp4_what_we_hold_is_never_asked_for(shop: FakeShop) -> None:
    snapshot = shop.holds("platform_failed")
    orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    case = again(complaint(owner=hire(ALICE), order_no=snapshot.order_no))
    with pytest.raises(Refusal) as no:
        cases.ask(case, Question("payment", "请发付款截图"), AGENT, now=SOON)
    assert no.value.code == "pause_already_held"
    assert Message.objects.count() == 0


def test_cp8_the_agent_may_go_on_without_it() -> None:
    case = mine()
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    cases.go_on(case, AGENT, now=SOON + timedelta(hours=1))
    assert (again(case).state, clock(case, "result").state) == ("investigating", "running")
    with pytest.raises(Refusal) as no:
        cases.go_on(case, AGENT, now=SOON + timedelta(hours=1))
    assert no.value.code == "wrong_state"


def test_cp8_a_complete_automatic_message_is_a_first_answer() -> None:
    case = mine()
    with pytest.raises(Refusal):
        cases.answer_by_itself(case, "我们在看", "", LATER, now=SOON)
    cases.answer_by_itself(case, "我们在核对登录记录，明天给您结果", "check_logins", LATER, now=SOON)
    assert clock(case, "first_answer").state == "kept"
    assert clock(case, "next_update").state == "running"


@pytest.mark.parametrize(("category", "level"), [("recharge_delayed", 1), ("wrong_amount", 2)])
def test_cp8_a_breach_escalates_by_itself_and_a_late_resolve_still_ends_it(category: str, level: int) -> None:
    """What is due in one moment is one failure and one step up."""
    sun = hire(SUN)
    case = mine(category)
    cases.resolve(again(case), [], "已补发", Doer(sun.by), now=LATER)
    case = again(case)
    assert (case.state, case.outcome, case.level) == ("closed", "settled", level)
    assert clock(case, "result").state == "broken"


def test_cp10_an_appeal_goes_to_somebody_who_has_not_decided() -> None:
    sun, sue = hire(SUN), hire(SUE)
    case = mine()
    cases.assign(case, sun, "test", by="system", now=NOW)
    cases.propose(again(case), [Offer(1, ItemKind.EXPLANATION, text="不行")], Doer(sun.by), now=SOON)
    cases.refuse(again(case), [], "不同意", Doer("buyer"), now=SOON)
    cases.escalate(again(case), "buyer", by="buyer", now=SOON)
    case = again(case)
    assert (case.state, case.level, case.owner) == ("escalated", 1, sue)
    cases.answer(case, sue, "我重新看", now=SOON)
    assert again(case).state == "investigating"


def test_cp8_escalating_while_we_wait_ends_the_waiting() -> None:
    hire(SUN)
    case = mine()
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    cases.escalate(again(case), "buyer", by="buyer", now=SOON)
    assert (again(case).state, clock(case, "result").state) == ("escalated", "running")


def test_cp10_not_solved_reopens_within_thirty_days_with_new_clocks() -> None:
    case = mine()
    cases.close(case, "confirmed", by="buyer", now=SOON)
    cases.reopen(case, "not_solved", Doer("buyer"), now=SOON + timedelta(days=29), text="还是登不上")
    case = again(case)
    assert (case.state, case.reopened, case.closed_at) == ("acknowledged", 1, None)
    assert case.items.get(state="open").text == "还是登不上"
    assert {clock(case, kind).state for kind in ("first_answer", "result", "next_update")} == {"running"}
    cases.close(case, "confirmed", by="buyer", now=SOON + timedelta(days=29))
    with pytest.raises(Refusal) as no:
        cases.reopen(case, "not_solved", Doer("buyer"), now=SOON + timedelta(days=60), text="又不行")
    assert no.value.code == "too_late_to_reopen"


def test_cp10_staff_do_not_close_over_what_was_asked_for() -> None:
    case = mine()
    alice = hire(ALICE)
    with pytest.raises(Refusal) as no:
        cases.close(case, "settled", by=alice.by, now=SOON)
    assert no.value.code == "answer_first"
    cases.answer(case, alice, "我们在看，今天答复", now=SOON)
    with pytest.raises(Refusal) as no:
        cases.close(case, "settled", by=alice.by, now=SOON)
    assert no.value.code == "propose_first"


def test_cp10_our_last_word_ends_it_only_after_somebody_one_step_up_has_looked() -> None:
    sun = hire(SUN)
    case = mine()
    cases.propose(case, [Offer(1, ItemKind.EXPLANATION, text="不能恢复")], AGENT, now=SOON)
    cases.refuse(case, [], "不同意", Doer("buyer"), now=SOON)
    with pytest.raises(Refusal) as no:
        cases.close(case, "settled", by=AGENT.by, now=SOON)
    assert no.value.code == "escalate_first"
    cases.escalate(case, "buyer", by="buyer", now=SOON)
    cases.close(case, "settled", by=sun.by, now=SOON)
    assert (again(case).state, again(case).outcome) == ("closed", "no_agreement")


def test_mb1_a_diamond_member_is_answered_in_three_minutes_and_by_the_second_line() -> None:
    hire(ALICE), hire(SECOND)
    buyer("diamond@example.com", tier="diamond")
    case = complaint(email="diamond@example.com")
    first = clock(case, "first_answer")
    assert (first.amount, first.reason) == (180, "tier_diamond")
    assert case.owner is not None
    assert case.owner.agent_no == SECOND


def test_cp5_the_chain_of_a_whole_life_holds() -> None:
    case = mine()
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    cases.add(case.matter, "发了", by="buyer", now=SOON)
    cases.propose(again(case), [Offer(1, ItemKind.EXPLANATION, text="已恢复")], AGENT, now=SOON)
    cases.accept(again(case), [], Doer("buyer"), now=SOON)
    case = again(case)
    assert (case.state, case.outcome) == ("closed", "confirmed")
    links = [Link(f.seq, f.name, f.by, f.at, f.data, f.hash) for f in case.matter.facts.order_by("seq")]
    assert first_break(case.matter.no, links) is None


def test_cp1_filing_answers_with_number_promises_and_items() -> None:
    filing = Filing("卡密一直没到", "", {"qq": "10001"}, items=(Item(ItemKind.REISSUE), Item(ItemKind.EXPLANATION)))
    case = cases.file(filing, by="buyer", now=NOW)
    assert case.state == "acknowledged"
    kinds = set(case.matter.promises.filter(state="running").values_list("kind", flat=True))
    assert kinds == {"first_answer", "result", "next_update"}
    assert case.items.count() == 2


def test_cp8_when_the_wait_and_our_own_time_are_over_at_once_both_are_seen() -> None:
    hire(SUN)
    case = mine()
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    promises.break_due(clock(case, "buyer_material").pk, now=NOW + timedelta(days=3))
    assert again(case).state == "investigating"
    assert clock(case, "result").state == "running"
    break_what_is_due(3)
    assert (again(case).state, clock(case, "result").state) == ("escalated", "broken")


def test_cp8_a_proposal_ends_the_waiting_for_material() -> None:
    case = mine()
    cases.ask(case, Question("account", "请发截图"), AGENT, now=SOON)
    cases.propose(again(case), [Offer(1, ItemKind.EXPLANATION, text="已恢复")], AGENT, now=SOON)
    assert again(case).state == "proposed"
    assert clock(case, "buyer_material").state == "withdrawn"
    assert clock(case, "result").state == "kept"
