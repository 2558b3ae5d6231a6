"""HL2, HL3, HL4 in the console: lines, the menu as a draft with its faults named, trying it, recorded sentences."""

import io
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from pytest_django import Settings

from huiyin.adapters.speech.prompts import Prompts
from huiyin.domain.routing.models import Queue
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.hotline.models import Take
from huiyin.domain.voice.hotline.queries import draft, live, working
from huiyin.domain.voice.hotline.tables import fingerprint
from huiyin.domain.voice.menu import Say
from huiyin.domain.voice.models import Line
from huiyin.domain.voice.shipped_menu import TABLE
from huiyin.web.console.hotline_forms import read
from tests import people
from tests.web.console.test_console import page, text_of

At = Callable[..., Client]
HOTLINE = "/console/hotline"
PAGES = [
    "", "/line", "/line/001", "/menu", "/menu/node", "/menu/node/main", "/try", "/sentences",
    "/sentences/zh-hans/menu.main", "/sound/en/menu.bye",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _its_own_sounds(settings: Settings, tmp_path: Path) -> Iterator[None]:
    voice.ship_lines()
    settings.RECORDINGS = tmp_path / "voice" / "recordings"
    yield


class Form(HTMLParser):
    """What a browser would send of the first form that has a field of this name."""

    def __init__(self, body: str, having: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select, self._area = "", ""
        forms = re.findall(r"<form method=\"post\".*?</form>", body, re.DOTALL)
        self.feed(next(one for one in forms if f'name="{having}"' in one))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = dict(attrs)
        name, value = one.get("name") or "", one.get("value")
        if tag == "input" and (one.get("type") not in {"checkbox", "radio"} or "checked" in one):
            self.fields[name] = value or ""
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and ("selected" in one or self._select not in self.fields):
            self.fields[self._select] = value or ""
        if tag == "textarea":
            self._area = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


def form(client: Client, path: str, having: str = "was") -> dict[str, str]:
    return Form(page(client, HOTLINE + path), having).fields


def change(client: Client, name: str, **typed: str) -> Any:
    """Send a node's form with this typed into it."""
    path = f"/menu/node/{name}"
    return client.post(HOTLINE + path, form(client, path) | typed)


def publish(client: Client) -> Any:
    return client.post(f"{HOTLINE}/menu/publish", {"edition": str(getattr(draft(), "edition", 0))})


@pytest.mark.parametrize("agent_no", [people.ALICE, people.SECOND, people.RISK])
@pytest.mark.parametrize("path", PAGES)
def test_who_does_not_lead_sets_up_nothing(at_console: At, agent_no: str, path: str) -> None:
    client = at_console(agent_no)
    assert client.get(HOTLINE + path).status_code == 403
    assert Client().get(HOTLINE + path).status_code == 302


@pytest.mark.parametrize("path", ["/line", "/line/001", "/menu/publish", "/menu/drop", "/menu/back", "/menu/frame",
                                  "/menu/node", "/menu/node/main", "/sentences/en/menu.bye"])  # fmt: skip
def test_who_does_not_lead_changes_nothing(at_console: At, path: str) -> None:
    assert at_console(people.ALICE).post(HOTLINE + path, {"gone": "1"}).status_code == 403
    assert (draft(), live().pk, Line.objects.count()) == (None, 0, 4)


@pytest.mark.parametrize("agent_no", [people.SUN, people.OPS, people.KEEPER])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_who_leads_sees_every_page(at_console: At, agent_no: str, path: str, language: str) -> None:
    answer = at_console(agent_no).get(HOTLINE + path, headers={"accept-language": language})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/line/moon", "/menu/node/moon", "/sentences/en/moon", "/sentences/fr/menu.main",
                                  "/sound/en/own.0000000000000000", "/sound/en/..%2f..%2fetc"])  # fmt: skip
def test_what_there_is_not_is_absent(at_console: At, path: str) -> None:
    assert at_console().get(HOTLINE + path).status_code == 404


def test_hl2_a_line_is_added_changed_and_taken_away(at_console: At) -> None:
    client = at_console()
    typed = form(client, "/line") | {"number": "003", "title": "退款专线", "title_en": "Refunds", "node": "recharge"}
    assert client.post(f"{HOTLINE}/line", typed).status_code == 302
    assert "Refunds" in text_of(page(client, HOTLINE))
    assert voice.line_for("003").node == "recharge"
    client.post(f"{HOTLINE}/line/003", form(client, "/line/003") | {"title_en": "Money back"})
    assert Line.objects.get(number="003").title_en == "Money back"
    client.post(f"{HOTLINE}/line/003", {"gone": "1"})
    assert not Line.objects.filter(number="003").exists()


