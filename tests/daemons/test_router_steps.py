"""The router, step by step: what follows from rows and from what changed."""

from datetime import datetime, timedelta

import pytest

from huiyin.daemons.routing_pool import RoutingPool
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item, Offer, Queue
from huiyin.domain.routing.queries import state_of
from huiyin.domain.staff.models import Person
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SECOND, SUN, hire
from tests.routing import here, talking, waiting

pytestmark = pytest.mark.django_db


def at(seconds: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=seconds)


@pytest.fixture
def router() -> RoutingPool:
    return RoutingPool()


def step(router: RoutingPool, seconds: float = 0) -> list[tuple[int, str]]:
    """Read everything and offer: (item, agent number)."""
    router.read_all(at(seconds))
    return [(one.item_id, one.agent.agent_no) for one in router.make_offers(at(seconds))]


def test_what_waits_is_offered_to_whoever_is_free(router: RoutingPool) -> None:
    alice, item = here(), waiting()
    assert step(router) == [(item.pk, alice.agent_no)]
    assert step(router) == []
    assert Offer.objects.get().why[0]["code"]


def test_a_nudge_is_enough(router: RoutingPool) -> None:
    step(router)
    item, alice = waiting(), here()
    router.hear({f"router:i{item.pk}", f"router:a{alice.pk}", "desk", "router:x", "router:i"}, at(0))
    assert [one.item_id for one in router.make_offers(at(0))] == [item.pk]


def test_hl5_the_earlier_promise_goes_first(router: RoutingPool) -> None:
    ordinary, gold = waiting(), waiting(tier="diamond")
    alice = here()
    assert step(router) == [(gold.pk, ALICE)]
    routing.accept(Offer.objects.get().pk, alice, "desk", now=at(1))
    assert step(router, 2) == [(ordinary.pk, ALICE)]


def test_whoever_declined_is_not_asked_again_for_a_minute(router: RoutingPool) -> None:
    alice, item = here(), waiting()
    step(router)
    routing.decline(Offer.objects.get().pk, alice, now=at(1))
    assert step(router, 2) == []
    routing.heartbeat(alice, "desk", now=at(40))
    assert step(router, 62) == [(item.pk, ALICE)]


def test_hl6_whose_phone_was_away_for_a_moment_is_asked_again_in_a_moment(router: RoutingPool) -> None:
    alice, item = here(), waiting()
    step(router)
    routing.decline(Offer.objects.get().pk, alice, "unreachable", now=at(1))
    router.hear({f"router:i{item.pk}"}, at(2))
    assert router.make_offers(at(2)) == []
    assert step(router, 3) == []
    assert step(router, 10) == [(item.pk, ALICE)]


def test_whoever_handed_it_on_is_asked_again_when_nobody_else_is_there(router: RoutingPool) -> None:
    alice = here()
    new = routing.hand_over(talking(alice), "queue:general", by=alice.by, now=at(1), why="handed_over")
    assert step(router, 2) == []
    routing.heartbeat(alice, "desk", now=at(40))
    assert step(router, 62) == [(new.pk, ALICE)]


def test_after_an_offer_nobody_answered_somebody_else_is_asked(router: RoutingPool) -> None:
    alice, bo, item = here(), here(BO), waiting()
    ((_, first),) = step(router)
    asked, other = (alice, bo) if first == ALICE else (bo, alice)
    assert step(router, 21) == [(item.pk, other.agent_no)]
    assert (state_of(asked, at(21)).state, state_of(asked, at(21)).reason) == ("break", "no_answer")


def test_kp1_whoever_is_asked_about_a_case_is_asked_about_one_chat_beside_it(router: RoutingPool) -> None:
    """A case rings long, because it is read first; nobody who waits for an answer waits for that."""
    here()
    case, another = waiting("case"), waiting("case")
    assert step(router) == [(case.pk, ALICE)]
    chat, second = waiting(now=at(1)), waiting(now=at(2))
    assert step(router, 2) == [(chat.pk, ALICE)]
    assert step(router, 3) == []
    assert {one.item_id: (one.expires_at - one.made_at).total_seconds() for one in Offer.objects.all()} == {
        case.pk: 60, chat.pk: 20
    }  # fmt: skip
    assert {another.pk, second.pk} == set(Item.objects.filter(state="waiting").values_list("pk", flat=True))


def test_whoever_answers_a_chat_and_not_the_case_beside_it_is_not_away(router: RoutingPool) -> None:
    alice, case = here(), waiting("case")
    step(router)
    chat = waiting(now=at(30))
    step(router, 30)
    routing.accept(Offer.objects.get(item=chat).pk, alice, "desk", now=at(31))
    routing.heartbeat(alice, "desk", now=at(44))
    step(router, 61)
    assert Offer.objects.filter(item=case).earliest("pk").state == "expired"
    assert state_of(alice, at(61)).state == "available"


def test_an_offer_of_somebody_who_left_is_withdrawn(router: RoutingPool) -> None:
    alice, item = here(), waiting()
    step(router)
    routing.leave(alice, now=at(1))
    assert step(router, 1) == []
    bo = here(BO, now=at(2))
    assert step(router, 2) == [(item.pk, bo.agent_no)]
    assert [one.reason for one in Offer.objects.order_by("pk")] == ["went_away", ""]


