"""CP8, HL5: what is promised to who calls, and told aloud and in writing: the same time, one that can be kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.notices.models import Notice
from huiyin.domain.promises.models import Promise
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Booked, Wait
from huiyin.domain.voice.calls import Who
from huiyin.web.portal.people import presence
from tests.calls import NUMBER, called, talking, waiting
from tests.fakes import MIDNIGHT
from tests.people import SUN
from tests.talks import asked, here

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=30)
LATE = MIDNIGHT + timedelta(minutes=3)
MINUTE = timedelta(minutes=1)


def owed(matter: Matter) -> datetime:
    return Promise.objects.get(matter=matter, kind="first_answer", state="running").due


def turned_away(opens: str, *, now: datetime = MIDNIGHT) -> Booked:
    """Somebody calls while the line is closed until then, and is to be called back."""
    routing.ship_queues()
    Queue.objects.update(hours=[{"days": "all", "from": opens, "to": "22:00"}])
    call = called(now=now)
    assert voice.enter_queue(call, Wait("general"), now=now).left == "queue_closed"
    return voice.book_callback(call, now=now)


@pytest.mark.parametrize("is_here", [True, False])
def test_cp8_hl5_a_caller_is_promised_what_can_be_kept(*, is_here: bool) -> None:
    if is_here:
        here()
    entered = waiting()
    assert owed(entered.call.matter) == (MIDNIGHT + MINUTE if is_here else presence(MIDNIGHT).by)


@pytest.mark.parametrize("is_here", [True, False])
def test_hl12_a_call_back_is_told_as_it_is_promised(settings: Any, *, is_here: bool) -> None:
    settings.SMS_URL = "http://sms.example/send"
    if is_here:
        here()
    call = waiting().call
    booked = voice.book_callback(call, now=SOON)
    assert booked.due == owed(call.talk) == (MIDNIGHT + MINUTE if is_here else presence(MIDNIGHT).by)
    said = Notice.objects.get(template="callback").params["until"]
    assert datetime.fromisoformat(said) == booked.due
    assert voice.book_callback(booked.call, now=SOON) == booked


def test_hl5_who_hangs_up_after_everybody_has_left_is_told_another_time() -> None:
    alice = here()
    call = waiting().call
    routing.set_presence(alice, "laptop", "break", now=SOON)
    voice.hung_up(call, Who.BUYER, now=SOON)
    assert owed(call.talk) == presence(SOON).by
    assert [one.state for one in Promise.objects.filter(matter=call.talk).order_by("pk")] == ["withdrawn", "running"]


def test_hl5_nobody_is_told_a_time_that_has_passed() -> None:
    here()
    call = waiting().call
    here(now=LATE)
    assert voice.book_callback(call, now=LATE).due == presence(LATE).by
    assert [one.state for one in Promise.objects.filter(matter=call.talk).order_by("pk")] == ["broken", "running"]


def test_hl5_a_call_back_from_a_chat_is_promised_no_later_than_the_chat_was() -> None:
    chat = asked().conversation
    before = owed(chat.matter)
    voice.book_callback_for(chat, NUMBER, by="buyer", now=LATE)
    told = Fact.objects.get(matter=chat.matter, name="callback_booked").data["due"]
    assert owed(chat.matter) == before == datetime.fromisoformat(told)


def test_hl5_nobody_is_told_a_time_at_which_we_call_nobody() -> None:
    late = MIDNIGHT - timedelta(hours=1)
    assert timezone.localtime(turned_away("04:59", now=late).due).strftime("%H:%M") == "08:01"


@pytest.mark.parametrize(
    ("opens", "due"),
    [
        ("00:20", timedelta(minutes=30)),  # as our pages say while nobody is here
        ("00:40", timedelta(hours=8, minutes=1)),  # half an hour after a call we ring at night, too, and no later
        ("09:00", timedelta(hours=9, minutes=1)),
    ],
)
def test_hl5_who_calls_before_the_line_opens_is_told_when_we_can_call(opens: str, due: timedelta) -> None:
    assert turned_away(opens).due == MIDNIGHT + due


@pytest.mark.parametrize("is_here", [True, False])
def test_cp8_hl9_a_call_given_to_whoever_leads_is_promised_what_can_be_kept(*, is_here: bool) -> None:
    call, alice = talking()
    if is_here:
        here(SUN)
    talk = Conversation.objects.get(matter=call.talk)
    talks.hand_over(talk, "supervisor", "要主管", by=alice.by, now=SOON)
    item = open_item(call.talk)
    assert item is not None
    assert owed(call.talk) == (item.due_at if is_here else presence(SOON).by)
