"""HL3, HL4 in the console: trying the menu without a call."""

import pytest
from django.test import Client

from huiyin.domain.routing.models import Queue
from tests.web.console.hotline import HOTLINE, At, change
from tests.web.console.test_console import page, text_of


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
