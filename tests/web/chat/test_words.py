"""What the chat says: the same places and keys in both languages, and everything that the scripts ask for."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from huiyin.domain.routing import actions as routing
from huiyin.web.chat import joined
from huiyin.web.chat.words import words
from tests.people import on_duty

OWN = {"facts", "now", "time", "day", "moment"}  # made by the scripts themselves


def said(language: str) -> dict[str, Any]:
    with translation.override(language):
        return words()


def flat(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [text for part in parts for text in flat(part)]  # type: ignore[attr-defined]


def test_both_languages_say_the_same_things_with_the_same_places() -> None:
    chinese, english = said("zh-hans"), said("en")
    assert chinese.keys() == english.keys()
    for key, text in english.items():
        places = [sorted(re.findall(r"\{\w+\}", one)) for one in flat(text)]
        assert [sorted(re.findall(r"\{\w+\}", one)) for one in flat(chinese[key])] == places, key


def test_chinese_is_chinese() -> None:
    english = [text for text in flat(said("zh-hans")) if not re.search("[\u3400-\u9fff，]", text)]
    assert sorted(english) == ["PDF"]


def test_every_word_that_a_script_asks_for_is_there_and_none_more() -> None:
    sources = "".join(path.read_text() for path in joined.MODULES.glob("*.js"))
    asked = set(re.findall(r"\bwords\.(\w+)", sources)) - OWN - {"js"}
    assert asked == set(said("en"))


def test_ch7_who_asks_hears_who_is_there_now(client: Client, db: None) -> None:
    routing.ship_queues()
    nobody = client.get("/chat.json?lang=zh-hans").json()
    assert nobody["is_here"] is False
    assert "答复您" in nobody["closed_words"]
    routing.set_presence(on_duty(now=timezone.now()), "desk", "busy", now=timezone.now())
    busy = client.get("/chat.json").json()
    assert (busy["is_here"], busy["closed_words"][:8]) == (False, nobody["closed_words"][:8])  # nobody takes anything
    routing.set_presence(on_duty(now=timezone.now()), "desk", "available", now=timezone.now())
    answer = client.get("/chat.json?lang=en")
    assert answer.json()["is_here"] is True
    assert answer.json()["words"]["hello"] == "Hello. What happened?"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies


@pytest.mark.parametrize("asked", ["", "fr", "zh-hans'--", "x" * 900])
def test_an_unknown_language_is_answered_in_chinese(client: Client, db: None, asked: str) -> None:
    answer = client.get("/chat.json", {"lang": asked}).json()
    assert answer["language"] == "zh-hans"
    assert answer["words"]["send"] == "发送"
