"""Each thing a buyer wants is offered, decided and checked by itself."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import carrying
from huiyin.domain.cases.actions import Doer, Filing
from huiyin.domain.cases.demand import Item, ItemKind
from huiyin.domain.cases.lifecycle import Party, Verb
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.places import possible_for, silent_now
from huiyin.domain.journal.models import Fact
from huiyin.domain.notices.models import Notice
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import carrying as remedies
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.situations import judge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import due_now
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT as NOW
from tests.fakes import FakeShop
from tests.people import ALICE, BO, SUN, hire

BUYER, AGENT = Doer("buyer"), Doer(f"staff:{ALICE}")
SOON = NOW + timedelta(minutes=5)
WANTS = (Item(ItemKind.REFUND, Money(10_000)), Item(ItemKind.EXPLANATION, text="为什么没有到"))
MONEY = Offer(1, ItemKind.REFUND)
WORDS = Offer(2, ItemKind.EXPLANATION, text="库存没有及时补上，这是我们的错")


def known_order(shop: FakeShop, situation: str = "out_of_stock") -> Order:
    snapshot = shop.holds(situation)
    return orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)


def filed(*items: Item, order_no: str = "", tier: str = "") -> Case:
    alice = hire(ALICE)
    filing = Filing("付了款没有到", "退款", {"email": "wang@example.com"}, order_no=order_no, items=items or WANTS)
    case = cases.file(filing, by="buyer", now=NOW)
    cases.assign(case, alice, "test", by="system", now=NOW)
    return again(case)


def again(case: Case) -> Case:
    return Case.objects.select_related("matter", "owner", "order").get(pk=case.pk)


def states(case: Case) -> list[str]:
    return list(case.items.order_by("no").values_list("state", flat=True))


def clocks(case: Case, state: str = "running") -> set[str]:
    rows = Promise.objects.filter(matter=case.matter, state=state, obligor="us")
    return {f"{row.kind}:{row.about}" if row.about else row.kind for row in rows}


def proposed(*offers: Offer, **filing: str) -> Case:
    case = filed(**filing)
    cases.propose(case, offers or (WORDS, Offer(1, ItemKind.OTHER, text="我们线下退款")), AGENT, now=SOON)
    return again(case)


def work_through(case: Case, shop: FakeShop, now: timedelta = timedelta(hours=3)) -> None:
    """What the worker does: begin what was agreed, carry out remedies, look whether they have arrived."""
    at = NOW + now
    for item in case.items.all():
        carrying.look(item.pk, shop=shop, now=at)
    for remedy in Remedy.objects.filter(state__in=["approved", "executing"]):
        remedies.carry_out(remedy.pk, shop=shop, now=at)
    for item_id in carrying.due(at):
        carrying.look(item_id, shop=shop, now=at)


def test_cp17_a_demand_is_a_list_of_items() -> None:
    case = filed()
    rows = list(case.items.order_by("no").values_list("no", "kind", "amount", "state"))
    assert rows == [(1, "refund", Money(10_000), "open"), (2, "explanation", Money(), "open")]
    named = case.matter.facts.get(name="case_filed").data["items"]
    assert [(one["kind"], one["amount"]) for one in named] == [("refund", "100.00"), ("explanation", "0.00")]


def test_cp17_items_are_read_from_the_demand_where_none_is_named() -> None:
    case = cases.file(Filing("没到账", "请退款50元并说明原因", {"qq": "12345"}), by="buyer", now=NOW)
    assert list(case.items.order_by("no").values_list("kind", "amount")) == [
        ("refund", Money(5_000)), ("explanation", Money())
    ]  # fmt: skip


def test_cp17_an_agent_proposes_item_by_item_and_the_result_is_given() -> None:
    case = proposed()
    assert (case.state, states(case)) == ("proposed", ["offered", "offered"])
    assert {"result", "first_answer"} <= clocks(case, "kept")
    assert clocks(case) == set()


def test_cp17_what_is_not_offered_yet_stays_ours() -> None:
    case = proposed(WORDS)
    assert (case.state, states(case)) == ("negotiating", ["open", "offered"])
    assert "result" in clocks(case)


def test_cp10_the_buyer_confirms_one_item_and_refuses_the_other() -> None:
    case = proposed()
    cases.accept(case, [2], BUYER, now=SOON)
    cases.refuse(case, [1], "我要原路退回", BUYER, now=SOON)
    case = again(case)
    assert (case.state, states(case)) == ("negotiating", ["refused", "arrived"])
    assert {"result", "next_update"} <= clocks(case)
    cases.propose(case, [Offer(1, ItemKind.OTHER, text="当面退款")], AGENT, now=SOON)
    assert again(case).state == "proposed"


def test_cp10_partly_takes_what_is_offered_and_goes_on_about_the_rest(shop: FakeShop) -> None:
    order = known_order(shop)
    case = filed(Item(ItemKind.REFUND, Money(10_000)), order_no=order.order_no)
    cases.propose(case, [Offer(1, ItemKind.REFUND, Money(6_000))], AGENT, now=SOON)
    cases.negotiate(case, [1], "剩下的四十也要退", BUYER, now=SOON)
    case = again(case)
    rest = case.items.get(no=2)
    assert (case.state, states(case)) == ("negotiating", ["accepted", "open"])
    assert (rest.amount, rest.text) == (Money(4_000), "剩下的四十也要退")
    assert "carrying_out:1" in clocks(case)


def test_cp18_an_agreed_refund_runs_its_clock_until_it_has_arrived(shop: FakeShop) -> None:
    shop.are_refunds_slow = True
    order = known_order(shop)
    case = filed(Item(ItemKind.REFUND), order_no=order.order_no)
    cases.propose(case, [MONEY], AGENT, now=SOON)
    cases.accept(case, [], BUYER, now=SOON)
    work_through(case, shop)
    case = again(case)
    item = case.items.get()
    assert item.remedy is not None
    assert (case.state, item.state, item.remedy.state) == ("carrying_out", "carrying_out", "done")
    assert clocks(case) == {"carrying_out:1"}
    shop.refund_arrives(item.remedy.key)
    work_through(case, shop, timedelta(days=1))
    case = again(case)
    assert (case.state, case.outcome, states(case)) == ("closed", "confirmed", ["arrived"])
    assert clocks(case, "kept") >= {"carrying_out:1"}
    assert len(shop.ledger) == 1


def test_cp18_agreed_and_not_carried_out_is_a_broken_promise(shop: FakeShop) -> None:
    shop.are_refunds_slow = True
    order = known_order(shop)
    hire(SUN)
    case = filed(Item(ItemKind.REFUND), order_no=order.order_no)
    cases.propose(case, [MONEY], AGENT, now=SOON)
    cases.accept(case, [], BUYER, now=SOON)
    work_through(case, shop)
    late = NOW + timedelta(days=4)
    for promise_id in due_now(late):
        promises.break_due(promise_id, now=late)
    case = again(case)
    assert clocks(case, "broken") == {"carrying_out:1"}
    assert (case.state, case.level) == ("carrying_out", 1)


def test_cp18_a_refund_that_fails_opens_the_item_again(shop: FakeShop) -> None:
    order = known_order(shop)
    shop.refund_fails.add(order.order_no)
    case = filed(Item(ItemKind.REFUND), order_no=order.order_no)
    cases.propose(case, [MONEY], AGENT, now=SOON)
    cases.accept(case, [], BUYER, now=SOON)
    work_through(case, shop)
    case = again(case)
    assert (case.state, states(case)) == ("negotiating", ["open"])
    assert {"result", "carrying_out:1"} <= clocks(case)
    assert Case.objects.count() == 1


def test_cp18_a_key_that_was_agreed_has_arrived_once_it_is_handed_out(shop: FakeShop) -> None:
    order = known_order(shop, "platform_failed")
    case = filed(Item(ItemKind.REISSUE), order_no=order.order_no)
    cases.propose(case, [Offer(1, ItemKind.REISSUE)], AGENT, now=SOON)
    cases.accept(case, [], BUYER, now=SOON)
    work_through(case, shop)
    assert (again(case).state, states(case)) == ("closed", ["arrived"])


def test_cp18_carrying_out_twice_gives_once(shop: FakeShop) -> None:
    order = known_order(shop)
    case = filed(Item(ItemKind.REFUND), order_no=order.order_no)
    cases.propose(case, [MONEY], AGENT, now=SOON)
    cases.accept(case, [], BUYER, now=SOON)
    item = case.items.get()
    for _ in range(3):
        carrying.look(item.pk, shop=shop, now=SOON)
    assert Remedy.objects.count() == 1
    work_through(case, shop)
    work_through(case, shop)
    assert len(shop.ledger) == 1


def test_cp18_without_an_order_a_person_does_it_and_says_that_it_arrived(shop: FakeShop) -> None:
    case = proposed()
    cases.accept(case, [], BUYER, now=SOON)
    work_through(case, shop)
    assert (again(case).state, states(case)) == ("carrying_out", ["carrying_out", "arrived"])
    cases.arrive(case.items.get(no=1), AGENT, now=SOON)
    case = again(case)
    assert (case.state, case.outcome) == ("closed", "confirmed")
    assert clocks(case) == set()


def test_cp18_the_shop_is_silent_and_nothing_is_lost(shop: FakeShop) -> None:
    order = known_order(shop)
    case = filed(Item(ItemKind.REFUND), order_no=order.order_no)
    cases.propose(case, [MONEY], AGENT, now=SOON)
    cases.accept(case, [], BUYER, now=SOON)
    shop.is_down = True
    work_through(case, shop)
    assert states(case) == ["accepted"]
    shop.is_down = False
    work_through(case, shop, timedelta(hours=4))
    assert again(case).state == "closed"


def test_mb1_nobody_offers_more_than_they_may_give() -> None:
    case = filed(Item(ItemKind.REFUND, Money(20_000)))
    with pytest.raises(Refusal) as no:
        cases.propose(case, [Offer(1, ItemKind.REFUND, Money(20_000))], AGENT, now=SOON)
    assert (no.value.code, no.value.params) == ("above_authority", {"limit": "100.00"})
    assert states(case) == ["open"]


def test_mb1_a_diamond_member_is_settled_on_the_spot_up_to_twice_as_much() -> None:
    case = filed(Item(ItemKind.REFUND, Money(20_000)))
    assert case.buyer is not None
    type(case.buyer).objects.filter(pk=case.buyer.pk).update(tier="diamond")
    cases.propose(again(case), [Offer(1, ItemKind.REFUND, Money(20_000))], AGENT, now=SOON)
    assert again(case).state == "proposed"


def test_cp10_resolve_proposes_carries_out_and_closes_in_one() -> None:
    case = filed(Item(ItemKind.EXPLANATION))
    cases.resolve(case, [], "是我们发错了区服，已经更正", AGENT, now=SOON)
    case = again(case)
    assert (case.state, case.outcome, states(case)) == ("closed", "settled", ["offered"])
    assert {"result", "first_answer"} <= clocks(case, "kept")
    assert clocks(case) == set()


def test_cp10_after_resolve_the_buyer_confirms_one_item_and_refuses_the_other() -> None:
    case = filed(Item(ItemKind.EXPLANATION), Item(ItemKind.OTHER, text="道歉信"))
    cases.resolve(case, [], "原因是库存；抱歉", AGENT, now=SOON)
    cases.accept(again(case), [1], BUYER, now=SOON)
    assert again(case).outcome == "settled"
    cases.refuse(again(case), [2], "我要书面的", BUYER, now=SOON)
    case = again(case)
    assert (case.state, case.reopened, states(case)) == ("negotiating", 1, ["arrived", "refused"])
    assert "result" in clocks(case)


def test_cp10_a_yes_after_the_end_makes_it_solved() -> None:
    case = filed(Item(ItemKind.EXPLANATION))
    cases.resolve(case, [], "原因是库存", AGENT, now=SOON)
    cases.accept(again(case), [], BUYER, now=SOON)
    assert (again(case).state, again(case).outcome) == ("closed", "confirmed")


def test_cp10_resolve_waits_for_what_it_gives_to_arrive(shop: FakeShop) -> None:
    order = known_order(shop)
    case = filed(Item(ItemKind.REFUND), order_no=order.order_no)
    cases.resolve(case, [MONEY], "已经原路退回", AGENT, now=SOON)
    assert again(case).state == "carrying_out"
    work_through(case, shop)
    assert (again(case).state, again(case).outcome) == ("closed", "settled")


def test_cp10_the_silent_buyer_is_reminded_twice_then_closed_and_not_counted_as_solved() -> None:
    case = proposed()
    for days, reminded in ((2, 1), (5, 2)):
        at = SOON + timedelta(days=days)
        assert silent_now(at - timedelta(seconds=1)) == []
        assert silent_now(at) == [case.pk]
        cases.remind(case.pk, now=at)
        assert again(case).reminded == reminded
    cases.remind(case.pk, now=SOON + timedelta(days=7))
    case = again(case)
    assert (case.state, case.outcome, case.silent_at) == ("closed", "without_confirmation", None)
    sent = Notice.objects.filter(matter=case.matter, template__in=["reminder", "closed_silent"])
    assert list(sent.order_by("pk").values_list("template", flat=True)) == ["reminder", "reminder", "closed_silent"]


def test_cp12_who_writes_is_not_silent() -> None:
    case = proposed()
    cases.add(case.matter, "我再想想", by="buyer", now=SOON + timedelta(days=1))
    assert again(case).silent_at == SOON + timedelta(days=3)


def test_cp10_an_answer_ends_the_waiting() -> None:
    case = proposed()
    cases.refuse(case, [], "不行", BUYER, now=SOON)
    assert (again(case).silent_at, silent_now(NOW + timedelta(days=30))) == (None, [])


def test_cp17_withdrawing_everything_ends_the_case() -> None:
    case = filed()
    cases.withdraw(case, [], "解决了，不用了", BUYER, now=SOON)
    case = again(case)
    assert (case.state, case.outcome, states(case)) == ("closed", "withdrawn", ["withdrawn", "withdrawn"])
    assert clocks(case) == set()


def test_cp17_withdrawing_one_leaves_the_other() -> None:
    case = filed()
    cases.withdraw(case, [2], "", BUYER, now=SOON)
    assert (again(case).state, states(case)) == ("acknowledged", ["open", "withdrawn"])


def test_a_stale_form_is_refused_with_what_changed() -> None:
    case = filed()
    seen = again(case).matter.head_seq
    cases.propose(case, [WORDS], AGENT, now=SOON)
    with pytest.raises(Refusal) as no:
        cases.propose(case, [WORDS], Doer(f"staff:{ALICE}", seen=seen), now=SOON)
    assert no.value.code == "changed_meanwhile"
    changes = no.value.params["changes"]
    assert isinstance(changes, list)
    assert [change["name"] for change in changes] == ["case_proposed"]


def test_two_people_deciding_at_once_decide_once() -> None:
    case = proposed()
    seen = case.matter.head_seq
    cases.accept(case, [2], BUYER, now=SOON)
    with pytest.raises(Refusal) as no:
        cases.refuse(case, [2], "不", Doer("buyer", seen=seen), now=SOON)
    assert no.value.code == "changed_meanwhile"


def test_a_number_that_is_no_item_says_which_are_possible() -> None:
    case = proposed()
    with pytest.raises(Refusal) as no:
        cases.accept(case, [7], BUYER, now=SOON)
    assert (no.value.code, no.value.params) == ("no_such_item", {"items": [7], "possible": [1, 2]})


def test_cp10_a_program_speaks_for_the_buyer_only_with_a_reason() -> None:
    case = proposed()
    with pytest.raises(Refusal) as no:
        cases.accept(case, [2], Doer("api:1"), now=SOON)
    assert no.value.code == "behalf_missing"
    cases.accept(case, [2], Doer("api:1", behalf="said so on the phone"), now=SOON)
    fact = Fact.objects.get(matter=case.matter, name="items_decided")
    assert (fact.by, fact.data["behalf"]) == ("api:1", "said so on the phone")


def test_cp7_a_colleague_does_not_decide_on_a_case_that_is_not_theirs() -> None:
    case, bo = filed(), hire(BO)
    with pytest.raises(Refusal) as no:
        cases.propose(case, [WORDS], Doer(bo.by), now=SOON)
    assert no.value.code == "not_yours"
    said = dict(possible_for(case, bo, now=SOON))
    assert (refusal := said[Verb.PROPOSE]) is not None
    assert refusal.code == "not_yours"


def test_cp11_every_verb_for_everybody_is_possible_or_says_why() -> None:
    case = proposed()
    said = dict(possible_for(case, Party.BUYER, now=SOON))
    assert [verb for verb, no in said.items() if no is None] == [
        Verb.ADD, Verb.ACCEPT, Verb.NEGOTIATE, Verb.REFUSE, Verb.ESCALATE, Verb.WITHDRAW
    ]  # fmt: skip
    assert all(no is None or no.code for no in dict(possible_for(case, hire(SUN), now=SOON)).values())


def test_cp17_facts_never_hold_the_words_of_people() -> None:
    case = proposed()
    cases.refuse(case, [], "我要原路退回", BUYER, now=SOON)
    written = str(list(Fact.objects.filter(matter=case.matter).values_list("data", flat=True)))
    assert "库存" not in written
    assert "原路" not in written
    assert DemandItem.objects.filter(case=case, offer_text__contains="库存").exists()