def test_a_laptop_that_fell_asleep_loses_its_offer_and_then_its_chats(router: RoutingPool) -> None:
    alice = here()
    old = talking(alice)
    item = waiting(now=at(40))
    assert step(router, 40) == [(item.pk, ALICE)]
    assert step(router, 46) == []
    assert state_of(alice, at(46)).state == "offline"
    assert Offer.objects.get(item=item).reason == "went_away"
    step(router, 104)
    assert Item.objects.get(pk=old.pk).state == "taken"
    step(router, 106)
    again = Item.objects.get(came_from=old)
    assert (again.state, again.prefers, Item.objects.get(pk=old.pk).why_left) == ("waiting", alice, "agent_away")


def test_whoever_goes_home_passes_their_chats_on_after_a_minute(router: RoutingPool) -> None:
    alice = here()
    old = talking(alice)
    routing.leave(alice, now=at(10))
    assert routing.heartbeat(alice, "desk", now=at(20)) is None
    step(router, 69)
    assert Item.objects.get(pk=old.pk).state == "taken"
    bo = here(BO, now=at(70))
    step(router, 70)
    new = Item.objects.get(came_from=old)
    assert (new.state, new.offers.get().agent, new.offers.get().why != []) == ("offered", bo, True)


def test_an_offer_to_somebody_who_no_longer_works_here_is_withdrawn(router: RoutingPool) -> None:
    alice, item = here(), waiting()
    step(router)
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert step(router, 2) == []
    assert (Offer.objects.get().state, Item.objects.get(pk=item.pk).state) == ("withdrawn", "waiting")


def test_skills_relax_with_waiting_time(router: RoutingPool) -> None:
    here(skills={"recharge": 1})
    item = waiting(queue="recharge")
    assert step(router) == []
    alice = hire(ALICE)
    for seconds in (30, 60):
        routing.heartbeat(alice, "desk", now=at(seconds))
    assert step(router, 59) == []
    assert step(router, 60) == [(item.pk, ALICE)]


def test_a_queue_overflows_to_the_people_of_another(router: RoutingPool) -> None:
    general = routing.queue_named("general")
    Queue.objects.filter(slug="vip").update(relax=[], overflow_to=general, overflow_after_s=90)
    here(skills={"account": 5})
    item = waiting(queue="vip")
    assert step(router, 1) == []
    routing.heartbeat(hire(ALICE), "desk", now=at(44))
    routing.heartbeat(hire(ALICE), "desk", now=at(88))
    assert step(router, 90) == [(item.pk, ALICE)]


def test_ch2_what_is_urgent_goes_to_somebody_senior_first(router: RoutingPool) -> None:
    here(ALICE)
    second = here(SECOND)
    item = waiting()
    routing.mark_urgent(item, "money_at_risk", by="buyer", now=at(0))
    assert step(router) == [(item.pk, second.agent_no)]


def test_a_wrap_up_ends_by_itself(router: RoutingPool) -> None:
    alice, item = here(), waiting()
    routing.set_presence(alice, "desk", "wrap_up", now=at(0))
    routing.heartbeat(alice, "desk", now=at(30))
    assert step(router, 59) == []
    assert router.next_change() == at(60).timestamp()
    assert step(router, 60) == [(item.pk, ALICE)]


def test_cp21_nobody_is_asked_about_a_complaint_about_them(router: RoutingPool) -> None:
    alice, sun = here(), here(SUN)
    item = waiting(barred=(alice.pk,))
    assert step(router) == [(item.pk, sun.agent_no)]


def test_a_chat_goes_to_the_colleague_it_was_handed_to(router: RoutingPool) -> None:
    alice, bo = here(), here(BO)
    old = talking(alice)
    new = routing.hand_over(old, "agent:1025", by=alice.by, now=at(5), why="better_knows")
    assert step(router, 6) == [(new.pk, bo.agent_no)]


def test_a_queue_that_was_written_wrongly_stops_no_other(router: RoutingPool) -> None:
    here(), here(BO)
    broken, item = waiting(queue="vip"), waiting()
    Queue.objects.filter(slug="vip").update(relax=[{"levels": 1}])
    assert [pk for pk, _ in step(router)] == [item.pk]
    Queue.objects.filter(slug="vip").update(relax=[{"after_s": 0, "any": True}])
    assert [pk for pk, _ in step(router, 2)] == [broken.pk]


def test_what_the_rows_refuse_goes_to_somebody_else_at_once(router: RoutingPool) -> None:
    alice, bo = here(), here(BO)
    router.read_all(at(0))
    item = waiting()
    router.hear({f"router:i{item.pk}"}, at(0))
    routing.leave(alice, now=at(0))  # the router has not heard it yet
    assert [one.agent for one in router.make_offers(at(0))] == [bo]


def test_what_a_stopped_router_had_offered_is_not_offered_again() -> None:
    here(), here(BO), waiting()
    assert len(step(RoutingPool())) == 1
    assert step(RoutingPool()) == []
