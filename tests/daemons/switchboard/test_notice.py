"""HL7: nobody is recorded before they heard that they are, and nobody hears it twice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from huiyin.daemons.calls.reconciling import reconcile
from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.menu import Say
from huiyin.domain.voice.models import Command
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.routing import here
from tests.switchboard import BUYER, House, Make, Spoken

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


class Mute(Spoken):
    """Lacks the notices."""

    def said(self, one: Say, language: str, *, slowly: bool = False) -> Path:
        if one.slug.endswith(".recorded"):
            raise LookupError(one.slug)
        return super().said(one, language, slowly=slowly)


class OnlyChinese(Spoken):
    def said(self, one: Say, language: str, *, slowly: bool = False) -> Path:
        if language != "zh-hans":
            raise LookupError(language)
        return super().said(one, language, slowly=slowly)


def why_not_recorded() -> list[str]:
    return [fact.data["why"] for fact in Fact.objects.filter(name="not_recorded")]


def test_hl7_who_cannot_be_told_is_not_recorded_and_the_record_says_why(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.speak(Mute())
    one.talk()
    assert notices(one) == []
    assert not is_recorded(one)
    assert not one.call().recordings.exists()
    assert one.call().notified_at is None
    assert why_not_recorded() == ["no_notice"]


def test_hl7_a_notice_whose_file_cannot_be_played_was_not_heard(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.asterisk.missing = ".recorded"
    one.talk()
    assert not is_recorded(one)
    assert why_not_recorded() == ["no_notice"]


def test_hl7_a_language_without_sentences_hears_the_usual_ones(house: Make) -> None:
    one = house(f"a{ALICE}")
    one.speak(OnlyChinese())
    one.asterisk.dial("c1")
    one.until(lambda: one.heard("menu.main"))
    one.asterisk.key_in("c1", "7")  # English
    one.until(lambda: one.asterisk.lines["c1"].heard.count("zh-hans/menu.main") == 2)
    one.asterisk.key_in("c1", "0")
    one.until(lambda: one.state() == "waiting")
    one.until(answered(one))
    assert one.call().language == "en"
    assert is_recorded(one)


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
