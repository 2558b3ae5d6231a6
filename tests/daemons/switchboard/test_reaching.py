"""Calls that we make, callers whom nobody can take, phones that have to be there."""

from pathlib import Path

import pytest

from huiyin.adapters.asterisk.configuration import Network
from huiyin.adapters.sound.waves import header
from huiyin.daemons.calls import dialling
from huiyin.daemons.calls.phones import Phones
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call, Callback
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.routing import here, offered
from tests.switchboard import House, Make

pytestmark = pytest.mark.django_db
NUMBER = "+8613800000000"


def dialled(one: House) -> tuple[Call, str, str]:
    """ALICE calls back whom we owe it; the call, her leg and that of whoever picked up."""
    booked, alice = Callback.objects.get(), here(ALICE)
    item = open_item(booked.talk)
    assert item is not None
    routing.accept(offered(item, alice).pk, alice, "desk", now=MIDNIGHT)
    made = Call.objects.get(direction="out")
    one.run(one.exchange.read_rows())
    one.until(lambda: one.asterisk.rung)
    assert one.asterisk.rung[0][2] == "back"
    leg = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: len(one.asterisk.rung) == 2)
    return made, leg, one.asterisk.pick_up(f"{NUMBER}@trunk")


def test_op18_a_call_we_make_rings_the_agent_first_and_says_the_code(house: Make) -> None:
    one = house(f"a{ALICE}", f"{NUMBER}@trunk")
    one.wait_in_queue()
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended")
    made, leg, buyer = dialled(one)
    heard, booked = one.asterisk.lines[buyer].heard, Callback.objects.get()
    one.until(lambda: heard == [f"zh-hans/callback.hello_missed/{booked.code}"])
    one.asterisk.key_in(buyer, "21")  # only 1 connects
    one.until(lambda: one.asterisk.rooms.get(f"hy.{made.pk}.talk") == {leg, buyer})
    assert heard[1] == "zh-hans/talk.recorded"  # HL7
    booked.refresh_from_db()
    assert booked.state == "reached"


def test_hl5_whoever_picks_up_and_presses_nothing_is_not_put_through(
    house: Make, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    one = house(f"a{ALICE}", f"{NUMBER}@trunk")
    monkeypatch.setattr(dialling, "KEY_S", 0.02)
    one.wait_in_queue()
    one.asterisk.key_in("c1", "1")
    one.until(lambda: one.state() == "ended")
    made, leg, mailbox = dialled(one)
    heard, booked = one.asterisk.lines[mailbox].heard, Callback.objects.get()
    one.until(lambda: one.state(made.channel_id) == "ended")
    assert heard == [f"zh-hans/callback.hello/{booked.code}"] * 2
    assert one.call(made.channel_id).outcome == "not_reached"
    one.until(lambda: not {leg, mailbox} & set(one.asterisk.lines))
    assert (booked.state, booked.attempts) == ("open", 1)
    assert not made.recordings.exists()


def test_hl5_the_agent_may_go_before_the_buyer_is_connected(house: Make) -> None:
    one = house(f"a{ALICE}", f"{NUMBER}@trunk")
    one.wait_in_queue()
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended")
    one.asterisk.is_slow = True
    made, leg, buyer = dialled(one)
    one.until(lambda: one.heard("callback.hello", channel=buyer))
    one.asterisk.leave(leg)
    one.until(lambda: one.state(made.channel_id) == "ended" and buyer not in one.asterisk.lines)
    assert (one.call(made.channel_id).ended_by, Callback.objects.get().state) == ("agent", "open")


def test_a_buyer_who_is_not_reached_ends_the_call_we_make(house: Make) -> None:
    one, alice = house(f"a{ALICE}"), here(ALICE)
    made, leg = one.call_out(alice)
    one.until(lambda: one.state(made.channel_id) == "ended")
    assert one.call(made.channel_id).outcome == "not_reached"
    assert leg not in one.asterisk.lines


def test_in11_a_closed_queue_offers_the_recorder_and_the_words_become_a_case(house: Make, tmp_path: Path) -> None:
    one = house()
    routing.ship_queues()
    Queue.objects.update(hours=[{"days": [2], "from": "09:00", "to": "10:00"}])
    one.asterisk.dial("c1")
    one.until(lambda: one.heard("menu.main"))
    one.asterisk.key_in("c1", "0")
    one.until(lambda: one.heard("menu.nobody_there"))
    words = header(32_000, channels=1) + b"\1\0" * 16_000
    one.asterisk.on_record = lambda name: (tmp_path / f"{name}.wav").write_bytes(words)
    one.asterisk.key_in("c1", "2")
    one.until(lambda: one.state() == "ended")
    assert one.call().outcome == "voicemail"
    assert one.call().recordings.get().seconds == 2.0


def test_in11_who_hangs_up_before_the_recorder_begins_leaves_no_recording(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.until(lambda: one.heard("queue.place"))
    one.asterisk.is_slow = True
    one.asterisk.key_in("c1", "2")
    one.until(lambda: one.heard("voicemail.ask"))
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended")
    assert not one.call().recordings.exists()


def test_phones_are_there_for_staff_and_for_visitors_with_a_ticket(house: Make) -> None:
    one, alice = house(), here(ALICE)
    phones = Phones(one.asterisk, one.threads, Network(), b"key")
    one.run(phones.follow({"vabc"}))
    assert set(one.asterisk.pushed) == {f"a{ALICE}", f"w{ALICE}", "vabc"}
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    one.run(phones.follow(set()))
    assert not one.asterisk.pushed


def test_ch_a_visitor_of_the_portal_calls_with_their_ticket_once(house: Make) -> None:
    one = house()
    granted = voice.ticket("a" * 20, "203.0.113.9", line="hotline", now=MIDNIGHT)
    one.asterisk.dial("c1", name=granted.ticket.name, via="web")
    one.until(lambda: one.state() == "menu")
    assert (one.call().via, one.call().ticket_id) == ("web", granted.ticket.pk)
    one.asterisk.dial("c2", name="vnobody", via="web")
    one.until(lambda: "c2" not in one.asterisk.lines)
