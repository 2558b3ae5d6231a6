"""A secret that is being keyed while somebody goes, something dies, or the recording will not do as it is told."""

from datetime import timedelta

import pytest

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.events import Entered
from huiyin.daemons.calls.reconciling import reconcile
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.keyed import Secret
from huiyin.domain.voice.models import Call, SecretCheck
from huiyin.domain.voice.passes import actions as passes
from tests.fakes import MIDNIGHT
from tests.keying import AMOUNT, BILL, Compares, asked, check, recordings
from tests.people import ALICE, BO, SUN
from tests.routing import here
from tests.switchboard import Make

pytestmark = pytest.mark.django_db


def test_a_buyer_who_hangs_up_meanwhile_leaves_everything_closed(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    one.talk()
    asked(one)
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended" and not one.exchange.flows)
    assert check() == ("stopped", "hung_up")
    assert recordings(one) == ["closed"]
    assert (one.call().outcome, one.call().ended_by) == ("talked", "buyer")


def test_a_buyer_who_is_gone_before_the_recording_is_off_leaves_nothing_open(
    house: Make, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    one = house(f"a{ALICE}", answers=Compares())
    one.talk()

    async def send_on(channel: str, context: str) -> None:
        one.asterisk.lines.pop(channel)
        raise Gone(channel)

    monkeypatch.setattr(one.asterisk, "send_on", send_on)
    alice = one.call().agent
    assert alice is not None
    voice.ask(one.call(), "secret", {}, alice, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: one.state() == "ended" and not one.exchange.flows)
    assert (check(), recordings(one)) == (("stopped", "hung_up"), ["closed"])


def test_a_buyer_who_hangs_up_when_it_is_compared_leaves_nothing_open(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    one.talk()
    asked(one)
    one.asterisk.keeps = {"record"}
    one.asterisk.key_in("c1", f"{BILL}{AMOUNT}#")
    one.until(lambda: one.asterisk.sent_on[-1] == ("c1", "record"))
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended" and not one.exchange.flows)
    assert (check(), recordings(one)) == (("matches", ""), ["closed", "closed"])


def test_an_agent_who_hangs_up_meanwhile_ends_the_talk(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    asked(one)
    one.asterisk.leave(leg)
    one.until(lambda: one.heard("rating.ask"))
    assert check() == ("stopped", "agent_gone")


def test_an_agent_whose_device_is_lost_has_the_call_again_and_it_is_recorded(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    asked(one)
    one.asterisk.leave(leg, cause=31)
    one.until(lambda: one.asterisk.rung[-1][2] == "again")
    new = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", new})
    assert (check(), recordings(one)) == (("stopped", "agent_gone"), ["closed", "open"])


def test_an_agent_whose_page_is_loaded_again_has_the_call_again(house: Make) -> None:
    one = house(f"w{ALICE}", answers=Compares())
    one.offer(one.wait_in_queue(), here(ALICE))
    one.until(lambda: one.asterisk.rung)
    leg = one.asterisk.pick_up(f"w{ALICE}")
    one.until(lambda: one.room() == {"c1", leg})
    asked(one)
    one.asterisk.reload(f"w{ALICE}")
    one.until(lambda: one.asterisk.rung[-1][2] == "again")
    new = one.asterisk.pick_up(f"w{ALICE}")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", new})
    assert (check(), recordings(one)) == (("stopped", "agent_gone"), ["closed", "open"])
    one.asterisk.leave("c1")
    one.until(lambda: not one.exchange.flows)
    assert not one.asterisk.watched


def test_a_switchboard_killed_in_between_asks_again_and_records_nothing_of_it(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    asked(one)
    one.asterisk.key_in("c1", "8765")
    one.end()
    heard = len(one.asterisk.lines["c1"].heard)
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: any("ask.bill" in file for file in one.asterisk.lines["c1"].heard[heard:]))
    assert (one.state(), recordings(one), one.room()) == ("keying", ["closed"], {leg})
    one.asterisk.key_in("c1", f"{BILL}{AMOUNT}#")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert (check(), recordings(one)) == (("matches", ""), ["closed", "open"])


def test_a_switchboard_killed_before_the_recording_was_off_turns_it_off(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    one.end()
    passes.begin_check(one.call(), Secret.PAYMENT, by="staff:1024", now=MIDNIGHT)
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: one.heard("ask.bill"))
    assert (recordings(one), one.room()) == (["closed"], {leg})


def test_a_supervisor_who_takes_over_meanwhile_has_a_recorded_talk(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{SUN}", answers=Compares())
    one.talk()
    asked(one)
    sun = here(SUN)
    voice.ask(one.call(), "take_over", {}, sun, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: any(where == f"a{sun.agent_no}" for where, _, _ in one.asterisk.rung))
    new = one.asterisk.pick_up(f"a{sun.agent_no}")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", new})
    assert (check(), recordings(one)) == (("stopped", "cancelled"), ["closed", "open"])


def test_nothing_is_asked_for_where_the_recording_may_still_run(house: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.daemons.calls.flow.BACK_WITHIN_S", 0.05)
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    one.asterisk.keeps = {"unrecord"}
    call = one.call()
    assert call.agent is not None
    voice.ask(call, "secret", {}, call.agent, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: SecretCheck.objects.exists() and check() == ("stopped", "failed"))
    one.until(lambda: one.room() == {"c1", leg})
    assert not one.heard("ask.bill")
    assert recordings(one)[-1] == "open"


def test_what_began_to_record_too_late_for_us_is_turned_off_as_well(
    house: Make, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("huiyin.daemons.calls.flow.BACK_WITHIN_S", 0.05)
    one = house(f"a{ALICE}", answers=Compares())
    one.asterisk.keeps = {"record"}
    one.talk()
    assert recordings(one) == ["closed"]
    asked(one)
    assert one.asterisk.sent_on[-1] == ("c1", "unrecord")


def test_who_comes_back_late_from_elsewhere_is_not_taken_for_unrecorded(
    house: Make, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("huiyin.daemons.calls.flow.BACK_WITHIN_S", 0.05)
    one = house(f"a{ALICE}", answers=Compares())
    one.talk()
    one.asterisk.keeps = {"unrecord"}
    alice = one.call().agent
    assert alice is not None
    voice.ask(one.call(), "secret", {}, alice, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: ("c1", "unrecord") in one.asterisk.sent_on)
    one.asterisk.tell(Entered(one.asterisk.lines["c1"].channel, ("recorded",)))
    one.until(lambda: SecretCheck.objects.exists() and check() == ("stopped", "failed"))
    assert not one.heard("ask.bill")


def test_a_buyer_who_is_not_in_our_hands_is_asked_nothing_and_stays(
    house: Make, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    once = one.asterisk.send_on

    async def send_on(channel: str, context: str) -> None:
        if context == "unrecord":
            raise Gone(channel)
        await once(channel, context)

    monkeypatch.setattr(one.asterisk, "send_on", send_on)
    alice = one.call().agent
    assert alice is not None
    voice.ask(one.call(), "secret", {}, alice, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: SecretCheck.objects.exists() and check() == ("stopped", "failed"))
    one.until(lambda: one.room() == {"c1", leg})
    assert not one.heard("ask.bill")


def test_a_recording_that_does_not_begin_again_says_so(house: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.daemons.calls.flow.BACK_WITHIN_S", 0.05)
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    asked(one)
    one.asterisk.keeps = {"record"}
    one.asterisk.key_in("c1", f"{BILL}{AMOUNT}#")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    one.until(lambda: "open" not in recordings(one))
    assert "empty" in one.call().recordings.order_by("pk")[1].flags


def test_a_line_that_died_with_its_asterisk_meanwhile_leaves_nothing_open(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    one.talk()
    asked(one)
    one.end()
    one.asterisk.lines.clear()
    Call.objects.update(started_at=MIDNIGHT - timedelta(minutes=1))
    one.begin()
    one.run(reconcile(one.exchange))
    assert (one.state(), check()) == ("ended", ("stopped", "hung_up"))
    assert recordings(one) == ["closed"]


def test_hl9_handed_over_meanwhile_the_next_one_talks_with_the_buyer_alone(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}", answers=Compares())
    leg = one.talk()
    asked(one)
    bo = here(BO)
    one.hand_over(f"agent:{BO}")
    one.offer(one.call(), bo)
    one.until(lambda: leg not in one.asterisk.lines and one.asterisk.rung[-1][0] == f"a{BO}")
    assert (check(), recordings(one)) == (("stopped", "cancelled"), ["closed"])
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", new})
    assert recordings(one) == ["closed", "open"]
