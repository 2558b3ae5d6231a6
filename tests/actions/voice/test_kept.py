"""Recordings, tickets, menus, lines, and the call-back of whoever waits in a chat."""

from datetime import timedelta
from typing import Any

import pytest

from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.queries import waiting_and_gone
from huiyin.domain.notices.letters import grouped, letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.hotline.showing import caller_id
from huiyin.domain.voice.menu import MenuFault
from huiyin.domain.voice.models import Callback, Line, Ticket
from huiyin.domain.voice.phone import Recorded
from huiyin.domain.voice.shipped_menu import TABLE, shipped_menu
from huiyin.lib.errors import Refusal
from tests.calls import NUMBER, talking, waiting
from tests.fakes import MIDNIGHT
from tests.talks import asked

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=10)
SHA = "a" * 64
VISITOR = "browser-0123456789"


def test_hl7_a_recording_is_hashed_when_it_is_closed() -> None:
    call, _ = talking()
    begun = voice.start_recording(call, "1/talk.wav", now=SOON)
    assert voice.start_recording(call, "1/talk.wav", now=SOON).pk == begun.pk
    assert [one.pk for one in queries.open_recordings()] == [begun.pk]
    closed = voice.close_recording(begun, Recorded(SHA, 60.0, 960_044), talked_s=60.5, now=SOON)
    assert (closed.state, closed.sha256, closed.flags) == ("closed", SHA, [])
    again = voice.close_recording(closed, Recorded("b" * 64, 1.0, 1), now=SOON)
    assert again.sha256 == SHA


def test_hl7_a_recording_that_lacks_something_says_so() -> None:
    call, _ = talking()
    begun = voice.start_recording(call, "1/talk.wav", now=SOON)
    closed = voice.close_recording(begun, Recorded(SHA, 6.1, 98_000, is_repaired=True), talked_s=20, now=SOON)
    assert closed.flags == ["short", "repaired"]


def test_what_is_held_is_not_erased() -> None:
    call, alice = talking()
    kept = voice.start_recording(call, "1/talk.wav", now=SOON)
    voice.close_recording(kept, Recorded(SHA, 6.0, 1), now=SOON)
    voice.hold_recording(kept, held=True, by=alice.by, now=SOON)
    with pytest.raises(Refusal, match="recording_held"):
        voice.erase_recording(kept, "retention", by="system", now=SOON)
    voice.hold_recording(kept, held=False, by=alice.by, now=SOON)
    voice.erase_recording(kept, "retention", by="system", now=SOON)
    with pytest.raises(Refusal, match="recording_gone"):
        voice.hold_recording(kept, held=True, by=alice.by, now=SOON)


def test_a_ticket_lets_one_visitor_call_once_at_a_time() -> None:
    first = voice.ticket(VISITOR, "192.0.2.1", now=MIDNIGHT)
    second = voice.ticket(VISITOR, "192.0.2.1", now=SOON)
    assert [one.pk for one in queries.open_tickets(SOON)] == [second.ticket.pk]
    with pytest.raises(Refusal, match="ticket_unknown"):
        voice.arrive("w1", "hotline", "", ticket=first.ticket.name, now=SOON)
    call = voice.arrive("w2", "hotline", "", ticket=second.ticket.name, now=SOON)
    assert call.ticket == second.ticket
    with pytest.raises(Refusal, match="call_on_already"):
        voice.arrive("w3", "hotline", "", ticket=second.ticket.name, now=SOON)
    with pytest.raises(Refusal, match="call_on_already"):
        voice.ticket(VISITOR, "192.0.2.1", now=SOON)
    voice.hung_up(call, Who.BUYER, now=SOON)
    assert queries.open_tickets(SOON) == []
    assert "192.0.2.1" not in str(Ticket.objects.values_list("address", flat=True))


def test_hl1_a_ticket_is_for_a_public_line_whatever_is_dialled_with_it() -> None:
    voice.ship_lines()
    for line in ("vip", "nonsense", "v" * 60):
        with pytest.raises(Refusal, match="line_unknown"):
            voice.ticket(VISITOR, "192.0.2.1", line=line, now=MIDNIGHT)
    given = voice.ticket(VISITOR, "192.0.2.1", line="001", now=MIDNIGHT).ticket
    call = voice.arrive("w1", "vip", "", ticket=given.name, now=MIDNIGHT)
    assert (call.line, call.tier) == ("001", "ordinary")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("zh-CN", "zh-hans"), ("zh", "zh-hans"), ("xx", "zh-hans"),
     ("", "zh-hans"), ("english", "zh-hans")],
)  # fmt: skip
def test_hl7_every_caller_is_spoken_to_in_a_language_that_we_speak(tag: str, language: str) -> None:
    assert voice.ticket(VISITOR, "192.0.2.1", language=tag, now=MIDNIGHT).ticket.language == language