def test_hl2_a_line_form_that_is_stale_shows_the_difference_and_keeps_what_was_typed(at_console: At) -> None:
    sun, sue = at_console(), at_console(people.SUE)
    stale = form(sun, "/line/001")
    sue.post(f"{HOTLINE}/line/001", form(sue, "/line/001") | {"shown": "400-1"})
    answer = sun.post(f"{HOTLINE}/line/001", stale | {"shown": "400-2"})
    said = text_of(answer.content.decode())
    assert answer.status_code == 409
    assert "As people read it 400-1 400-2" in said
    again = Form(answer.content.decode(), "was").fields
    assert again["shown"] == "400-2"
    assert sun.post(f"{HOTLINE}/line/001", again).status_code == 302
    assert Line.objects.get(number="001").shown == "400-2"


@pytest.mark.parametrize("name", TABLE["nodes"])
def test_hl4_a_form_that_nobody_touched_changes_nothing(at_console: At, name: str) -> None:
    sent = QueryDict(mutable=True)
    for field, value in form(at_console(), f"/menu/node/{name}").items():
        sent[field] = value
    before = TABLE["nodes"][name]
    assert read(sent, before, TABLE["nodes"]).node == before


def test_hl4_key_6_leads_to_a_queue_once_it_is_published(at_console: At) -> None:
    client = at_console()
    answer = change(client, "main", key_6="queue:supervisor", words_6="主管，经理、the boss")
    assert answer.status_code == 302
    assert queries.active_menu().nodes["main"]["keys"].get("6") is None
    assert working()["nodes"]["to_supervisor"] == {"kind": "queue", "queue": "supervisor"}
    assert "2 places differ from what callers hear" in text_of(page(client, f"{HOTLINE}/menu"))
    assert publish(client).status_code == 302
    main = queries.active_menu().nodes["main"]
    assert main["keys"]["6"] == "to_supervisor"
    assert main["words"]["6"] == ["主管", "经理", "the boss"]
    assert "The menu was published" in text_of(page(client, HOTLINE))


def test_hl4_a_queue_that_has_its_node_gets_no_second_one(at_console: At) -> None:
    change(at_console(), "main", key_6="queue:general")
    assert working()["nodes"]["main"]["keys"]["6"] == "to_general"
    assert len(working()["nodes"]) == len(TABLE["nodes"])


def test_hl4_what_is_wrong_is_named_at_its_node_and_not_published(at_console: At) -> None:
    client = at_console()
    sent = change(client, "closed", key_1="", key_2="")
    assert sent["Location"].endswith("/menu/node/closed")
    assert "finds neither recorder nor call-back" in text_of(page(client, f"{HOTLINE}/menu/node/closed"))
    shown = page(client, f"{HOTLINE}/menu")
    assert 'disabled aria-describedby="why-not"' in shown
    card = shown.split('id="n-closed"')[1].split("</li>")[0]
    assert "finds neither recorder nor call-back" in text_of(card)
    answer = publish(client)
    assert answer.status_code == 409
    assert "This cannot be heard by callers" in answer.content.decode()
    assert live().pk == 0


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("bill", {"next": ""}, "which is not there"),
        ("bill", {"least": "1"}, "does not work"),
        ("bill", {"seconds": "99"}, "between 1 and 60 seconds"),
        ("main", {f"key_{key}": "" for key in "1234567890"}, "No key leads anywhere"),
        ("main", {"say_2_zh-hans": "只有中文", "say_2_en": ""}, "says nothing in one language"),
        ("elderly", {"next": "english"}, ""),
        ("english", {"next": "english"}, "endless loop"),
        ("find_case", {"answer_other": ""}, "not said where to go on after the answer"),
        ("find_case", {"action": "order_by_code"}, ""),
        ("vip", {"next": "bye"}, "able to press 0"),
    ],
)
def test_hl4_each_fault_says_what_to_do(at_console: At, name: str, typed: dict[str, str], says: str) -> None:
    client = at_console()
    change(client, name, **typed)
    assert says in text_of(page(client, f"{HOTLINE}/menu/node/{name}"))


def test_hl4_two_who_change_the_same_node_see_the_difference(at_console: At) -> None:
    sun, sue = at_console(), at_console(people.SUE)
    stale = form(sun, "/menu/node/progress")
    change(sue, "progress", seconds="20")
    answer = sun.post(f"{HOTLINE}/menu/node/progress", stale | {"seconds": "25"})
    assert answer.status_code == 409
    assert "Seconds to wait 20 25" in text_of(answer.content.decode())
    assert sun.post(f"{HOTLINE}/menu/node/progress", Form(answer.content.decode(), "was").fields).status_code == 302
    assert working()["nodes"]["progress"]["seconds"] == 25


