"""An item is offered to one person at a time and taken once."""

from datetime import timedelta

import pytest
from django.db import connection

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Lease, Offer
from huiyin.domain.routing.queries import loads, pending_offers, state_of
from huiyin.domain.routing.states import Presence
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT
from tests.people import BO, hire
from tests.routing import here, offered, talking, waiting

pytestmark = pytest.mark.django_db
LATER = MIDNIGHT + timedelta(seconds=30)


def test_hl5_an_accepted_offer_is_in_somebodys_hands() -> None:
    alice, item = here(), waiting()
    taken = routing.accept(offered(item, alice).pk, alice, "desk", now=MIDNIGHT + timedelta(seconds=5))
    assert (taken.state, taken.agent) == ("taken", alice)
    fact = item.matter.facts.get(name="offer_accepted")
    assert fact.data == {
        "item": item.pk,
        "offer": fact.data["offer"],
        "agent_no": "1024",
        "waited_s": 5,
        "kind": "chat",
    }


def test_an_item_is_never_offered_twice_at_once() -> None:
    alice, bo, item = here(), here(BO), waiting()
    offered(item, alice)
    assert routing.offer(item.pk, bo.pk, [], now=MIDNIGHT) is None
    assert Offer.objects.count() == 1


def test_nobody_is_offered_more_than_they_have_places() -> None:
    alice = here(chats=1)
    talking(alice)
    assert routing.offer(waiting().pk, alice.pk, [], now=MIDNIGHT) is None


def test_the_second_window_is_told_that_the_first_was_quicker() -> None:
    alice, item = here(), waiting()
    offer = offered(item, alice)
    routing.accept(offer.pk, alice, "laptop", now=MIDNIGHT)
    assert routing.accept(offer.pk, alice, "laptop", now=MIDNIGHT).pk == item.pk
    with pytest.raises(Refusal, match="offer_taken_here") as no:
        routing.accept(offer.pk, alice, "phone", now=MIDNIGHT)
    assert no.value.params == {"elsewhere": True}


def test_somebody_elses_offer_cannot_be_accepted_or_declined() -> None:
    alice, bo, item = here(), here(BO), waiting()
    offer = offered(item, alice)
    for answer in (
        lambda: routing.accept(offer.pk, bo, "desk", now=MIDNIGHT),
        lambda: routing.decline(offer.pk, bo, now=MIDNIGHT),
    ):
        with pytest.raises(Refusal, match="not_yours"):
            answer()


def test_an_offer_that_is_over_cannot_be_accepted() -> None:
    alice, item = here(), waiting()
    offer = offered(item, alice)
    with pytest.raises(Refusal, match="offer_gone") as no:
        routing.accept(offer.pk, alice, "desk", now=LATER)
    assert no.value.params == {"state": "expired"}


def test_whoever_does_not_answer_is_on_a_break_and_the_item_waits_again() -> None:
    alice, item = here(), waiting()
    offered(item, alice)
    assert len(routing.expire_due(LATER)) == 1
    assert routing.expire_due(LATER) == []
    item.refresh_from_db()
    now = state_of(alice, LATER)
    assert (item.state, now.state, now.reason) == ("waiting", Presence.BREAK, "no_answer")


def test_nobody_is_sent_on_a_break_because_the_router_stood_still() -> None:
    alice, item = here(), waiting()
    offer = offered(item, alice)
    woken = offer.expires_at + timedelta(seconds=15)
    routing.heartbeat(alice, "desk", now=woken)
    assert len(routing.expire_due(woken)) == 1
    item.refresh_from_db()
    assert (item.state, state_of(alice, woken).state) == ("waiting", Presence.AVAILABLE)


def test_a_declined_item_waits_again() -> None:
    alice, item = here(), waiting()
    offer = offered(item, alice)
    routing.decline(offer.pk, alice, "not_my_subject", now=MIDNIGHT)
    routing.decline(offer.pk, alice, now=MIDNIGHT)
    item.refresh_from_db()
    assert (item.state, pending_offers(alice)) == ("waiting", [])
    with pytest.raises(Refusal, match="offer_gone"):
        routing.accept(offer.pk, alice, "desk", now=MIDNIGHT)


def test_nothing_is_offered_to_whoever_is_not_available() -> None:
    item, bo = waiting(), hire(BO)
    assert routing.offer(item.pk, bo.pk, [], now=MIDNIGHT) is None
    routing.set_presence(bo, "desk", "break", reason="lunch", now=MIDNIGHT)
    assert routing.offer(item.pk, bo.pk, [], now=MIDNIGHT) is None


def test_cp21_nothing_is_offered_to_whom_it_is_about() -> None:
    alice = here()
    assert routing.offer(waiting(barred=(alice.pk,)).pk, alice.pk, [], now=MIDNIGHT) is None


def test_a_finished_item_frees_its_place() -> None:
    alice = here(chats=1)
    item = talking(alice)
    routing.done(item, by=alice.by, now=LATER)
    routing.done(item, by=alice.by, now=LATER)
    item.refresh_from_db()
    assert (item.state, loads([alice.pk], LATER)[alice.pk].held.chats) == ("done", 0)
    assert item.matter.facts.filter(name="item_done").count() == 1


def test_an_item_that_left_takes_its_offer_with_it() -> None:
    alice, item = here(), waiting()
    offer = offered(item, alice)
    routing.leave_queue(item, "gone", by="buyer", now=MIDNIGHT)
    offer.refresh_from_db()
    item.refresh_from_db()
    assert (offer.state, item.state, Lease.objects.get().state) == ("withdrawn", "left", "available")


def test_what_somebody_was_asked_a_moment_ago_is_found_by_an_index() -> None:
    alice = here()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    lately = Offer.objects.filter(agent=alice, made_at__gte=MIDNIGHT).order_by("made_at", "pk")
    assert "offer_by_agent" in lately.explain()
