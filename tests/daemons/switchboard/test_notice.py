"""HL7: nobody is recorded before they heard that they are, and nobody hears it twice."""

from collections.abc import Callable
from functools import partial

import pytest

from huiyin.daemons.calls.reconciling import reconcile
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Command
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.routing import here
from tests.switchboard import BUYER, House, Make

pytestmark = pytest.mark.django_db


def in_haste(one: House, line: str = "hotline") -> None:
    """Somebody presses 0 in the first words, or calls a line that asks nothing."""
    one.asterisk.is_slow = True
    one.asterisk.dial("c1", line=line)
    one.until(lambda: one.state() == "menu" or one.state() == "waiting")
    if line == "hotline":
        one.until(lambda: one.heard("menu.welcome"))
        one.asterisk.key_in("c1", "0")
    one.until(lambda: one.state() == "waiting")


def notices(one: House) -> list[str]:
    return [file for file in one.asterisk.lines["c1"].heard if file.endswith(".recorded")]


def is_recorded(one: House) -> bool:
    return "HY_REC" in one.asterisk.lines["c1"].variables


def answered(one: House) -> Callable[[], bool]:
    """ALICE picks up; whether they talk."""
    one.offer(one.call(), here(ALICE))
    one.until(lambda: one.asterisk.rung)
    leg = one.asterisk.pick_up(f"a{ALICE}")
    return lambda: one.room() == {"c1", leg}


@pytest.mark.parametrize("line", ["hotline", "vip"])
def test_hl7_who_is_answered_at_once_hears_it_before_the_first_word(house: Make, line: str) -> None:
    one = house(f"a{ALICE}")
    in_haste(one, line)
    they_talk = answered(one)
    one.until(lambda: notices(one) == ["zh-hans/talk.recorded"])
    assert not is_recorded(one)
    assert one.call().notified_at is None
    one.asterisk.finish()
    one.until(they_talk)
    assert is_recorded(one)
    assert one.call().notified_at is not None


def test_hl7_who_heard_it_in_the_menu_does_not_hear_it_again(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.talk()
    assert notices(one) == ["zh-hans/menu.recorded"]
    assert one.call().notified_at is not None


def test_hl7_who_heard_it_while_waiting_does_not_hear_it_again(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.asterisk.dial("c1", line="vip")
    one.until(lambda: one.state() == "waiting" and one.call().notified_at)
    one.until(answered(one))
    assert notices(one) == ["zh-hans/menu.recorded"]


def test_hl7_a_switchboard_that_begins_anew_knows_who_heard_it(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.wait_in_queue()
    one.end()
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(answered(one))
    assert notices(one) == ["zh-hans/menu.recorded"]


def test_hl7_in_another_language_it_is_said_again_and_once(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.asterisk.dial("c1")
    heard = one.asterisk.lines["c1"].heard
    for key, file, times in (("7", "zh-hans/menu.main", 1), ("9", "en/menu.main", 1), ("0", "en/menu.main", 2)):
        one.until(partial(lambda file, times: heard.count(file) == times, file, times))
        one.asterisk.key_in("c1", key)
    one.until(lambda: one.state() == "waiting")
    one.until(answered(one))
    assert notices(one) == ["zh-hans/menu.recorded", "en/menu.recorded"]


def test_hl7_what_is_asked_meanwhile_is_done_when_it_was_heard(house: Make) -> None:
    one, alice = house(f"a{ALICE}", BUYER), here(ALICE)
    made, leg = one.call_out(alice)
    one.until(lambda: len(one.asterisk.rung) == 2)
    one.asterisk.is_slow = True
    buyer = one.asterisk.pick_up(BUYER)
    one.until(lambda: one.heard("talk.recorded", channel=buyer))
    asked = voice.ask(one.call(made.channel_id), "mute", {}, alice, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    assert not one.asterisk.lines[leg].is_muted
    one.asterisk.finish()
    one.until(lambda: Command.objects.get(pk=asked.pk).state == "done")
    assert one.asterisk.lines[leg].is_muted
    one.until(lambda: one.asterisk.rooms[f"hy.{made.pk}.talk"] == {leg, buyer})