def test_hl4_a_node_that_was_taken_out_meanwhile_is_absent(at_console: At) -> None:
    sun, sue = at_console(), at_console(people.SUE)
    stale = form(sun, "/menu/node/vip")
    sue.post(f"{HOTLINE}/menu/node/vip", {"was": fingerprint(TABLE["nodes"]["vip"]), "gone": "1"})
    assert sun.post(f"{HOTLINE}/menu/node/vip", stale).status_code == 404


@pytest.mark.parametrize("kind", ["choice", "digits", "ask", "say", "set", "queue", "voicemail", "callback", "hang_up"])
def test_hl4_a_new_node_of_any_kind_has_its_form(at_console: At, kind: str) -> None:
    client = at_console()
    typed = {"name": "fresh", "kind": kind, "title_en": "Fresh", "title_zh-hans": "新的"}
    assert client.post(f"{HOTLINE}/menu/node", typed)["Location"].endswith("/menu/node/fresh")
    assert "Fresh" in text_of(page(client, f"{HOTLINE}/menu/node/fresh"))
    assert change(client, "fresh", seconds="7").status_code == 302
    shown = page(client, f"{HOTLINE}/menu")
    assert "nobody comes here" in text_of(shown.split('id="n-fresh"')[1].split("</li>")[0])
    assert client.post(f"{HOTLINE}/menu/node", typed).status_code == 409


def test_hl4_a_version_is_brought_back_and_a_draft_is_dropped(at_console: At) -> None:
    client = at_console()
    change(client, "main", key_6="queue:general")
    publish(client)
    first = live().pk
    client.post(f"{HOTLINE}/menu/back", {"version": "0", "live": str(first)})
    assert live().pk == 0
    assert "The shipped menu was brought back" in text_of(page(client, HOTLINE))
    client.post(f"{HOTLINE}/menu/back", {"version": str(first), "live": "0"})
    assert live().table["nodes"]["main"]["keys"]["6"] == "to_general"
    assert client.post(f"{HOTLINE}/menu/back", {"version": "999999", "live": str(live().pk)}).status_code == 404
    change(client, "main", key_6="")
    assert client.post(f"{HOTLINE}/menu/drop", {"edition": "0"}).status_code == 409
    client.post(f"{HOTLINE}/menu/drop", {"edition": str(getattr(draft(), "edition", 0))})
    assert draft() is None


def test_hl4_the_frame_of_the_menu_is_changed_in_the_draft(at_console: At) -> None:
    client = at_console()
    typed = form(client, "/menu", "tries") | {"tries": "3"}
    client.post(f"{HOTLINE}/menu/frame", typed)
    assert working()["tries"] == 3
    assert client.post(f"{HOTLINE}/menu/frame", typed).status_code == 409  # seen before it was changed


def trying(client: Client, way: str = "", **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"way": way, "when": "open", **asked}.items())
    return text_of(page(client, f"{HOTLINE}/try?part=phone&{query}"))


def test_hl4_the_menu_is_tried_as_callers_walk_it(at_console: At) -> None:
    client = at_console()
    assert "press 1. For the progress of an order, press 2" in trying(client)
    assert "Main menu 1" in trying(client, "k1")
    said = trying(client, "k1~k1~d12345678~d1000")
    assert "Number of the bill ********" in said
    assert "1000" not in said
    assert "How does it end?" in said
    assert "Anything else?" in trying(client, "k1~k1~d12345678~d1000~aother")
    assert "waits for a person: General" in trying(client, "k0")
    assert "waits for a person" in trying(client, "s~s~s")
    assert "There is no such choice" in trying(client, "k5")
    assert "waits for a person" in trying(client, "k1~k1~d0")


def test_hl4_closed_and_full_are_tried_without_waiting_for_the_night(at_console: At) -> None:
    client = at_console()
    assert "We are closed at the moment" in trying(client, "k0", when="queue_closed")
    assert "Too many people are waiting" in trying(client, "k0", when="queue_full")
    assert "speaks to the recorder" in trying(client, "k0~k2", when="queue_full")
    assert "We call back" in trying(client, "k0~k1", when="queue_full")
    assert "speaks to the recorder" in trying(client, "k0~k0", when="queue_full")
    Queue.objects.update(hours=[{"days": "all", "from": "09:00", "to": "18:00"}])
    assert "waits for a person" in trying(client, "k0", when="at", at="2026-11-23T10:00")
    assert "We are closed" in trying(client, "k0", when="at", at="2026-11-23T20:00")


def test_hl4_the_draft_is_tried_before_anybody_hears_it(at_console: At) -> None:
    client = at_console()
    change(client, "main", key_6="queue:supervisor")
    assert "Supervisors" in trying(client, "k6", menu="draft")
    assert "There is no such choice" in trying(client, "k6", menu="live")
    change(client, "main", key_6="", **{"say_0_en": "Good day.", "say_0_zh-hans": "您好。"})
    assert "Good day." in trying(client)
    assert "您好。" in trying(client, language="zh-hans")


