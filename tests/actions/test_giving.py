"""RM3, RM9: what a member of staff gives, by the same plans, brakes and one remedy row."""

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.giving import Gift, Seen, Wish, give, given_since
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import case_for
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import carrying
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.rescue import Proof, find
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.lib.money import Money
from tests import people
from tests.fakes import MIDNIGHT, FakeShop

WHY = "the buyer showed the receipt"


def case_in(shop: FakeShop, situation: str, owner: Person) -> Case:
    """A case on the order's own matter, as when the buyer wanted a person."""
    bill_no = shop.holds(situation).payments[0].bill_no
    finding = find(bill_no, Proof(), Asker("web", "buyer", "t"), shop=shop, now=MIDNIGHT)
    matter = orders.ask_person(finding, "person", by="buyer", now=MIDNIGHT)
    return case_for(owner, matter.no)


def given(case: Case, person: Person, shop: FakeShop, gift: Gift = Gift.REFUND, fen: int = 0) -> Remedy:
    return give(case, person, Wish(gift, WHY, Money(fen)), shop=shop, now=MIDNIGHT)


def done(remedy: Remedy, shop: FakeShop) -> Remedy:
    carrying.carry_out(remedy.pk, shop=shop, now=MIDNIGHT)
    remedy.refresh_from_db()
    assert remedy.state == "done"
    return remedy


