"""A call from the first ring to the last word, with a small Asterisk and the real rows."""

import logging
from functools import partial

import pytest
from django.utils.translation import override

from huiyin.domain.journal.models import Access
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Places
from huiyin.domain.routing.models import Offer
from huiyin.domain.voice.models import Callback
from huiyin.web.ui.words_desk_case import looked_at
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN
from tests.routing import here
from tests.switchboard import Breaks, Make

pytestmark = pytest.mark.django_db


def test_hl4_a_caller_hears_the_menu_and_reaches_a_person_with_0(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.until(lambda: one.asterisk.lines["c1"].has_music)
    assert one.asterisk.lines["c1"].heard[0] == "zh-hans/menu.welcome"
    assert one.call().pressed == [{"node": "main", "key": "0"}]


def test_hl5_a_waiting_caller_hears_their_place(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.until(lambda: any("queue.place" in file for file in one.asterisk.lines["c1"].heard))


def test_hl5_who_is_next_hears_how_long_it_may_take(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.talk()
    routing.set_presence(here(ALICE), "desk", "available", capacity=Places({"call": 1}), now=MIDNIGHT)
    one.wait_in_queue("c2")
    one.until(partial(one.heard, "queue.wait/4", "c2"))
    assert "zh-hans/queue.place/0" in one.asterisk.lines["c2"].heard


def test_hl6_an_answered_device_is_an_accepted_offer(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    call = one.call()
    assert (call.state, call.agent_channel) == ("talking", leg)
    assert Offer.objects.get().state == "accepted"
    assert not one.asterisk.lines["c1"].has_music


def test_hl6_browser_and_phone_ring_and_the_slower_one_stops(house: Make) -> None:
    one = house(f"a{ALICE}", f"w{ALICE}")
    one.talk()
    rung = {where: leg for where, leg, kind in one.asterisk.rung if kind == "offer"}
    assert set(rung) == {f"a{ALICE}", f"w{ALICE}"}
    one.until(lambda: rung[f"w{ALICE}"] not in one.asterisk.lines)


def test_nobody_registered_declines_and_the_caller_waits_on(house: Make) -> None:
    one = house()
    call = one.wait_in_queue()
    one.offer(call, here(ALICE))
    one.until(lambda: Offer.objects.get().state == "declined")
    assert Offer.objects.get().reason == "unreachable"
    one.until(lambda: one.state() == "waiting")


def test_a_device_that_refuses_declines_the_offer(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    one.offer(call, here(ALICE))
    one.until(lambda: one.asterisk.rung and one.state() == "ringing")
    one.asterisk.leave(one.asterisk.rung[0][1], cause=21)
    one.until(lambda: Offer.objects.get().state == "declined" and one.state() == "waiting")


def test_an_offer_that_is_over_stops_the_ringing(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    made = one.offer(call, here(ALICE))
    one.until(lambda: one.state() == "ringing")
    Offer.objects.filter(pk=made.pk).update(state="expired")
    one.run(one.exchange.read_rows())
    one.until(lambda: one.asterisk.rung[0][1] not in one.asterisk.lines and one.state() == "waiting")


def test_hl7_recording_begins_with_the_talk_and_never_before(house: Make) -> None:
    one = house(f"a{ALICE}")
    call = one.wait_in_queue()
    assert "HY_REC" not in one.asterisk.lines["c1"].variables
    one.offer(call, here(ALICE))
    one.until(lambda: one.asterisk.rung)
    one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: "HY_REC" in one.asterisk.lines["c1"].variables)
    assert one.asterisk.lines["c1"].variables["HY_REC"].endswith(".raw")
    assert call.recordings.get().state == "open"


def test_hl8_the_caller_rates_after_the_agent_hung_up(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.asterisk.is_slow = True
    one.asterisk.leave(leg)
    one.until(lambda: one.asterisk.lines["c1"].heard[-1] == "zh-hans/rating.ask")
    one.asterisk.is_slow = False
    one.asterisk.key_in("c1", "5")
    one.until(lambda: one.state() == "ended")
    call = one.call()
    assert (call.rating, call.ended_by, call.outcome) == (5, "agent", "talked")
    assert call.recordings.get().state == "closed"
    assert not one.asterisk.rooms


def test_hl5_hanging_up_while_waiting_becomes_a_call_back(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended")
    assert Callback.objects.get().number == "+8613800000000"


def test_hl5_1_books_a_call_back_while_waiting(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    one.asterisk.key_in("c1", "1")
    one.until(lambda: one.state() == "ended")
    booked = Callback.objects.get()
    assert booked.asked
    assert one.call().outcome == "callback"


def test_when_the_buyer_hangs_up_nobody_is_left_in_the_bridge(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.asterisk.leave("c1")
    one.until(lambda: leg not in one.asterisk.lines and not one.asterisk.rooms)
    assert one.call().ended_by == "buyer"


def test_a_lost_device_parks_the_caller_and_the_same_agent_has_them_again(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.asterisk.leave(leg, cause=44)
    one.until(lambda: len(one.asterisk.rung) == 2)
    assert one.asterisk.rung[1][2] == "again"
    assert one.state() == "parked"
    new = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: one.asterisk.rooms[f"hy.{one.call().pk}.talk"] == {"c1", new})
    assert one.call().agent_channel == new


def test_commands_are_done_and_answered(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    room = f"hy.{one.call().pk}.talk"
    assert (one.command("hold")).state == "done"
    assert one.asterisk.rooms[room] == {leg}
    assert one.asterisk.lines["c1"].has_music
    assert (one.command("unhold")).state == "done"
    assert one.asterisk.rooms[room] == {leg, "c1"}
    one.command("mute")
    assert one.asterisk.lines[leg].is_muted
    one.command("keypad", keys="12#")
    assert one.asterisk.keys == [("c1", "12#")]


def test_a_command_that_cannot_be_done_is_refused_with_a_reason(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.talk()
    refused = one.command("complete")
    assert (refused.state, refused.reason) == ("refused", "nobody_asked")
    here(SUN)
    unheard = one.command("listen", SUN)
    assert (unheard.state, unheard.reason) == ("refused", "unreachable")
    assert not Access.objects.exists()


def test_hl9_who_leads_listens_whispers_and_joins(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{SUN}")
    leg = one.talk()
    here(SUN)
    one.command("listen", SUN)
    assert not Access.objects.exists()  # nothing is heard before the phone is answered
    ear = one.asterisk.pick_up(f"a{SUN}")
    one.until(lambda: one.asterisk.snoops == [(leg, "none")])
    seen = Access.objects.get()
    assert (seen.matter_id, seen.kind, seen.by) == (one.call().talk_id, "listened", f"staff:{SUN}")
    room = f"hy.{one.call().pk}.ear.{SUN}"
    one.until(lambda: ear in one.asterisk.rooms.get(room, ()) and len(one.asterisk.rooms[room]) == 2)
    one.command("whisper", SUN)
    assert one.asterisk.snoops[-1] == (leg, "out")
    one.command("barge", SUN)
    assert one.asterisk.rooms[f"hy.{one.call().pk}.talk"] == {"c1", leg, ear}
    with override("zh-hans"):
        heard = [looked_at(seen.item) for seen in Access.objects.order_by("pk")]
    assert heard == ["通话", "通话（对客服耳语）", "通话（加入三方）"]
    one.command("stop", SUN)
    assert ear not in one.asterisk.lines


def test_a_call_that_is_handed_over_waits_for_the_next_one(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    bo = here(BO)
    one.command("transfer", to=f"agent:{BO}", summary="please")
    one.until(lambda: leg not in one.asterisk.lines and one.state() == "waiting")
    one.offer(one.call(), bo)
    one.until(lambda: one.asterisk.rung[-1][0] == f"a{BO}")
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.asterisk.rooms.get(f"hy.{one.call().pk}.talk") == {"c1", new})
    one.until(partial(one.heard, "talk.agent", channel=new))  # the buyer is told who it is this time
    assert not one.asterisk.lines["c1"].has_music
    assert one.call().recordings.count() == 2  # one for each leg of an agent


def test_a_warm_transfer_asks_first(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    here(BO)
    room = f"hy.{one.call().pk}.talk"
    one.command("transfer", to=f"agent:{BO}", warm=True)
    assert one.asterisk.rooms[room] == {leg}
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.asterisk.rooms[room] == {leg, new})
    one.command("complete")
    one.until(lambda: one.asterisk.rooms[room] == {"c1", new})
    one.until(partial(one.heard, f"talk.agent/{BO}"))  # HL8: who it is now
    assert leg not in one.asterisk.lines
    agent = one.call().agent
    assert agent is not None
    assert agent.agent_no == BO


def test_what_is_keyed_in_secret_is_neither_kept_nor_logged(house: Make, caplog: pytest.LogCaptureFixture) -> None:
    one = house()
    with caplog.at_level(logging.DEBUG):
        one.asterisk.dial("c1")
        one.until(lambda: one.state() == "menu")
        for slug, keys in (("menu.main", "1"), ("menu.key_missing", "2"), ("ask.code", "735194")):
            one.until(partial(one.heard, slug))
            one.asterisk.key_in("c1", keys)
        one.until(lambda: "zh-hans/menu.anything_else" in one.asterisk.lines["c1"].heard)
        one.asterisk.key_in("c1", "0")
        one.until(lambda: one.state() == "waiting")
        assert one.call().pressed[2] == {"node": "code", "key": "******"}
        assert (one.call().order_no, one.call().proof) == ("KM1", "order_facts")
    assert "735194" not in caplog.text


def test_hl4_who_was_served_and_leaves_by_the_menu_is_on_record_as_served(house: Make) -> None:
    one = house()
    one.asterisk.dial("c1")
    for slug, keys in (("menu.main", "4"), ("menu.anything_else", "#")):
        one.until(partial(one.heard, slug))
        one.asterisk.key_in("c1", keys)
    one.until(lambda: one.state() == "ended")
    call = one.call()
    assert (call.outcome, call.served, call.ended_by) == ("served", True, "system")
    assert [pressed["key"] for pressed in call.pressed] == ["4", "#"]


def test_hl4_who_ends_a_pin_with_the_hash_key_hears_the_answer(house: Make) -> None:
    one = house()
    one.asterisk.dial("c1")
    for slug, keys in (("menu.main", "3"), ("ask.case", "123456789012#"), ("ask.secret", "71712606#")):
        one.until(partial(one.heard, slug))
        one.asterisk.key_in("c1", keys)
    one.until(partial(one.heard, "menu.anything_else"))
    one.asterisk.key_in("c1", "0")
    one.until(lambda: one.state() == "waiting")
    assert [pressed["key"] for pressed in one.call().pressed] == ["3", "123456789012", "********", "0"]


def test_a_bug_sends_the_caller_to_a_person_and_not_into_silence(house: Make) -> None:
    one = house(answers=Breaks())
    one.asterisk.dial("c1")
    one.until(lambda: one.state() == "menu")
    one.asterisk.key_in("c1", "4")
    one.until(lambda: one.state() == "waiting")
    assert "zh-hans/safe.trouble" in one.asterisk.lines["c1"].heard
