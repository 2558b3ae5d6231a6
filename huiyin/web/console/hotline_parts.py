"""What the pages of the hotline stand on: prompts, what a menu may name, and the frame around each page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from huiyin.adapters.speech.prompts import LANGUAGES, Prompts, places, slugs, template
from huiyin.domain.routing.models import Queue
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.hotline.queries import draft
from huiyin.domain.voice.menu_faults import Known
from huiyin.domain.voice.models import Line
from huiyin.domain.voice.shipped_menu import ACTIONS
from huiyin.web.desk.screen import frame
from huiyin.web.ui.words_console import queue_title

Options = list[tuple[str, str]]


def clean(text: str, most: int) -> str:
    """What somebody typed on one line, without signs that neither people nor tables can read."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:most]


def prompts() -> Prompts:
    """Where this instance's sentences lie."""
    return Prompts(settings.RECORDINGS.parent / "sounds")


def sayable() -> list[str]:
    """Prompts that need no values, so that a menu can say them."""
    return sorted(one for one in slugs() if not places(one))


def known() -> Known:
    """What a menu may name."""
    return Known(frozenset(sayable()), frozenset(ACTIONS), frozenset(Queue.objects.values_list("slug", flat=True)))


def words_of(slug: str) -> dict[str, str]:
    """A ready sentence in both languages."""
    return {language: template(slug, language) for language in LANGUAGES} if slug in slugs() else {}


def queues() -> Options:
    """All queues by their names."""
    return [(one.slug, queue_title(one.title, one.title_en)) for one in Queue.objects.order_by("pk")]


def all_lines() -> list[Line]:
    """All lines; the shipped ones are made where nobody has called yet."""
    if not Line.objects.exists():
        voice.ship_lines()
    return list(Line.objects.order_by("pk"))


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def page(request: HttpRequest, tab: str) -> dict[str, Any]:
    """What every page of the hotline needs."""
    return frame(request, "hotline") | {"room": "console", "tab": tab, "has_draft": draft() is not None}