@pytest.mark.parametrize("way", ["k~", "~~~", "x" * 4000, "k1~d" + "9" * 500, "a%00", "k1~aother", "<b>", "s~" * 300])
def test_hl4_nonsense_in_the_address_does_no_harm(at_console: At, way: str) -> None:
    assert at_console().get(f"{HOTLINE}/try", {"way": way, "line": "<b>", "when": "x", "at": "x"}).status_code == 200


def wav(
    seconds: float = 1.0, rate: int = 44_100, channels: int = 2, subtype: str = "PCM_24", level: float = 0.5
) -> bytes:
    """A tone, as a recorder saves it."""
    times = np.arange(int(seconds * rate)) / rate
    tone = level * np.sin(2 * np.pi * 440 * times)
    made = io.BytesIO()
    soundfile.write(made, np.stack([tone] * channels, axis=1), rate, subtype, format="WAV")
    return made.getvalue()


def upload(client: Client, data: bytes, path: str = "/sentences/en/menu.bye") -> Any:
    return client.post(HOTLINE + path, {"file": SimpleUploadedFile("bye.wav", data, "audio/wav")})


def heard(slug: str = "menu.bye") -> bytes:
    """What the switchboard plays for this sentence."""
    return Prompts(django_settings.RECORDINGS.parent / "sounds").path(slug, "en").read_bytes()


def test_hl3_a_recording_takes_the_place_of_a_sentence_and_gives_it_back(at_console: At) -> None:
    client, spoken = at_console(), heard()
    original = wav()
    assert upload(client, original).status_code == 302
    recorded = heard()
    assert recorded != spoken
    data, rate = soundfile.read(io.BytesIO(recorded), dtype="float64", always_2d=True)
    assert (rate, data.shape[1]) == (8000, 1)
    assert 0.9 < len(data) / rate < 1.2
    peak = np.argmax(np.abs(np.fft.rfft(data[:, 0]))) * rate / len(data)
    assert abs(peak - 440) < 3
    address = f"{HOTLINE}/sound/en/menu.bye"
    assert client.get(address).content == recorded
    assert client.get(f"{address}?as=spoken").content == spoken
    assert client.get(f"{address}?as=original").content == original
    client.post(f"{HOTLINE}/sentences/en/menu.bye", {"gone": "1"})
    assert heard() == spoken
    assert Take.objects.get().ended_at is not None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "This file is empty"),
        (b"MZ" + b"\0" * 500, "no WAV file"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "no WAV file"),
        (b"RIFF\x24\0\0\0WAVEjunk" + b"\xff" * 64, "no WAV file"),
        (wav(61, 8000, 1, "PCM_16"), "may last 60 seconds"),
        (wav(0.05), "over before a word"),
        (wav(level=0.0001, subtype="PCM_16"), "Nothing can be heard"),
        (wav(rate=4000), "less than a telephone carries"),
        (wav(channels=4), "4 channels"),
        (wav()[:3000], "over before a word"),
    ],
)
def test_hl3_a_file_that_is_no_sentence_is_refused_with_what_to_do(at_console: At, data: bytes, says: str) -> None:
    answer = upload(at_console(), data)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert not Take.objects.exists()


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [(8000, 1, "PCM_16"), (16_000, 1, "FLOAT"), (48_000, 2, "PCM_16"), (22_050, 1, "PCM_U8"), (8000, 1, "ULAW")],
)
def test_hl3_what_recorders_save_is_taken(at_console: At, rate: int, channels: int, subtype: str) -> None:
    assert upload(at_console(), wav(1.0, rate, channels, subtype)).status_code == 302


def test_hl3_no_file_is_no_recording(at_console: At) -> None:
    answer = at_console().post(f"{HOTLINE}/sentences/en/menu.bye", {})
    assert answer.status_code == 409
    assert "choose a file first" in answer.content.decode()


def test_hl3_a_recording_of_own_words_is_not_played_for_other_words(at_console: At) -> None:
    client = at_console()
    change(client, "bye", **{"say_0_en": "So long.", "say_0_zh-hans": "再会。"})
    said = Say("", words={"en": "So long.", "zh-hans": "再会。"})
    listed = page(client, f"{HOTLINE}/sentences")
    slug = re.findall(r"/sentences/en/(own\.[0-9a-f]{16})", listed)[0]
    prompts = Prompts(django_settings.RECORDINGS.parent / "sounds")
    spoken = prompts.said(said, "en").read_bytes()
    assert upload(client, wav(), f"/sentences/en/{slug}").status_code == 302
    assert prompts.said(said, "en").read_bytes() != spoken
    other = Say("", words={"en": "So long!", "zh-hans": "再会。"})
    assert prompts.said(other, "en").parent.name == "sounds"
