"""find → facts → choice → remedy, with a shop in memory."""

from datetime import timedelta

import pytest

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.journal.models import Matter
from huiyin.domain.notices.models import Notice
from huiyin.domain.orders import carrying, rescue
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Finding, Order, Remedy
from huiyin.domain.orders.queries import keys_of
from huiyin.domain.orders.rescue import Proof
from huiyin.domain.promises.models import Promise
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT, SITUATIONS, FakeShop

NOW = MIDNIGHT
ABOUT_ONE_ORDER = [s for s in SITUATIONS if s != "shop_unreachable"]


def found(shop: FakeShop, asker: Asker, text: str, **proof: str) -> Finding:
    return rescue.find(text, Proof(**proof), asker, shop=shop, now=NOW)


def carried_out(choice: rescue.Choice, shop: FakeShop) -> Remedy:
    assert choice.remedy is not None
    carrying.carry_out(choice.remedy.pk, shop=shop, now=NOW)
    return Remedy.objects.select_related("order").get(pk=choice.remedy.pk)


@pytest.mark.parametrize("situation", ABOUT_ONE_ORDER)
def test_rm1_the_bill_number_tells_what_is_wrong(situation: str, shop: FakeShop, asker: Asker) -> None:
    order = shop.holds(situation)
    finding = found(shop, asker, order.payments[0].bill_no)
    assert finding.verdict["situation"] == situation
    assert finding.level == "order_facts"
    assert finding.verdict["options"][-1] == "person" or "person" in finding.verdict["options"]


def test_op3_blanks_in_the_bill_number_do_not_matter(shop: FakeShop, asker: Asker) -> None:
    number = shop.holds("platform_failed").payments[0].bill_no
    spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    assert found(shop, asker, f" {spaced} ").order is not None


