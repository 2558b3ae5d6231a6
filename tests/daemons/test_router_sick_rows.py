"""One row that cannot be dealt with stops no other; and what has not changed is not read again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from huiyin.daemons.routing_pool import STRIKES, RoutingPool
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item, Offer, Queue
from huiyin.domain.routing.queries import state_of
from huiyin.domain.routing.tries import Tries
from tests.fakes import MIDNIGHT
from tests.people import BO, SECOND
from tests.routing import here, offered, talking, waiting

pytestmark = pytest.mark.django_db


def at(seconds: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=seconds)


@pytest.fixture
def router() -> RoutingPool:
    return RoutingPool()


def step(router: RoutingPool, seconds: float = 0) -> list[int]:
    """Read everything and offer: items."""
    router.read_all(at(seconds))
    return [one.item_id for one in router.make_offers(at(seconds))]


def spoil(matter: Matter) -> None:
    """Nothing can be recorded here any more: the place of the next fact is taken."""
    matter.refresh_from_db()
    Matter.objects.filter(pk=matter.pk).update(head_seq=matter.head_seq - 1)


def mend(matter: Matter) -> None:
    Matter.objects.filter(pk=matter.pk).update(head_seq=matter.facts.latest("seq").seq)


def test_what_cannot_be_offered_rests_for_a_minute_and_the_next_is_offered(router: RoutingPool) -> None:
    alice = here()
    sick, item = waiting(), waiting(now=at(1))
    spoil(sick.matter)
    assert step(router, 1) == [item.pk]
    routing.accept(Offer.objects.get().pk, alice, "desk", now=at(2))
    mend(sick.matter)
    routing.heartbeat(alice, "desk", now=at(40))
    assert step(router, 40) == []
    assert step(router, 61) == [sick.pk]


def test_an_item_that_cannot_be_read_stops_no_other(router: RoutingPool) -> None:
    here()
    sick, item = waiting(), waiting(now=at(1))
    Item.objects.filter(pk=sick.pk).update(skills={"vip": "very"})
    assert step(router, 1) == [item.pk]


def test_somebody_with_whom_nothing_goes_well_is_left_alone(
    router: RoutingPool, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    alice, bo = here(), here(BO)
    asked, hold_out = list[int](), routing.offer

    def offer(item_id: int, agent_id: int, *rest: Any, **more: Any) -> Offer | None:
        asked.append(agent_id)
        if agent_id == alice.pk:
            raise ValueError("something about this person")
        return hold_out(item_id, agent_id, *rest, **more)

    monkeypatch.setattr(routing, "offer", offer)
    items = [waiting(now=at(second)) for second in range(8)]
    given = [pk for second in range(8, 14) for pk in step(router, second)]
    assert asked.count(alice.pk) == STRIKES
    assert len(given) == 1
    assert set(given) < {item.pk for item in items}
    assert Offer.objects.get().agent == bo


def test_an_offer_that_cannot_be_ended_keeps_no_other_from_ending(router: RoutingPool) -> None:
    alice, bo = here(), here(BO)
    sick, other = offered(waiting(), alice), offered(waiting(), bo)
    spoil(sick.item.matter)
    second = here(SECOND, now=at(30))
    assert step(router, 30) == [other.item_id]
    sick.refresh_from_db()
    assert (sick.state, Offer.objects.get(item=other.item, state="pending").agent) == ("pending", second)
    assert router.next_change() > at(30).timestamp()  # not at once again and again


def test_a_wrap_up_or_a_lapsed_lease_that_cannot_be_ended_keeps_no_other(router: RoutingPool) -> None:
    alice, bo = here(), here(BO)
    for one in (alice, bo):
        routing.set_presence(one, "desk", "wrap_up", now=at(0))
    spoil(alice.matter)
    for one in (alice, bo):
        routing.heartbeat(one, "desk", now=at(40))
    step(router, 60)
    assert [state_of(one, at(60)).state for one in (alice, bo)] == ["wrap_up", "available"]
    step(router, 90)
    assert not bo.leases.filter(lost_at=None).exists()
    assert alice.leases.filter(lost_at=None).exists()


def test_a_chat_that_cannot_be_given_back_keeps_no_other(router: RoutingPool) -> None:
    alice = here()
    sick, other = talking(alice), talking(alice)
    routing.leave(alice, now=at(1))
    spoil(sick.matter)
    step(router, 62)
    assert [Item.objects.get(pk=one.pk).state for one in (sick, other)] == ["taken", "done"]


def test_a_database_that_is_away_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("the connection is lost")

    tries = Tries()
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        tries.one("item", 1, fail, now=MIDNIGHT)
    assert not tries.rests("item", 1, MIDNIGHT)


def test_only_what_changed_is_read_again(router: RoutingPool) -> None:
    items = [waiting(now=at(second)) for second in range(3)]
    step(router, 3)
    with CaptureQueriesContext(connection) as quiet:
        step(router, 5)
    assert not [one for one in quiet if "item.skills" in one["sql"]]
    routing.mark_urgent(items[2], "money_at_risk", by="buyer", now=at(6))
    with CaptureQueriesContext(connection) as busy:
        step(router, 7)
    assert [one["sql"] for one in busy if "item.skills" in one["sql"]]
    here()
    assert step(router, 7) == [items[2].pk]


def test_a_changed_queue_counts_for_what_waits_in_it(router: RoutingPool) -> None:
    here(skills={"account": 1})
    item = waiting(queue="vip")
    Queue.objects.filter(slug="vip").update(relax=[])
    assert step(router, 1) == []
    Queue.objects.filter(slug="vip").update(relax=[{"after_s": 0, "any": True}])
    assert step(router, 2) == [item.pk]
