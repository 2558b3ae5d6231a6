"""CH6, MB1: whose call it is: by the number, by an order that was proven, and who of ours should take it."""

from datetime import timedelta

import pytest

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Buyer, Contact, Identity
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.orders.models import Order
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Wait, Walked
from huiyin.domain.voice.keyed import Result, Secret
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import About, Checked
from tests import people
from tests.calls import NUMBER, answered, called, talking, waiting
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=20)


def bought(tier: str = "gold") -> Order:
    order, _ = people.order("already_redeemed")
    buyer = people.buyer(tier=tier, now=MIDNIGHT - timedelta(days=1))
    Order.objects.filter(pk=order.pk).update(buyer=buyer)
    order.refresh_from_db()
    return order


def proven(order: Order, proof: str = "order_facts") -> Walked:
    return Walked(order_no=order.order_no, proof=proof)


def owners(call: Call) -> list[Buyer | None]:
    """Of the call, of its conversation, of that somebody turned to us."""
    row = Call.objects.get(pk=call.pk)
    assert row.contact is not None
    return [row.buyer, Conversation.objects.get(matter=row.talk).buyer, Contact.objects.get(pk=row.contact.pk).buyer]


def test_ch6_an_order_proven_in_the_menu_says_who_calls() -> None:
    routing.ship_queues()
    order, call = bought(), called("")
    voice.enter_queue(call, Wait("general"), walk=proven(order), now=SOON)
    assert owners(call) == [order.buyer] * 3
    call.refresh_from_db()
    item, talk = open_item(call.talk), Conversation.objects.get(matter=call.talk)
    assert item is not None
    assert (call.tier, item.tier, item.buyer, talk.order_proven) == ("gold", "gold", order.buyer, True)


def test_ch6_an_order_that_is_only_named_says_nothing() -> None:
    routing.ship_queues()
    order, call = bought(), called("")
    voice.enter_queue(call, Wait("general"), walk=proven(order, "none"), now=SOON)
    assert owners(call) == [None] * 3
    assert not Conversation.objects.get(matter=call.talk).order_proven


def test_ch6_a_number_we_know_is_not_overruled_and_nobody_gets_another_number() -> None:
    routing.ship_queues()
    theirs, order = contacts.know({"phone": NUMBER}, now=MIDNIGHT, name="李雷"), bought()
    known, stranger = called(), called("+8613900139000")
    for call in (known, stranger):
        voice.enter_queue(call, Wait("general"), walk=proven(order), now=SOON)
    assert owners(known) == [theirs] * 3
    assert owners(stranger) == [order.buyer] * 3
    assert not Identity.objects.filter(buyer=order.buyer, kind="phone").exists()


def test_ch6_a_number_heard_for_the_first_time_is_on_the_history_of_its_buyer() -> None:
    call = waiting().call
    assert owners(call)[0] is not None
    assert len(set(owners(call))) == 1


def test_ch6_what_is_keyed_in_a_talk_says_who_talks() -> None:
    order = bought()
    call, alice = talking()  # by a number that nobody had before
    passes.begin_check(call, Secret.PAYMENT, by=alice.by, now=SOON)
    matches = Checked(Result.MATCHES, order_no=order.order_no, proof="order_facts")
    passes.end_check(call, matches, now=SOON)
    assert owners(call) == [order.buyer] * 3
    talk = Conversation.objects.get(matter=call.talk)
    assert (talk.order_no, talk.order_proven, Call.objects.get(pk=call.pk).tier) == (order.order_no, True, "gold")


def test_ch6_a_code_from_the_page_brings_tier_and_history() -> None:
    order, call = bought("diamond"), called("")
    code = passes.give_call_code(About(order.matter, "contact", order.order_no, order.buyer), now=MIDNIGHT)
    passes.redeem_call_code(call, code.digits, now=SOON)
    call.refresh_from_db()
    assert call.contact is not None
    assert (call.tier, call.buyer, call.contact.buyer) == ("diamond", order.buyer, order.buyer)


def test_mb1_a_member_waits_for_the_manager_and_for_the_deputy_while_that_one_is_away() -> None:
    member = contacts.know({"phone": NUMBER}, now=MIDNIGHT, tier="diamond")
    assert member is not None
    contacts.entrust(member, people.ALICE, people.BO)
    manager, deputy = people.hire(people.ALICE), people.on_duty(people.BO)
    assert prefers(waiting().call) == deputy
    people.on_duty(people.ALICE)
    assert prefers(waiting("+8613800138000", now=SOON).call) == manager
    contacts.vouch(member, {}, tier="gold")
    assert prefers(waiting("+8613800138000", now=SOON).call) is None


def prefers(call: Call) -> object:
    item = open_item(call.talk)
    assert item is not None
    return item.prefers


def test_ch6_whoever_answers_has_the_call_of_a_proven_buyer() -> None:
    order, call = bought(), called("")
    alice = people.hire()
    routing.ship_queues()
    routing.set_presence(alice, "laptop", "available", now=MIDNIGHT)
    voice.enter_queue(call, Wait("general"), walk=proven(order), now=MIDNIGHT)
    assert answered(Call.objects.select_related("talk", "matter").get(pk=call.pk), alice).buyer == order.buyer