def test_rm3_a_refund_goes_back_along_the_original_path(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    remedy = given(case, alice, shop)
    assert case.order is not None
    assert (remedy.state, remedy.asked_by, remedy.reason) == ("approved", "staff:1024", WHY)
    assert remedy.request["bill_no"] == case.order.bill_nos[0]
    done(remedy, shop)
    assert len(shop.ledger) == 1


def test_rm3_a_double_click_gives_once(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    given(case, alice, shop)
    with pytest.raises(Refusal, match="remedy_under_way"):
        given(case, alice, shop)
    assert Remedy.objects.count() == 1


def test_rm9_a_second_key_after_the_first_is_put_to_a_lead(shop: FakeShop) -> None:
    alice, sun = people.hire(), people.hire(people.SUN)
    case = case_in(shop, "expired_card", alice)
    done(given(case, alice, shop, Gift.REISSUE), shop)
    again = given(case, alice, shop, Gift.REISSUE)
    assert again.state == "requested"
    with pytest.raises(Refusal, match="supervisors_only"):
        orders.approve(again.pk, people.hire(people.BO), now=MIDNIGHT)
    assert orders.approve(again.pk, sun, now=MIDNIGHT).state == "approved"


def test_rm3_a_used_key_is_refunded_but_not_replaced(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    with pytest.raises(Refusal, match="key_redeemed"):
        given(case, alice, shop, Gift.REISSUE)
    assert not given(case, alice, shop).request["replaces"]


def test_rm3_a_part_of_the_money_leaves_the_key_good(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    remedy = given(case, alice, shop, fen=500)
    assert remedy.request["amount"] == "5.00"
    assert not remedy.request["replaces"]
    assert remedy.amount == Money(500)


def test_rm3_more_than_was_paid_is_not_refunded(shop: FakeShop) -> None:
    alice = people.hire()
    with pytest.raises(Refusal, match="amount_above"):
        given(case_in(shop, "already_redeemed", alice), alice, shop, fen=10_000_000)


@pytest.mark.parametrize("gift", [Gift.COUPON, Gift.POINTS])
def test_rm3_goodwill_needs_an_amount_and_no_shop(shop: FakeShop, gift: Gift) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    with pytest.raises(Refusal, match="amount_missing"):
        given(case, alice, shop, gift)
    shop.is_down = True
    assert given(case, alice, shop, gift, 300).kind == gift.value


def test_rm9_above_authority_it_waits_for_approval(shop: FakeShop) -> None:
    alice = people.hire()
    remedy = given(case_in(shop, "already_redeemed", alice), alice, shop, Gift.COUPON, 10_001)
    assert remedy.state == "requested"


def test_rm3_no_reason_no_remedy(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    with pytest.raises(Refusal, match="say_why"):
        give(case, alice, Wish(Gift.REFUND, "  "), shop=shop, now=MIDNIGHT)


def test_rm3_only_who_answers_for_it_gives(shop: FakeShop) -> None:
    alice, bo = people.hire(), people.hire(people.BO)
    case = case_in(shop, "already_redeemed", alice)
    who, whose = (bo, alice) if case.owner == alice else (alice, bo)
    with pytest.raises(Refusal, match="not_yours"):
        given(case, who, shop)
    assert given(case, whose, shop).asked_by == whose.by


def test_rm3_a_refunded_order_gets_no_key_on_top(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    done(given(case, alice, shop), shop)
    with pytest.raises(Refusal, match="money_is_back"):
        given(case, alice, shop, Gift.REISSUE)
    with pytest.raises(Refusal, match="nothing_left_to_refund"):
        given(case, alice, shop)


def test_rm3_without_stock_there_is_no_new_key(shop: FakeShop) -> None:
    alice = people.hire()
    with pytest.raises(Refusal, match="no_stock"):
        given(case_in(shop, "out_of_stock", alice), alice, shop, Gift.REISSUE)


def test_rm3_unpaid_orders_get_nothing(shop: FakeShop) -> None:
    alice = people.hire()
    with pytest.raises(Refusal, match="nothing_paid"):
        given(case_in(shop, "payment_failed", alice), alice, shop, Gift.REISSUE)


def test_rm3_a_silent_shop_changes_nothing(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    shop.is_down = True
    with pytest.raises(Unavailable):
        given(case, alice, shop)
    assert not Remedy.objects.exists()


def test_cp7_a_manual_task_given_from_a_complaint_stays_with_its_owner(shop: FakeShop) -> None:
    """The remedy lives on the order's matter, the complaint on its own: still one case, one owner."""
    alice = people.hire()
    snapshot = shop.holds("already_redeemed")
    find(snapshot.payments[0].bill_no, Proof(), Asker("web", "buyer", "t"), shop=shop, now=MIDNIGHT)
    filed = people.complaint(order_no=snapshot.order_no)
    shop.can = frozenset({"remedy_state"})
    remedy = given(case_for(alice, filed.matter.no), alice, shop)
    carrying.carry_out(remedy.pk, shop=shop, now=MIDNIGHT)
    remedy.refresh_from_db()
    assert remedy.state == "needs_person"
    assert Case.objects.get() == filed


def test_cp10_a_gift_decided_on_an_old_page_is_refused(shop: FakeShop) -> None:
    alice, bo = people.hire(), people.hire(people.BO)
    case = case_in(shop, "already_redeemed", alice)
    assert case.order is not None
    page = Seen(case.matter.head_seq, 0)
    cases.assign(case, bo, "busy", by=alice.by, now=MIDNIGHT)
    with pytest.raises(Refusal, match="changed_meanwhile"):
        give(case, people.hire(people.SUN), Wish(Gift.REFUND, WHY, seen=page), shop=shop, now=MIDNIGHT)
    assert not Remedy.objects.exists()


def test_cp10_two_who_give_at_the_same_time_give_once(shop: FakeShop) -> None:
    alice = people.hire()
    case = case_in(shop, "already_redeemed", alice)
    assert case.order is not None
    page = Seen(case.matter.head_seq, 0)
    wish = Wish(Gift.COUPON, WHY, Money(500), page)
    first = done(give(case, alice, wish, shop=shop, now=MIDNIGHT), shop)
    with pytest.raises(Refusal, match="changed_meanwhile"):
        give(case_for(alice, case.matter.no), alice, wish, shop=shop, now=MIDNIGHT)
    assert given_since(case.order, 0) == [first]
    assert Remedy.objects.count() == 1
