"""Whatever happens in whatever order, every call ends in an order of its own: one fate or a call-back, one place or
none, a conversation that fits it. And two things in the same instant are one after the other."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Fact
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Offer, Queue
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Legs, Wait, Walked
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Call, Callback
from huiyin.lib.errors import Refusal
from tests.calls import called, waiting
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN, hire
from tests.talks import here

Deed = Callable[[Call, datetime], Any]
# state of the conversation → of its place in the queue
PLACES = {
    "": {""},
    "queued": {"waiting", "offered"},
    "talking": {"taken"},
    "wrap_up": {"taken"},
    "ended": {"", "waiting"},  # a case that waits for an owner
}
SECOND = timedelta(seconds=1)


def _offer_and_take(call: Call, now: datetime) -> None:
    item = open_item(call.talk)
    if item is None:
        return
    for agent_no in (ALICE, BO):
        person = hire(agent_no)
        held = routing.offer(item.pk, person.pk, [], now=now)
        if held is not None:
            voice.ringing(call, person, "a", now=now)
            voice.talking(call, person, held.pk, Legs("a", "b"), now=now)
            return


def _full(call: Call, now: datetime) -> None:
    Queue.objects.update(most_waiting=0)
    try:
        voice.enter_queue(call, Wait("general"), now=now)
    finally:
        Queue.objects.update(most_waiting=200)


DEEDS: dict[str, Deed] = {
    "walk": lambda call, now: voice.walked(call, Walked(served=True), now=now),
    "queue": lambda call, now: voice.enter_queue(call, Wait("general"), now=now),
    "full": _full,
    "take": _offer_and_take,
    "stop": lambda call, now: voice.stopped_ringing(call, now=now),
    "hold": lambda call, now: voice.hold(call, now=now),
    "unhold": lambda call, now: voice.unhold(call, now=now),
    "park": lambda call, now: voice.park(call, now, now=now),
    "unpark": lambda call, now: voice.unpark(call, Legs("c", "b"), now=now),
    "again": lambda call, now: voice.wait_again(call, "agent_away", now=now),
    "pass": lambda call, now: voice.pass_on(call, hire(BO), Legs("d", "b"), now=now),
    "take over": lambda call, now: voice.talking(call, hire(SUN), None, Legs("e", "b"), now=now),
    "book": lambda call, now: voice.book_callback(call, now=now),
    "chat": lambda call, now: voice.change_to_chat(call, now=now),
    "recorder": lambda call, now: voice.begin_voicemail(call, now=now),
    "word": lambda call, now: voice.leave_voicemail(call, now=now),
    "rate": lambda call, now: voice.rate(call, "5", now=now),
    "agent gone": lambda call, now: voice.hung_up(call, Who.AGENT, now=now),
    "buyer gone": lambda call, now: voice.hung_up(call, Who.BUYER, now=now),
    "lost": lambda call, now: voice.lost(call, now=now),
}


def do(name: str, call: Call, now: datetime) -> None:
    """Do it; what the rules refuse changes nothing."""
    try:
        DEEDS[name](call, now)
    except Refusal:
        return


def check(call: Call) -> None:
    """What is true of every call that is over."""
    over = Call.objects.select_related("talk").get(pk=call.pk)
    assert over.state == "ended"
    assert over.outcome
    contact, item = Contact.objects.get(calls=over), open_item(over.talk)
    talk = Conversation.objects.filter(matter=over.talk).first()
    will_call = Callback.objects.filter(talk=over.talk, state="open").exists()
    waits_elsewhere = talk is not None and talk.state == "queued" and talk.channel == "chat"
    is_settled, goes_on = contact.fate is not None, will_call or waits_elsewhere
    if over.answered_at is None:
        assert is_settled != goes_on
    assert is_settled or goes_on  # whoever was passed on and then hung up was answered, and is called back too
    expected = {
        None: set(),
        "queued": {"waiting", "offered"},
        "talking": {"taken"},
        "wrap_up": {"taken"},
        "ended": set(),
    }
    assert ({item.state} if item else set()) <= expected[talk.state if talk else None]
    assert not Offer.objects.filter(item__matter=over.talk, state="pending").exclude(item__state="offered").exists()
    seqs = list(Fact.objects.filter(matter=over.matter).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


class AnyCall(TestCase):
    """Hypothesis' own test case rolls back after each example."""

    @settings(max_examples=40)
    @given(st.lists(st.sampled_from(sorted(DEEDS)), max_size=12), st.sampled_from(["+8613800138000", ""]))
    def test_cp15_every_call_ends_with_one_fate(self, deeds: list[str], number: str) -> None:
        routing.ship_queues()
        here(ALICE)
        here(BO)
        here(SUN)
        call = called(number)
        for place, name in enumerate(["queue", *deeds, "buyer gone"]):
            do(name, call, MIDNIGHT + place * SECOND)
        check(call)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["take", "book", "lost", "buyer gone", "recorder", "chat", "queue"])
def test_two_things_in_the_same_instant_are_one_after_the_other(other: str) -> None:
    here(ALICE)
    call = waiting().call
    start, went_wrong = threading.Barrier(2, timeout=10), list[Exception]()

    def act(name: str) -> None:
        try:
            start.wait()
            do(name, call, MIDNIGHT + SECOND)
        except Exception as trouble:  # whatever it is, the test says
            went_wrong.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(name,)) for name in ("buyer gone", other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert went_wrong == []
    do("buyer gone", call, MIDNIGHT + 2 * SECOND)
    do("buyer gone", call, MIDNIGHT + 3 * SECOND)
    check(call)
