"""Cases whose owner is not here wait for somebody who is (CP7), never for whom they are about (CP21)."""

from datetime import timedelta

import pytest

from huiyin.daemons.routing_pool import RoutingPool
from huiyin.domain.cases import actions as cases
from huiyin.domain.journal import actions as journal
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind, Term
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Want
from huiyin.domain.routing.models import Item, Offer
from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import Unit
from tests import people
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN, complaint, hire
from tests.routing import a_talk, here, offered, talking, waiting

pytestmark = pytest.mark.django_db
MORNING = MIDNIGHT + timedelta(hours=8)


def test_cp7_a_complaint_at_night_waits_for_the_first_person_in_the_morning() -> None:
    hire(ALICE)
    case = complaint()
    item = Item.objects.get()
    assert (item.kind, item.queue.slug, item.prefers, item.matter) == ("case", "recharge", case.owner, case.matter)
    second = here(people.SECOND, now=MORNING)
    router = RoutingPool()
    router.read_all(MORNING)
    (offer,) = router.make_offers(MORNING)
    routing.accept(offer.pk, second, "desk", now=MORNING)
    case.refresh_from_db()
    item.refresh_from_db()
    assert (case.owner, item.state) == (second, "done")
    said = case.matter.facts.filter(name="case_assigned").last()
    assert said is not None
    assert (said.data["agent_no"], said.data["before"], said.by) == (second.agent_no, ALICE, second.by)


def test_cp8_a_case_waits_until_what_it_was_promised_first_is_due() -> None:
    hire(ALICE)
    pressing, other = complaint("付了钱一直没收到卡密"), complaint("怎么用", email="li@example.com", category="how_to")
    for case in (pressing, other):
        first = case.matter.promises.filter(state="running", obligor="us").earliest("due")
        assert Item.objects.get(matter=case.matter).due_at == first.due
    assert Item.objects.get(matter=pressing.matter).due_at <= MIDNIGHT + timedelta(minutes=10)


def test_a_case_that_nothing_is_promised_for_waits_as_long_as_its_queue_says() -> None:
    matter = journal.lock_one(a_talk().pk)
    routing.wait_for_owner(matter, Want("case", "general"), now=MIDNIGHT)
    assert Item.objects.get().due_at == MIDNIGHT + timedelta(minutes=30)


def test_cp7_whoever_is_here_gets_it_at_once_and_nothing_waits() -> None:
    people.on_duty(ALICE)
    assert complaint().owner == hire(ALICE)
    assert not Item.objects.exists()


def test_a_case_that_is_handed_to_somebody_waits_no_more() -> None:
    hire(ALICE)
    case = complaint()
    bo = hire(BO)
    cases.assign(case, bo, "knows_better", by=hire(SUN).by, now=MIDNIGHT)
    assert (Item.objects.get().state, Item.objects.get().why_left) == ("left", "assigned")


def test_a_ringing_offer_ends_with_the_case() -> None:
    hire(ALICE)
    case, second = complaint(), here(people.SECOND)
    offer = offered(Item.objects.get(), second)
    cases.close(case, "withdrawn", by="buyer", now=MIDNIGHT)
    offer.refresh_from_db()
    assert (offer.state, Item.objects.get().state) == ("withdrawn", "left")


def test_cp21_a_complaint_about_somebody_is_never_offered_to_them() -> None:
    alice = hire(ALICE)
    hire(BO)
    complaint("工号 1024 客服态度很差", category="service_attitude")
    assert Item.objects.get().barred == [alice.pk]


def test_what_was_moved_up_waits_for_those_who_lead() -> None:
    hire(ALICE)
    hire(SUN)
    case = complaint()
    routing.stop_waiting(journal.lock_one(case.matter_id), "test", now=MIDNIGHT)
    cases.escalate(case, "wants_supervisor", by="buyer", now=MIDNIGHT)
    assert Item.objects.get(state="waiting").queue.slug == "supervisor"


def test_a_chat_that_became_a_case_keeps_its_place() -> None:
    matter = a_talk()
    item = waiting(matter=matter)
    routing.wait_for_owner(journal.lock_one(matter.pk), routing.Want("case", "general"), now=MIDNIGHT)
    assert list(Item.objects.filter(state="waiting")) == [item]


def test_hl5_a_promised_call_back_waits_with_its_own_time() -> None:
    matter = journal.lock_one(a_talk().pk)
    promise = promises.make(matter, Kind.CALLBACK, Term(1_800, Unit.SECONDS, "callback"), by="system", now=MIDNIGHT)
    item = Item.objects.get()
    assert (item.kind, item.due_at) == ("callback", promise.due)


def test_hl5_whoever_hangs_up_for_a_call_back_keeps_the_place() -> None:
    item = waiting("call")
    later = MIDNIGHT + timedelta(seconds=50)
    kept = routing.call_back(item, by="buyer", now=later)
    assert (kept.kind, kept.arrived_at, kept.due_at, kept.came_from) == ("callback", item.arrived_at, item.due_at, item)
    item.refresh_from_db()
    assert (item.state, item.why_left) == ("left", "call_back")


def test_a_call_that_somebody_has_is_not_called_back() -> None:
    item = talking(here())
    with pytest.raises(Refusal, match="item_over"):
        routing.call_back(item, by="buyer", now=MIDNIGHT)
    assert Offer.objects.get().state == "accepted"
