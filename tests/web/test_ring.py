"""The promise ring: time that is promised is visible, as a picture and in words."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from huiyin.domain.promises.promises import State
from huiyin.web.ui.ring import Ring

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def a_ring(minutes_gone: float, state: State = State.RUNNING, whole: float = 100) -> Ring:
    due, now = START + timedelta(minutes=whole), START + timedelta(minutes=minutes_gone)
    return Ring(START, due, state, "Result, by 17:40 today", now)


@pytest.mark.parametrize(
    ("ring", "tone", "percent", "text"),
    [
        (a_ring(0), "teal", 100, "1h40m"),
        (a_ring(0, whole=11 * 60 + 5), "teal", 100, "11h"),
        (a_ring(50), "teal", 50, "50m"),
        (a_ring(80), "amber", 20, "20m"),
        (a_ring(99.5), "amber", 0, "30s"),
        (a_ring(104), "red", 0, "-4m"),
        (a_ring(104, State.BROKEN), "red", 0, "-4m"),
        (a_ring(50, State.PAUSED), "grey", 100, "wait"),
        (a_ring(50, State.KEPT), "green", 100, "✓"),
        (a_ring(50, State.WITHDRAWN), "grey", 100, "–"),
        (a_ring(0, whole=4 * 24 * 60), "teal", 100, "4d"),
        (a_ring(0, whole=0), "red", 0, "0s"),
    ],
)
def test_a_ring_shows_what_is_left(ring: Ring, tone: str, percent: int, text: str) -> None:
    with translation.override("en"):
        assert (ring.tone, ring.percent, ring.text) == (tone, percent, text)
        assert ring.words.startswith("Result, by 17:40 today, ")


def test_hours_stand_above_minutes_so_that_both_can_be_read() -> None:
    with translation.override("en"):
        drawn = ElementTree.fromstring(render_to_string("ui/ring.html", {"ring": a_ring(0, whole=108)}))
    text = drawn.find("svg/text")
    assert text is not None
    assert [line.text for line in text] == ["1h", "48m"]
    with translation.override("zh-hans"):
        assert a_ring(0, whole=108).lines == ["1时", "48分"]
        assert a_ring(0, whole=30).lines == ["30分"]
        assert a_ring(50, State.PAUSED).lines == [a_ring(50, State.PAUSED).text]


def test_a_ring_is_complete_without_javascript_and_never_colour_alone() -> None:
    with translation.override("en"):
        drawn = ElementTree.fromstring(render_to_string("ui/ring.html", {"ring": a_ring(50)}))
    picture = drawn.find("svg")
    assert picture is not None
    assert picture.get("aria-label") == "Result, by 17:40 today, 50m left"
    assert picture.findtext("text") == "50m"
    left = picture.find("circle[@class='ring-left']")
    assert left is not None
    assert left.get("stroke-dasharray") == "50 100"
    assert "style" not in drawn.attrib
