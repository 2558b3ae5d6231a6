"""The buyer keys a secret during a talk: apart, unrecorded, compared; then recorded and together again."""

import logging
from datetime import timedelta

import pytest

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.events import Entered
from huiyin.daemons.calls.answers import Found, Question
from huiyin.daemons.calls.reconciling import reconcile
from huiyin.daemons.calls.signals import Checked
from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.keyed import Secret
from huiyin.domain.voice.menu import Answer
from huiyin.domain.voice.models import Call, Command, SecretCheck
from huiyin.domain.voice.passes import actions as passes
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN, complaint
from tests.routing import here
from tests.switchboard import Breaks, House, Make

pytestmark = pytest.mark.django_db
BILL, AMOUNT = "87654321", "9900"


class Compares:
    """Knows one payment."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Found:
        self.asked.append(question)
        if (question.inputs["bill"], question.inputs["amount"]) == (BILL, AMOUNT):
            return Found(Answer("matches"), "KM1", "order_facts")
        return Found(Answer("differs"))


class Pins:
    """Knows no PIN."""

    def __init__(self) -> None:
        self.inputs: dict[str, str] = {}

    def answer(self, question: Question) -> Found:
        self.inputs = dict(question.inputs)
        return Found(Answer("differs"))


def asked(one: House, what: str = "payment") -> None:
    """The agent asks for it, and the buyer is asked to key."""
    call = one.call()
    assert call.agent is not None
    voice.ask(call, "secret", {"what": what}, call.agent, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: one.heard("ask.bill") and one.state() == "keying")


def check() -> tuple[str, str]:
    row = SecretCheck.objects.get()
    return row.result, row.why


def recordings(one: House) -> list[str]:
    return [row.state for row in one.call().recordings.order_by("pk")]


def test_what_ends_the_first_number_does_not_end_the_second(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    one.talk()
    asked(one)
    one.asterisk.is_slow = True  # the next question is being spoken when the # comes
    one.asterisk.key_in("c1", BILL)
    one.until(lambda: one.heard("ask.amount"))
    one.asterisk.key_in("c1", "#")
    one.asterisk.key_in("c1", f"{AMOUNT}#")
    one.asterisk.is_slow = False
    one.until(lambda: one.state() == "talking")
    assert check() == ("matches", "")


@pytest.mark.parametrize(("amount", "result"), [(AMOUNT, "matches"), ("9901", "differs")])
def test_only_whether_it_matches_is_learned(house: Make, amount: str, result: str) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    asked(one)
    assert one.room() == {leg}
    assert recordings(one) == ["closed"]
    assert one.heard("keying.agent", channel=leg)
    one.asterisk.key_in("c1", f"{BILL}{amount}#")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert check() == (result, "")
    assert recordings(one) == ["closed", "open"]
    one.until(lambda: one.heard(f"keying.{result}") and one.heard(f"keying.{result}", channel=leg))
    assert one.call().order_no == ("KM1" if result == "matches" else "")


def test_what_was_keyed_stands_nowhere(house: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    one = house(f"a{ALICE}", answers=Compares())
    one.talk()
    asked(one)
    one.asterisk.key_in("c1", f"{BILL}#{AMOUNT}#")
    one.until(lambda: one.state() == "talking")
    kept = [str(fact.data) for fact in Fact.objects.all()] + [str(vars(row)) for row in SecretCheck.objects.all()]
    kept += [str(vars(row)) for row in Call.objects.all()] + [caplog.text]
    assert not any(BILL in text or AMOUNT in text for text in kept)


def test_the_agent_may_break_it_off(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    asked(one)
    one.asterisk.key_in("c1", "8765")
    call = one.call()
    assert call.agent is not None
    voice.ask(call, "cancel", {}, call.agent, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert check() == ("stopped", "cancelled")
    assert recordings(one) == ["closed", "open"]
    one.asterisk.key_in("c1", "4321")  # goes into the talk now, and is nobody's business
    assert not one.asterisk.keys


def test_asked_for_twice_the_buyer_keys_on(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    alice = one.call().agent
    assert alice is not None
    made = [voice.ask(one.call(), "secret", {}, alice, now=MIDNIGHT) for _ in range(2)]
    one.run(one.exchange.read_rows())
    one.until(lambda: Command.objects.filter(pk__in=[row.pk for row in made], state="done").count() == 2)
    one.until(lambda: one.heard("ask.bill"))
    one.asterisk.key_in("c1", f"{BILL}{AMOUNT}#")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert (check(), recordings(one)) == (("matches", ""), ["closed", "open"])


def test_a_look_at_the_row_does_not_silence_the_question(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    one.asterisk.is_slow = True
    alice = one.call().agent
    assert alice is not None
    voice.ask(one.call(), "secret", {}, alice, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: one.heard("keying.begin"))
    one.exchange.flows[one.call().pk].take(Checked())
    one.until(lambda: len([file for file in one.asterisk.lines["c1"].heard if "keying.begin" in file]) == 2)
    one.asterisk.finish()
    one.until(lambda: one.heard("ask.bill"))
    one.asterisk.key_in("c1", f"{BILL}{AMOUNT}#")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert check() == ("matches", "")


def test_who_keys_nothing_is_back_after_a_while(house: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.daemons.calls.keying.KEY_S", 0.05)
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    asked(one)
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert check() == ("stopped", "timed_out")


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


def test_a_bug_of_ours_leads_back_into_a_recorded_talk(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Breaks())
    leg = one.talk()
    asked(one)
    one.asterisk.key_in("c1", f"{BILL}{AMOUNT}#")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert (check(), recordings(one)) == (("stopped", "failed"), ["closed", "open"])


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


def test_the_pin_is_compared_with_that_of_the_case(house: Make) -> None:
    pins = Pins()
    one = house(f"a{ALICE}", answers=pins)
    leg = one.talk()
    case = complaint()
    Call.objects.update(case=case.matter)
    call = one.call()
    assert call.agent is not None
    voice.ask(call, "secret", {"what": "pin"}, call.agent, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: one.heard("ask.secret"))
    one.asterisk.key_in("c1", "12345678")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert (pins.inputs, check()) == ({"secret": "12345678", "case": case.matter.no}, ("differs", ""))


def test_a_pin_needs_a_case(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Compares())
    leg = one.talk()
    call = one.call()
    assert call.agent is not None
    made = voice.ask(call, "secret", {"what": "pin"}, call.agent, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: Command.objects.get(pk=made.pk).state == "refused")
    assert (Command.objects.get(pk=made.pk).reason, one.state(), one.room()) == (
        "no_case_known",
        "talking",
        {"c1", leg},
    )


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
