"""HL6, HL14: what whoever is about to answer knows: tier, orders, payments, contacts, matters, what they sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Original
from huiyin.domain.cases.callers import card_of, may_know
from huiyin.domain.cases.evidence import Source, What
from huiyin.domain.cases.models import Case
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.orders.models import Order
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Pressed, Wait, Walked
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import About
from tests import people
from tests.calls import NUMBER, called, talking, waiting
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=20)
PICTURE = Original(what=What.ERROR, sha256="a" * 64, size=9, mime="image/png", name="截图.png", custodian="buyer")


def fresh(call: Call) -> Call:
    return Call.objects.select_related("matter", "talk", "buyer", "case").get(pk=call.pk)


def test_hl6_the_card_has_tier_orders_payments_contacts_and_matters() -> None:
    alice, order = people.hire(), people.order("already_redeemed")[0]
    member = contacts.know({"phone": NUMBER}, now=MIDNIGHT, name="李雷", tier="gold")
    Order.objects.filter(pk=order.pk).update(buyer=member)
    case = people.complaint()
    Case.objects.filter(pk=case.pk).update(buyer=member)
    before, _ = talking(now=MIDNIGHT)
    voice.hung_up(before, Who.BUYER, now=SOON)
    card = card_of(fresh(waiting(now=SOON).call), alice)
    assert (card.tier, [one.order_no for one in card.orders]) == ("gold", [order.order_no])
    assert card.orders[0].snapshot["payments"]
    assert [one.pk for one in card.cases] == [case.pk]
    assert [one.matter_id for one in card.past] == [before.matter_id]


def test_hl6_a_number_without_a_buyer_still_has_its_earlier_calls() -> None:
    first = called()
    voice.hung_up(first, Who.BUYER, now=SOON)
    card = card_of(fresh(called(now=SOON)), people.hire())
    assert [one.pk for one in card.past] == [first.contact_id]
    assert card_of(fresh(called("", now=SOON)), people.hire()).past == []


def test_hl14_a_code_brings_order_words_and_pictures() -> None:
    alice, order = people.hire(), people.order("already_redeemed")[0]
    case = people.complaint("兑换时提示已使用", order_no=order.order_no)
    cases.add_evidence(case, [PICTURE], source=Source.BUYER, by="buyer", now=MIDNIGHT)
    cases.add_evidence(
        case, [replace(PICTURE, sha256="b" * 64)], source=Source.STAFF, by=alice.by, now=MIDNIGHT
    )  # not theirs
    call = called("")
    code = passes.give_call_code(About(case.matter, "none", "", case.buyer, is_case=True), now=MIDNIGHT)
    assert passes.redeem_call_code(call, code.digits, now=SOON) is not None
    card = card_of(fresh(call), alice)
    assert card.about == case
    assert [one.order_no for one in card.orders] == [order.order_no]
    assert [one.sha256 for one in card.pictures] == ["a" * 64]
    assert [one.pk for one in card.cases] == [case.pk]


def test_cp21_whom_it_is_about_neither_reads_the_card_nor_finds_the_matter_on_another() -> None:
    sun, call = people.hire(people.SUN), waiting().call
    assert may_know(call, sun)
    case = people.complaint()
    Case.objects.filter(pk=case.pk).update(about_agents=[people.SUN], buyer=fresh(call).buyer)
    assert card_of(fresh(call), sun).cases == []
    Item.objects.filter(matter=call.talk).update(barred=[sun.pk])
    assert not may_know(call, sun)


def test_hl6_whoever_is_asked_may_know_and_nobody_beside() -> None:
    routing.ship_queues()
    alice, call = people.hire(), called()
    voice.enter_queue(call, Wait("general"), walk=Walked([Pressed("main", "1")]), now=MIDNIGHT)
    routing.set_presence(alice, "laptop", "available", now=MIDNIGHT)
    item = open_item(call.talk)
    assert item is not None
    assert not may_know(call, alice)
    routing.offer(item.pk, alice.pk, [], now=MIDNIGHT)
    assert may_know(call, alice)
    assert not may_know(call, people.hire(people.BO))
