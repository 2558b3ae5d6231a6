"""HL4: what callers say in the menu, with a small Asterisk that really sends sound."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.ear import RATE, sound_of
from huiyin.adapters.speech.recogniser_tones import Tones
from huiyin.daemons.calls import listening
from huiyin.daemons.calls.listening import Hearing
from huiyin.domain.voice.hearing import Heard, Recogniser
from huiyin.domain.voice.menu import Facts, begin
from huiyin.domain.voice.models import Line
from huiyin.domain.voice.shipped_menu import shipped_menu
from tests.speech import mono
from tests.switchboard import House, Make

pytestmark = pytest.mark.django_db
KNOWN = {
    520.0: "人工",
    640.0: "没收到卡密",
    760.0: "今天天气",
}  # by the tones of tests.speech
PERSON, KEY, WEATHER = "我付了款", "没收到卡密", "工号一零二四"
NOT_UNDERSTOOD = "zh-hans/menu.not_understood"
FRAME = RATE // 50 * 2


class Loaded:
    """A recogniser that is there, and counts what it is asked."""

    def __init__(self) -> None:
        self.now: Recogniser | None = self
        self.asked = 0
        self.name = "tones"

    def recognise(self, sound: bytes, rate: int) -> tuple[Heard, ...]:
        self.asked += 1
        return Tones(KNOWN).recognise(sound, rate)


class Attentive:
    """A switchboard that understands speech, and the leg that it hears."""

    def __init__(self, house: House, line: socket.socket) -> None:
        self.house, self.line, self.loaded = house, line, Loaded()
        house.asterisk.sound_from = line.getsockname()[1]
        house.centre = replace(house.centre, hearing=Hearing(self.loaded, house.threads))  # type: ignore[arg-type]
        house.begin()
        self.sent = 0

    def calls(self) -> None:
        """Somebody is in the menu, and heard."""
        self.house.asterisk.dial()
        self.house.until(lambda: self.house.heard("menu.main") and self._is_heard())

    def _is_heard(self) -> bool:
        return any({one.split(".")[2][:5] for one in room} == {"hears", "sends"} for room in self._rooms())

    def _rooms(self) -> Any:
        return self.house.asterisk.rooms.values()

    def hears(self, prompt: str, times: int) -> None:
        """So often."""
        self.house.until(lambda: self.house.asterisk.lines["c1"].heard.count(prompt) == times)

    def says(self, word: str, line: socket.socket | None = None) -> None:
        """The leg's sound, packet by packet; the switchboard takes them as they come."""
        host, _, port = self.house.asterisk.sound_to.partition(":")
        sound = mono([word], RATE)
        for at in range(0, len(sound), FRAME):
            (line or self.line).sendto(packet(self.sent, sound[at : at + FRAME]), (host, int(port)))
            self.sent += 1
            if self.sent % 20 == 0:
                self.house.run(_turn())


async def _turn() -> None:
    """Let what has come be read."""
    await asyncio.sleep(0.005)


def packet(number: int, sound: bytes) -> bytes:
    """RTP as Asterisk sends it."""
    swapped = struct.pack(f">{len(sound) // 2}h", *struct.unpack(f"<{len(sound) // 2}h", sound))
    return struct.pack("!BBHII", 0x80, 118, number % 65_536, number * 320, 7) + swapped


@pytest.fixture
def line() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        yield made


@pytest.fixture
def attentive(house: Make, line: socket.socket) -> Attentive:
    return Attentive(house(), line)


def test_hl4_what_is_said_works_like_its_key(attentive: Attentive) -> None:
    attentive.calls()
    assert attentive.house.heard("menu.speak")
    attentive.says(KEY)
    attentive.house.until(lambda: attentive.house.heard("menu.key_missing"))


def test_hl4_the_word_for_a_person_leads_to_one_and_the_ear_is_gone_then(attentive: Attentive) -> None:
    attentive.calls()
    attentive.says(PERSON)
    attentive.house.until(lambda: attentive.house.state() == "waiting")
    assert attentive.house.call().pressed == [{"node": "main", "key": "0"}]
    attentive.house.until(lambda: set(attentive.house.asterisk.lines) == {"c1"})
    assert attentive.house.asterisk.rooms == {}


def test_hl4_who_is_not_understood_is_asked_again_and_then_gets_a_person(attentive: Attentive) -> None:
    attentive.calls()
    for times in (1, 2):
        attentive.says(WEATHER)
        attentive.hears(NOT_UNDERSTOOD, times)
    attentive.says(WEATHER)
    attentive.house.until(lambda: attentive.house.state() == "waiting")