def test_a_ticket_expires_after_ten_minutes_but_not_under_a_call() -> None:
    idle = voice.ticket(VISITOR, "192.0.2.1", now=MIDNIGHT).ticket
    busy = voice.ticket(VISITOR + "x", "192.0.2.1", now=MIDNIGHT).ticket
    voice.arrive("w1", "hotline", "", ticket=busy.name, now=MIDNIGHT)
    late = MIDNIGHT + timedelta(minutes=11)
    assert [one.pk for one in queries.open_tickets(late)] == [busy.pk]
    assert voice.end_tickets(late) == [idle.name]
    with pytest.raises(Refusal, match="ticket_unknown"):
        voice.arrive("w2", "hotline", "", ticket=idle.name, now=late)


def test_one_address_gets_twenty_tickets_in_ten_minutes() -> None:
    for number in range(20):
        voice.ticket(f"{VISITOR}{number}", "192.0.2.1", now=MIDNIGHT)
    with pytest.raises(Refusal, match="too_often"):
        voice.ticket(f"{VISITOR}-last", "192.0.2.1", now=MIDNIGHT)
    voice.ticket(f"{VISITOR}-elsewhere", "192.0.2.2", now=MIDNIGHT)


def test_hl4_a_menu_counts_when_it_has_no_faults() -> None:
    assert queries.active_menu() == shipped_menu()
    voice.keep_menu(TABLE | {"tries": 3}, by="staff:3001", now=SOON)
    voice.keep_menu(TABLE | {"tries": 4}, by="staff:3001", now=SOON)
    with pytest.raises(MenuFault):
        voice.keep_menu(TABLE | {"start": "nowhere"}, by="staff:3001", now=SOON)
    assert queries.active_menu().tries == 4


def test_hl5_whoever_waits_in_a_chat_may_be_called_and_keeps_the_place() -> None:
    chat = asked().conversation
    before = open_item(chat.matter)
    booked = voice.book_callback_for(chat, "13800138000", by="buyer", now=SOON)
    kept = open_item(chat.matter)
    assert before is not None
    assert kept is not None
    assert (booked.number, kept.kind, kept.arrived_at) == (NUMBER, "callback", before.arrived_at)
    chat.refresh_from_db()
    assert (chat.state, chat.case_id) == ("queued", None)
    assert voice.book_callback_for(chat, "13800138000", by="buyer", now=SOON).pk == booked.pk


def test_hl5_whoever_will_be_called_may_close_the_page() -> None:
    chat = asked().conversation
    voice.book_callback_for(chat, NUMBER, by="buyer", now=SOON)
    late = MIDNIGHT + timedelta(hours=1)
    assert waiting_and_gone(late) == []
    talks.nobody_came(chat, now=late)
    chat.refresh_from_db()
    assert chat.state == "queued"
    assert open_item(chat.matter) is not None


def test_op18_a_text_message_names_number_and_code_before_we_call(settings: Any) -> None:
    settings.SMS_URL, settings.HOTLINE = "http://sms.example/send", "400-123-4567"
    over = voice.hung_up(waiting().call, Who.BUYER, now=SOON)
    owed = Notice.objects.get(template="callback")
    code = Callback.objects.get(talk=over.talk).code
    assert (owed.channel, owed.to) == ("sms", NUMBER)
    assert code not in str(owed.params)
    words = letter(owed).text
    assert code in words
    assert "400-123-4567" in words
    assert grouped(over.talk.no) in words


def test_op18_without_a_number_the_message_says_so_and_the_usual_lines_own_comes_first(settings: Any) -> None:
    settings.SMS_URL, settings.HOTLINE = "http://sms.example/send", ""
    voice.hung_up(waiting("13800138001").call, Who.BUYER, now=SOON)
    assert "hotline" in letter(Notice.objects.get(template="callback")).text
    settings.HOTLINE = "400-123-4567"
    Line.objects.filter(number="hotline").update(shown="400-8 转 3")
    voice.hung_up(waiting("13800138002").call, Who.BUYER, now=SOON)
    assert "400-8 转 3" in letter(Notice.objects.filter(template="callback").latest("pk")).text


@pytest.mark.parametrize(
    ("shown", "rings"),
    [
        ("400-123-4567 转 3", "4001234567"), ("+86 (10) 1234 5678", "+861012345678"), ("", ""), ("客服热线", ""),
        ("sip:hotline@x", ""), ("12", ""),
    ],
)  # fmt: skip
def test_op18_a_number_as_people_read_it_is_one_that_a_network_takes(shown: str, rings: str) -> None:
    assert caller_id(shown) == rings


def test_hl5_one_number_is_called_back_once() -> None:
    voice.hung_up(waiting().call, Who.BUYER, now=SOON)
    with pytest.raises(Refusal, match="callback_known"):
        voice.book_callback_for(asked().conversation, NUMBER, by="buyer", now=SOON)
    assert Callback.objects.count() == 1
