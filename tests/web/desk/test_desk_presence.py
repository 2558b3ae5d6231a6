"""The presence switch and the heartbeat of an open desk: a lease per person and device."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Lease, Seat
from huiyin.domain.routing.queries import presence_now
from huiyin.domain.routing.states import Presence
from huiyin.lib.clock import now
from tests import people
from tests.fakes import MIDNIGHT
from tests.web.desk import chats

AtDesk = Callable[..., Client]
HTMX = {"HX-Request": "true"}


def page(client: Client, path: str = "/desk/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def choose(client: Client, state: str, **more: str) -> str:
    return client.post("/desk/presence", {"state": state} | more, headers=HTMX).content.decode()


def test_op12_a_desk_that_was_just_opened_is_offline_and_says_what_that_means(at_desk: AtDesk) -> None:
    text = page(at_desk())
    assert 'data-state="offline"' in text
    assert "buyers are told that nobody is here now" in text


def test_what_is_chosen_counts_for_this_device_and_stands_in_the_header(at_desk: AtDesk) -> None:
    client = at_desk()
    shown = choose(client, "available", capacity="5")
    assert 'data-state="available"' in shown
    assert "0 of 5 chats" in shown
    assert presence_now(people.hire(), now()) is Presence.AVAILABLE
    assert Seat.objects.get(person=people.hire()).chats == 5
    assert "What comes in is offered to you by itself" in page(client)


def test_a_break_has_its_reason_and_the_others_have_none(at_desk: AtDesk) -> None:
    client = at_desk()
    assert "Meal" in choose(client, "break", reason="lunch")
    choose(client, "busy", reason="lunch")
    assert list(Lease.objects.values_list("state", "reason")) == [("busy", "")]


def test_op12_one_chat_more_at_peak_is_asked_for_only_at_peak(at_desk: AtDesk) -> None:
    client, seat = at_desk(), Seat.objects.filter(person=people.hire())
    assert "one chat more" not in choose(client, "available", capacity="3")
    routing.set_mode("peak", people.hire(people.SUN), now=now())
    shown = choose(client, "available", capacity="3", at_peak="1", stretches="1")
    assert 'name="stretches" value="1" checked' in shown
    assert seat.get().stretches
    choose(client, "busy", capacity="3")  # a window that came before says nothing about it
    assert seat.get().stretches
    choose(client, "available", capacity="3", at_peak="1")
    assert not seat.get().stretches


@pytest.mark.parametrize(
    ("state", "more", "says"),
    [
        ("asleep", {}, "nothing one can be"),
        ("break", {"reason": "<script>"}, "We do not know this reason"),
        ("available", {"capacity": "99"}, "At once you can take"),
    ],
)
def test_what_cannot_be_chosen_says_so_and_changes_nothing(
    state: str, more: dict[str, str], says: str, at_desk: AtDesk
) -> None:
    client = at_desk()
    answer = client.post("/desk/presence", {"state": state} | more, headers=HTMX)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert not Lease.objects.exists()


def test_without_javascript_the_form_leads_back_to_the_page(at_desk: AtDesk) -> None:
    client = at_desk()
    assert client.post("/desk/presence", {"state": "busy", "next": "/desk/contacts"})["Location"] == "/desk/contacts"
    assert client.post("/desk/presence", {"state": "busy", "next": "//evil.example"})["Location"] == "/desk/"


def test_the_heartbeat_renews_the_lease_and_says_what_is_true(at_desk: AtDesk) -> None:
    client = at_desk()
    assert client.post("/desk/beat").json() == {"state": "offline"}
    choose(client, "available")
    with time_machine.travel(MIDNIGHT + timedelta(seconds=40)):
        assert client.post("/desk/beat").json() == {"state": "available"}
    with time_machine.travel(MIDNIGHT + timedelta(seconds=80)):
        assert client.post("/desk/beat").json() == {"state": "available"}


def test_a_laptop_that_slept_is_back_as_it_was_after_its_lease_was_lost(at_desk: AtDesk) -> None:
    client = at_desk()
    choose(client, "available")
    later = MIDNIGHT + timedelta(minutes=10)
    routing.lose_lapsed(later)
    with time_machine.travel(later):
        assert 'data-state="offline"' in page(client)
        assert client.post("/desk/beat").json() == {"state": "available"}


def test_two_devices_are_one_person_and_the_second_is_told(at_desk: AtDesk) -> None:
    desk, laptop = at_desk(), at_desk()
    choose(desk, "available")
    assert "what another device of yours says" in page(laptop)
    assert "what another device of yours says" not in page(desk)
    choose(laptop, "break", reason="rest")
    assert 'data-state="available"' in page(laptop)
    assert Lease.objects.count() == 2


def test_offline_and_logging_out_end_it(at_desk: AtDesk) -> None:
    client = at_desk()
    choose(client, "available")
    choose(client, "offline")
    assert presence_now(people.hire(), now()) is Presence.OFFLINE
    choose(client, "available")
    client.post("/desk/logout")
    assert presence_now(people.hire(), now()) is Presence.OFFLINE


def test_logging_out_here_leaves_the_other_device_alone(at_desk: AtDesk) -> None:
    desk, laptop = at_desk(), at_desk()
    choose(desk, "available")
    choose(laptop, "available")
    laptop.post("/desk/logout")
    assert presence_now(people.hire(), now()) is Presence.AVAILABLE


def test_whoever_did_not_answer_learns_why_they_are_on_a_break(at_desk: AtDesk) -> None:
    client = at_desk()
    choose(client, "available")
    offer = chats.offered(chats.waiting(), people.hire())
    late = offer.expires_at + timedelta(seconds=1)
    routing.expire_due(late)
    with time_machine.travel(late):
        routing.heartbeat(people.hire(), Lease.objects.get().device, now=late)
        text = page(client)
        assert 'data-state="break"' in text
        assert "you did not answer an offer" in text
        assert "an offer was not answered" in text.split("</summary>")[0]  # without the menu being opened


def test_a_beat_without_a_login_is_401_and_nothing_else(at_desk: AtDesk) -> None:
    assert Client().post("/desk/beat", headers={"Huiyin-Element": "presence"}).status_code == 401
    assert Client().get("/desk/offers", headers={"Huiyin-Element": "offers"}).status_code == 401