def test_hl4_keys_work_as_ever(attentive: Attentive) -> None:
    attentive.calls()
    attentive.house.asterisk.key_in("c1", "1")
    attentive.house.until(lambda: attentive.house.heard("menu.key_missing"))
    attentive.house.asterisk.key_in("c1", "0")
    attentive.house.until(lambda: attentive.house.state() == "waiting")
    assert attentive.loaded.asked == 0


def test_hl11_nobody_listens_while_a_number_is_asked_for(attentive: Attentive) -> None:
    attentive.calls()
    attentive.house.asterisk.key_in("c1", "11")
    attentive.house.until(lambda: attentive.house.heard("ask.bill"))
    attentive.says(PERSON)
    attentive.house.run(_turn())
    assert (attentive.loaded.asked, attentive.house.state()) == (0, "menu")


def test_while_we_speak_only_a_word_alone_counts(attentive: Attentive) -> None:
    attentive.calls()
    attentive.house.asterisk.is_slow = True
    attentive.house.asterisk.key_in("c1", "9")
    attentive.house.until(lambda: attentive.house.asterisk.lines["c1"].heard.count("zh-hans/menu.welcome") == 2)
    attentive.says(WEATHER)  # as it might come back from a loudspeaker
    attentive.house.until(lambda: attentive.loaded.asked == 1)
    attentive.says(PERSON)
    attentive.house.until(lambda: attentive.house.state() == "waiting")
    assert NOT_UNDERSTOOD not in attentive.house.asterisk.lines["c1"].heard


def test_sound_of_a_stranger_is_not_heard(attentive: Attentive) -> None:
    attentive.calls()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        attentive.says(PERSON, stranger)
    attentive.house.run(_turn())
    assert attentive.loaded.asked == 0


def test_without_a_recogniser_there_is_no_other_leg(house: Make) -> None:
    one = house()
    one.wait_in_queue()
    assert set(one.asterisk.lines) == {"c1"}
    assert not one.heard("menu.speak")


@pytest.mark.parametrize(("node", "prompt"), [("code", "ask.code"), ("to_recharge", "queue.place")])
def test_hl4_nobody_is_invited_to_speak_where_nobody_listens(attentive: Attentive, node: str, prompt: str) -> None:
    Line.objects.create(number="hotline", title="", title_en="", node=node)
    attentive.house.asterisk.dial()
    attentive.house.until(lambda: attentive.house.heard(prompt))
    assert not attentive.house.heard("menu.speak")


def test_more_callers_than_we_can_hear_press_keys(attentive: Attentive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST_CALLS", 1)
    attentive.calls()
    attentive.house.asterisk.dial("c2")
    attentive.house.until(lambda: attentive.house.heard("menu.main", "c2"))
    assert not attentive.house.heard("menu.speak", "c2")
    attentive.house.asterisk.leave("c1")
    attentive.house.until(lambda: set(attentive.house.asterisk.lines) == {"c2"})


def test_an_engine_that_cannot_send_sound_costs_nobody_the_menu(
    attentive: Attentive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise Gone("externalMedia")

    monkeypatch.setattr(attentive.house.asterisk, "_send_sound", cannot)
    attentive.house.wait_in_queue()
    attentive.house.until(lambda: set(attentive.house.asterisk.lines) == {"c1"})


def test_a_model_that_breaks_costs_nobody_the_menu(attentive: Attentive, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> tuple[Heard, ...]:
        attentive.loaded.asked += 1
        raise RuntimeError("no memory")

    monkeypatch.setattr(attentive.loaded, "recognise", breaks)
    attentive.calls()
    attentive.says(PERSON)
    attentive.house.until(lambda: attentive.loaded.asked == 1)
    attentive.house.asterisk.key_in("c1", "0")
    attentive.house.until(lambda: attentive.house.state() == "waiting")


@pytest.mark.parametrize(("packet", "samples"), [
    (b"", 0), (b"\x80\x76" + bytes(9), 0), (b"\x00" * 400, 0), (b"\x80\x65" + bytes(10) + bytes(4), 0),
    (b"\x80\x76" + bytes(10) + bytes(640), 320), (b"\x82\x76" + bytes(10) + bytes(8) + bytes(640), 320),
    (b"\x90\x76" + bytes(10) + b"\0\0\0\x01" + bytes(4) + bytes(640), 320),
    (b"\xa0\x76" + bytes(10) + bytes(640) + b"\0\0\0\x04", 320), (b"\x9f\x76" + bytes(20), 0),
])  # fmt: skip
def test_what_is_no_sound_is_passed_over(packet: bytes, samples: int) -> None:
    assert len(sound_of(packet)) == samples * 2


def test_the_shipped_menu_listens_from_the_first_node_on() -> None:
    assert begin(shipped_menu(), "main", Facts()).then.speech  # type: ignore[union-attr]
