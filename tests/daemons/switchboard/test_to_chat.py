"""HL16 at the switchboard: what a waiting caller hears about the chat, and how the call ends."""

from typing import Any

import pytest

from huiyin.daemons.calls.reconciling import reconcile
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes.models import ChatLink
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.routing import here
from tests.switchboard import House, Make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/sms"


def kind_of(one: House) -> str:
    item = open_item(one.call().talk)
    return item.kind if item else ""


def opened(one: House) -> None:
    """The caller opens the link elsewhere."""
    voice.change_to_chat(one.call(), now=MIDNIGHT)
    one.run(one.exchange.read_rows())


def test_hl16_key_3_sends_a_link_and_the_caller_waits_on(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.until(lambda: one.heard("queue.offer_link"))
    one.asterisk.key_in("c1", "3")
    one.until(lambda: one.heard("chat.sent"))
    assert ChatLink.objects.get().call == one.call()
    assert (one.state(), kind_of(one)) == ("waiting", "call")
    one.until(lambda: one.asterisk.lines["c1"].has_music)


def test_hl16_opening_the_link_ends_the_call_with_words(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    opened(one)
    one.until(lambda: one.heard("chat.changed"))
    one.until(lambda: one.state() == "ended" and "c1" not in one.asterisk.lines)
    assert (one.call().outcome, kind_of(one)) == ("elsewhere", "chat")


def test_hl16_opened_while_a_device_rings_the_ringing_stops(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    one.offer(call, here(ALICE))
    one.until(lambda: one.state() == "ringing")
    leg = one.asterisk.rung[-1][1]
    opened(one)
    one.until(lambda: leg not in one.asterisk.lines and one.state() == "ended")
    assert (one.call().outcome, kind_of(one)) == ("elsewhere", "chat")


def test_hl16_whoever_picks_up_too_late_has_nobody_and_the_chat_keeps_the_place(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    one.offer(call, here(ALICE))
    one.until(lambda: one.state() == "ringing")
    voice.change_to_chat(one.call(), now=MIDNIGHT)  # and the switchboard has not heard of it yet
    leg = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: leg not in one.asterisk.lines)
    one.run(one.exchange.read_rows())
    one.until(lambda: one.state() == "ended")
    assert (one.call().outcome, one.call().agent, kind_of(one)) == ("elsewhere", None, "chat")
    assert one.room() is None


def test_hl16_nothing_is_offered_where_no_message_arrives(house: Make, settings: Any) -> None:
    settings.SMS_URL = ""
    one = house()
    one.wait_in_queue()
    one.until(lambda: one.heard("queue.offer_callback"))
    one.asterisk.key_in("c1", "3")
    one.run(one.exchange.read_rows())
    assert not any("queue.offer_link" in file or "/chat." in file for file in one.asterisk.lines["c1"].heard)
    assert (one.state(), ChatLink.objects.count()) == ("waiting", 0)


def test_hl16_who_asks_too_often_is_told_and_waits_on(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    for _ in range(4):
        one.asterisk.key_in("c1", "3")
    one.until(lambda: one.heard("chat.refused"))
    assert (one.state(), ChatLink.objects.count()) == ("waiting", 3)


def test_hl16_a_caller_from_the_page_changes_at_once(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    Call.objects.update(via="web")
    one.end()
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: one.heard("queue.offer_page"))
    one.asterisk.key_in("c1", "3")
    one.until(lambda: one.heard("chat.changed"))
    one.until(lambda: one.state() == "ended")
    assert (one.call().outcome, kind_of(one)) == ("elsewhere", "chat")


def test_hl16_a_switchboard_killed_between_the_steps_says_the_words_when_it_is_back(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.end()
    voice.change_to_chat(one.call(), now=MIDNIGHT)
    assert (one.state(), kind_of(one)) == ("changed", "chat")  # never both waiting, never none
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: one.heard("chat.changed"))
    one.until(lambda: one.state() == "ended")
    assert kind_of(one) == "chat"
