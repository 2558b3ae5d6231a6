"""After a gap: the rows against what Asterisk has."""

import pytest

from huiyin.adapters.asterisk.events import Registered
from huiyin.daemons.calls.reconciling import reconcile
from huiyin.domain.voice.models import Call
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.routing import here
from tests.switchboard import BUYER, Make

pytestmark = pytest.mark.django_db


def test_op_a_new_switchboard_carries_on_where_the_rows_are(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.wait_in_queue("c2")
    one.end()
    one.begin()
    one.run(reconcile(one.exchange))
    assert len(one.exchange.flows) == 2
    assert one.asterisk.rooms[f"hy.{one.call().pk}.talk"] == {"c1", leg}
    one.asterisk.leave(leg)
    one.until(lambda: one.heard("rating.ask"))
    one.asterisk.key_in("c1", "3")
    one.until(lambda: one.state() == "ended")
    assert one.state("c2") == "waiting"


def test_what_ended_unseen_is_found_and_legs_of_no_call_are_taken_down(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    call = one.call()
    one.end()
    Call.objects.filter(pk=call.pk).update(started_at=MIDNIGHT.replace(year=2025))
    del one.asterisk.lines["c1"]
    one.asterisk.since = "2024-01-01T00:00:00.000+0000"
    one.begin()
    one.run(reconcile(one.exchange))
    assert (one.call().state, one.call().ended_by) == ("ended", "buyer")
    one.until(lambda: leg not in one.asterisk.lines)
    assert not one.asterisk.rooms


def test_calls_of_an_asterisk_that_died_are_lost_and_who_waited_is_called_back(house: Make) -> None:
    one = house()
    call = one.wait_in_queue()
    one.end()
    Call.objects.filter(pk=call.pk).update(started_at=MIDNIGHT.replace(year=2025))
    one.asterisk.lines.clear()
    one.begin()
    one.run(reconcile(one.exchange))
    assert (one.call().ended_by, one.call().outcome) == ("lost", "callback")


def test_op_an_agent_who_hung_up_in_the_gap_is_not_rung_again(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.end()
    one.asterisk.leave(leg)
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: one.heard("rating.ask"))
    assert (one.call().ended_by, len(one.asterisk.rung)) == ("agent", 1)
    one.asterisk.key_in("c1", "4")
    one.until(lambda: one.state() == "ended")
    assert (one.call().rating, one.call().recordings.get().state) == (4, "closed")


def test_op_an_agent_whose_device_was_lost_in_the_gap_has_their_caller_back(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.until(lambda: one.heard("talk.agent"))
    one.end()
    one.asterisk.leave(leg)
    one.asterisk.online.discard(f"a{ALICE}")
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: one.state() == "parked")
    one.asterisk.online.add(f"a{ALICE}")
    one.until(lambda: one.asterisk.rung[-1][2] == "again")
    back = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: one.room() == {"c1", back})
    assert one.asterisk.lines["c1"].heard.count(f"zh-hans/talk.agent/{ALICE}") == 1  # who it is they know


def test_op_an_agent_who_hung_up_on_a_call_of_ours_in_the_gap_has_ended_it(house: Make) -> None:
    one, alice = house(f"a{ALICE}", BUYER), here(ALICE)
    made, leg = one.call_out(alice)
    one.until(lambda: len(one.asterisk.rung) == 2)
    buyer = one.asterisk.pick_up(BUYER)
    one.until(lambda: one.asterisk.rooms.get(f"hy.{made.pk}.talk") == {leg, buyer})
    one.end()
    one.asterisk.leave(leg)
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: buyer not in one.asterisk.lines and not one.asterisk.rooms)
    assert (one.call(made.channel_id).state, one.call(made.channel_id).ended_by) == ("ended", "agent")


def test_a_page_that_is_loaded_again_has_its_caller_back(house: Make) -> None:
    one = house(f"w{ALICE}")
    one.offer(one.wait_in_queue(), here(ALICE))
    one.until(lambda: one.asterisk.rung)
    leg = one.asterisk.pick_up(f"w{ALICE}")
    one.until(lambda: one.room() == {"c1", leg})
    one.asterisk.reload(f"w{ALICE}")
    one.until(lambda: len(one.asterisk.rung) == 2)
    assert leg not in one.asterisk.lines
    assert one.asterisk.rung[1][2] == "again"
    new = one.asterisk.pick_up(f"w{ALICE}")
    one.until(lambda: one.room() == {"c1", new})
    assert one.state() == "talking"


def test_a_phone_that_registers_again_disturbs_no_talk(house: Make) -> None:
    one = house(f"w{ALICE}")
    one.offer(one.wait_in_queue(), here(ALICE))
    one.until(lambda: one.asterisk.rung)
    leg = one.asterisk.pick_up(f"w{ALICE}")
    one.until(lambda: one.room() == {"c1", leg})
    one.asterisk.tell(Registered(f"w{ALICE}", "sip:same", is_here=True))
    one.command("hold")
    assert (one.state(), len(one.asterisk.rung)) == ("held", 1)