def test_rm1_an_undelivered_key_is_reissued_once(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    first = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    second = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    assert first.remedy == second.remedy
    remedy = carried_out(first, shop)
    assert remedy.state == "done"
    assert len(shop.ledger) == 1
    assert len(keys_of(remedy)) == 1
    third = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    assert third.remedy == first.remedy
    assert Promise.objects.get(matter=first.matter, kind="remedy").state == "kept"
    assert Notice.objects.filter(matter=first.matter, template="remedy_reissue").count() == 1


def test_rm3_a_key_and_its_refund_exclude_each_other(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    key = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    money = rescue.choose(finding, "refund", by="buyer", shop=shop, now=NOW)
    assert money.remedy == key.remedy


@pytest.mark.parametrize("situation", ["expired_card", "wrong_region", "key_sold_twice", "redeemed_before_delivery"])
def test_rm2_a_key_that_cannot_work_is_voided_before_it_is_replaced(
    situation: str, shop: FakeShop, asker: Asker
) -> None:
    order = shop.holds(situation)
    finding = found(shop, asker, order.payments[0].bill_no)
    remedy = carried_out(rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW), shop)
    assert remedy.state == "done"
    assert shop.ledger[0].replaces == (order.delivery.items[0].key_id,)


def test_rm10_a_refund_goes_back_the_way_it_came(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("out_of_stock")
    finding = found(shop, asker, order.payments[0].bill_no)
    remedy = carried_out(rescue.choose(finding, "refund", by="buyer", shop=shop, now=NOW), shop)
    assert remedy.state == "done"
    assert shop.ledger[0].bill_no == order.payments[0].bill_no
    assert shop.ledger[0].amount == order.amount


def test_rm1_charged_twice_gives_back_the_second_payment(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("duplicate_charge")
    finding = found(shop, asker, order.payments[0].bill_no)
    remedy = carried_out(rescue.choose(finding, "refund", by="buyer", shop=shop, now=NOW), shop)
    assert remedy.state == "done"
    assert shop.ledger[0].bill_no == order.payments[1].bill_no


def test_rm3_a_refund_the_channel_refuses_becomes_a_persons_matter(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("platform_failed")
    shop.refund_fails.add(order.order_no)
    finding = found(shop, asker, order.payments[0].bill_no)
    remedy = carried_out(rescue.choose(finding, "refund", by="buyer", shop=shop, now=NOW), shop)
    assert remedy.state == "failed"
    assert Case.objects.get(matter=remedy.matter).why == "remedy_failed"


def test_rm12_what_the_shop_cannot_do_is_a_manual_task(shop: FakeShop, asker: Asker) -> None:
    shop.can = frozenset({"remedy_state"})
    finding = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    remedy = carried_out(rescue.choose(finding, "refund", by="buyer", shop=shop, now=NOW), shop)
    assert remedy.state == "needs_person"
    assert [step["code"] for step in remedy.task.steps] == ["open_order", "refund_bill", "proof_refund_no"]
    assert Promise.objects.filter(matter=remedy.matter, kind="manual_task", state="running").exists()


def test_hl11_an_order_number_alone_proves_nothing_and_tells_nothing(shop: FakeShop, asker: Asker) -> None:
    real = found(shop, asker, shop.holds("platform_failed").order_no)
    wrong = found(shop, asker, "HY99999999999999")
    assert (real.level, real.order, real.verdict) == (wrong.level, wrong.order, wrong.verdict)
    assert real.verdict["situation"] == "proof_needed"
    assert shop.asked == []


def test_hl11_an_order_number_with_its_bill_number_is_proven(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("platform_failed")
    finding = found(shop, asker, order.order_no, bill_no=order.payments[0].bill_no)
    assert (finding.level, finding.verdict["shows"]) == ("order_facts", True)


def test_hl11_the_tail_of_a_bill_number_and_the_amount_act_but_do_not_show(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("platform_failed")
    tail = order.payments[0].bill_no[-8:]
    finding = found(shop, asker, order.order_no, bill_no=tail, amount=str(order.amount))
    assert (finding.level, finding.verdict["shows"]) == ("order_facts", False)


def test_hl11_somebody_elses_bill_number_does_not_open_an_order(shop: FakeShop, asker: Asker) -> None:
    order, other = shop.holds("platform_failed"), shop.holds("delivered", seed=5)
    finding = found(shop, asker, order.order_no, bill_no=other.payments[0].bill_no)
    assert finding.order is None


def test_hl11_a_code_goes_to_the_orders_own_contact_and_opens_it(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("page_closed")
    rescue.send_code(order.order_no, shop=shop, now=NOW)
    notice = Notice.objects.get(template="code")
    assert notice.to in {order.buyer.email, order.buyer.phone}
    from django.conf import settings

    from huiyin.lib.seal import unseal

    code = unseal(settings.SECRET_KEY.encode(), notice.sealed)
    assert found(shop, asker, order.order_no, code="000000" if code != "000000" else "111111").order is None
    assert found(shop, asker, order.order_no, code=code).level == "contact"


def test_hl11_five_wrong_tries_lead_to_a_person(shop: FakeShop, asker: Asker) -> None:
    for _ in range(4):
        assert found(shop, asker, "4200000000202611220000000000").verdict["situation"] == "not_found"
    last = found(shop, asker, "4200000000202611220000000000")
    assert last.verdict["options"] == ["person"]
    right = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    assert right.verdict["situation"] == "too_many_tries"


def test_rm1_a_silent_shop_is_called_silent_and_asked_again(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("shop_unreachable")
    finding = found(shop, asker, order.payments[0].bill_no)
    assert finding.verdict["situation"] == "shop_unreachable"
    assert Contact.objects.get().fate is None
    shop.silent.clear()
    rescue.look_again(finding, shop=shop, now=NOW + timedelta(minutes=1))
    finding.refresh_from_db()
    assert finding.verdict["situation"] == "platform_failed"
    assert finding.level == "order_facts"
    assert Contact.objects.get().fate == "answered"


def test_rm1_a_pending_payment_is_accompanied_until_it_flips(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("payment_pending")
    finding = found(shop, asker, order.payments[0].bill_no)
    rescue.choose(finding, "wait", by="buyer", shop=shop, now=NOW)
    promise = Promise.objects.get(kind="payment_check")
    assert promise.due == NOW + timedelta(minutes=10)
    shop.settle(order.payments[0].bill_no)
    rescue.look_again(finding, shop=shop, now=NOW + timedelta(minutes=1))
    finding.refresh_from_db()
    assert finding.verdict["situation"] in {"watched", "platform_failed"}


def test_fr1_a_used_key_goes_to_a_person_with_an_owner_and_promises(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("already_redeemed").payments[0].bill_no)
    choice = rescue.choose(finding, "person", by="buyer", shop=shop, now=NOW)
    again = rescue.choose(Finding.objects.get(pk=finding.pk), "person", by="buyer", shop=shop, now=NOW)
    assert choice.matter == again.matter
    case = Case.objects.get(matter=choice.matter)
    assert (case.state, case.category) == ("acknowledged", "card_invalid")
    assert {p.kind for p in choice.matter.promises.filter(state="running")} == {"first_answer", "next_update", "result"}


def test_rm1_what_changed_meanwhile_is_refused_with_the_new_facts(shop: FakeShop, asker: Asker) -> None:
    order = shop.holds("platform_failed")
    finding = found(shop, asker, order.payments[0].bill_no)
    shop.add(shop.holds("delivered", order_no=order.order_no, payments=order.payments))
    with pytest.raises(Refusal, match="situation_changed"):
        rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    finding.refresh_from_db()
    assert "reissue" not in finding.verdict["options"]


def test_rm9_above_the_automatic_limit_a_person_decides(shop: FakeShop, asker: Asker, settings: object) -> None:
    settings.BRAKES = {**settings.BRAKES, "act": 5_000}  # type: ignore[attr-defined]
    finding = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    choice = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    assert choice.remedy is not None
    assert choice.remedy.state == "requested"
    assert Case.objects.get(matter=choice.matter).why == "above_act"
    carrying.carry_out(choice.remedy.pk, shop=shop, now=NOW)
    assert shop.ledger == []


def test_rm9_the_breaker_stops_automatic_remedies_and_says_so(shop: FakeShop, asker: Asker, settings: object) -> None:
    settings.BRAKES = {**settings.BRAKES, "usual_per_hour": 1, "breaker_times": 2}  # type: ignore[attr-defined]
    states = []
    for seed in range(4):
        finding = found(shop, asker, shop.holds("platform_failed", seed=seed).payments[0].bill_no)
        remedy = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW).remedy
        assert remedy is not None
        states.append(remedy.state)
    assert states == ["approved", "approved", "requested", "requested"]


def test_pa4_the_watch_puts_an_undelivered_order_right_unasked(shop: FakeShop) -> None:
    from huiyin.domain.orders import actions
    from huiyin.domain.orders.situations import judge

    snapshot = shop.holds("watched")
    order = actions.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    assert order.watch_at == snapshot.delivery.promised_by
    late = NOW + timedelta(minutes=5)
    shop.now = late
    rescue.watch(order, shop=shop, now=late)
    remedy = Remedy.objects.get(order=order)
    assert remedy.asked_by == "watch"
    carrying.carry_out(remedy.pk, shop=shop, now=late)
    assert [effect.order_no for effect in shop.ledger] == [snapshot.order_no]
    assert Notice.objects.get(template="remedy_reissue").params["by_watch"] is True
    assert Order.objects.get(pk=order.pk).watch_at is None


def test_pa4_a_buyer_who_comes_later_is_told_that_we_put_it_right(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    rescue.watch(finding.order, shop=shop, now=NOW)  # type: ignore[arg-type]
    carrying.carry_out(Remedy.objects.get().pk, shop=shop, now=NOW)
    later = found(shop, asker, finding.order.bill_nos[0])  # type: ignore[union-attr]
    assert later.verdict["situation"] == "delivered"
    assert later.verdict["values"]["made_good_by"] == "watch"


def test_rm1_what_is_short_is_made_up(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("short_amount").payments[0].bill_no)
    remedy = carried_out(rescue.choose(finding, "make_up", by="buyer", shop=shop, now=NOW), shop)
    assert remedy.state == "done"
    assert str(shop.ledger[0].amount) == "30.00"


def test_pa4_a_buyer_who_comes_meanwhile_joins_what_the_watch_did(shop: FakeShop, asker: Asker) -> None:
    from huiyin.domain.orders import actions
    from huiyin.domain.orders.situations import judge

    snapshot = shop.holds("platform_failed")
    finding = found(shop, asker, snapshot.payments[0].bill_no)
    order = actions.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    rescue.watch(order, shop=shop, now=NOW)
    choice = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    assert choice.remedy is not None
    assert choice.remedy.asked_by == "watch"


def test_rm3_after_a_crash_the_shop_is_asked_and_nothing_happens_twice(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    choice = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    shop.is_reply_lost = True
    remedy = carried_out(choice, shop)
    assert remedy.state == "executing"
    shop.is_reply_lost = False
    carrying.carry_out(remedy.pk, shop=shop, now=NOW + timedelta(seconds=5))
    remedy.refresh_from_db()
    assert remedy.state == "done"
    assert len(shop.ledger) == 1


def test_rm3_a_call_that_never_arrived_is_sent_again_with_the_same_key(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("platform_failed").payments[0].bill_no)
    choice = rescue.choose(finding, "reissue", by="buyer", shop=shop, now=NOW)
    assert choice.remedy is not None
    from huiyin.domain.orders import actions

    actions.begin(choice.remedy.pk, now=NOW)  # and then the worker was killed
    carrying.carry_out(choice.remedy.pk, shop=shop, now=NOW + timedelta(seconds=2))
    assert shop.ledger == []
    carrying.carry_out(choice.remedy.pk, shop=shop, now=NOW + timedelta(seconds=10))
    assert [effect.key for effect in shop.ledger] == [choice.remedy.key]


def test_cp5_every_matter_has_an_unbroken_chain(shop: FakeShop, asker: Asker) -> None:
    finding = found(shop, asker, shop.holds("already_redeemed").payments[0].bill_no)
    matter = rescue.choose(finding, "person", by="buyer", shop=shop, now=NOW).matter
    matter = Matter.objects.get(pk=matter.pk)
    links = [Link(f.seq, f.name, f.by, f.at, f.data, f.hash) for f in matter.facts.order_by("seq")]
    assert first_break(matter.no, links) is None
    assert (links[-1].seq, links[-1].hash) == (matter.head_seq, matter.head_hash)
    links[1].data["why"] = "changed later"
    assert first_break(matter.no, links) == 2


def test_cp8_a_refund_that_does_not_arrive_gets_a_person_by_itself(shop: FakeShop, asker: Asker) -> None:
    from dataclasses import replace

    from huiyin.domain.orders import actions
    from huiyin.domain.orders.shop import RefundState
    from huiyin.domain.orders.situations import judge

    shop.are_refunds_slow = True
    order = shop.holds("out_of_stock")
    finding = found(shop, asker, order.payments[0].bill_no)
    remedy = carried_out(rescue.choose(finding, "refund", by="buyer", shop=shop, now=NOW), shop)
    assert (remedy.state, remedy.detail) == ("done", "on_its_way")
    snapshot = shop.order(order.order_no)
    assert snapshot is not None
    failed = replace(snapshot, refunds=(replace(snapshot.refunds[0], state=RefundState.FAILED),))
    actions.keep_order(failed, judge(failed, NOW), now=NOW)
    assert Case.objects.get(matter=remedy.matter).why == "refund_failed"


def test_cp15_a_broken_wait_without_a_case_gets_a_person(shop: FakeShop, asker: Asker) -> None:
    from huiyin.domain.promises import actions as promises

    finding = found(shop, asker, shop.holds("payment_pending").payments[0].bill_no)
    choice = rescue.choose(finding, "wait", by="buyer", shop=shop, now=NOW)
    promise = Promise.objects.get(kind="payment_check")
    promises.break_due(promise.pk, now=promise.due)
    promise.refresh_from_db()
    assert promise.state == "broken"
    assert Case.objects.get(matter=choice.matter).why == "broken_payment_check"
