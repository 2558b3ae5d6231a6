"""The buyer keys a secret during a talk: apart, unrecorded, compared; then recorded and together again."""

import logging

import pytest

from huiyin.daemons.calls.answers import Found, Question
from huiyin.daemons.calls.signals import Checked
from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.menu import Answer
from huiyin.domain.voice.models import Call, Command, SecretCheck
from tests.fakes import MIDNIGHT
from tests.keying import AMOUNT, BILL, Compares, asked, check, recordings
from tests.people import ALICE, complaint
from tests.switchboard import Breaks, Make

pytestmark = pytest.mark.django_db


class Pins:
    """Knows no PIN."""

    def __init__(self) -> None:
        self.inputs: dict[str, str] = {}

    def answer(self, question: Question) -> Found:
        self.inputs = dict(question.inputs)
        return Found(Answer("differs"))


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


def test_a_bug_of_ours_leads_back_into_a_recorded_talk(house: Make) -> None:
    one = house(f"a{ALICE}", answers=Breaks())
    leg = one.talk()
    asked(one)
    one.asterisk.key_in("c1", f"{BILL}{AMOUNT}#")
    one.until(lambda: one.state() == "talking" and one.room() == {"c1", leg})
    assert (check(), recordings(one)) == (("stopped", "failed"), ["closed", "open"])


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
