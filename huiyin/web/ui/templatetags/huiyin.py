"""Filters for amounts, times, numbers and the small typography of Chinese beside Latin."""

import re
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from huiyin.web.ui import times
from huiyin.web.ui.words_trust import word_of_today

register = template.Library()

THIN, NARROW = "\u2009", "\u202f"  # thin space; the same without a line break
_HAN = "\u3400-\u9fff"
_DAY = re.compile(r"(?<=[天日月]) ?(?=[0-9])")
_AFTER_NUMBER = re.compile(rf"(?<=[0-9]) ?(?=[{_HAN}])")  # amounts, times and counts stay with their word
_SEAM = re.compile(rf"(?<=[{_HAN}]) ?(?=[A-Za-z0-9*])|(?<=[A-Za-z*%]) ?(?=[{_HAN}])")


@register.filter
def typeset(text: object) -> SafeString:
    """Thin spaces between Chinese and Latin, none of them a line break inside an amount or a time."""
    escaped = conditional_escape(str(text))
    joined = _AFTER_NUMBER.sub(NARROW, _DAY.sub(NARROW, escaped))
    return mark_safe(_SEAM.sub(THIN, joined))


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: a blank in English, nothing in Chinese."""
    return " " if (get_language() or "").startswith("en") else ""


@register.filter
def moment(at: datetime | str | None) -> str:
    """`00:02`, `yesterday 23:54`, `11/20, 23:54`."""
    return times.moment(at)


@register.filter
def clock(seconds: float) -> str:
    """A place in a recording: `2:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


@register.filter
def deadline(at: datetime | str | None) -> str:
    """`today 18:00`."""
    return times.deadline(at)


@register.filter
def money(yuan: object) -> str:
    """`100.00 yuan`."""
    return times.money(yuan)


@register.filter
def grouped(no: str) -> str:
    """A matter number as people read it aloud: 4831 0275 9164, on one line."""
    return "\u00a0".join(no[at : at + 4] for at in range(0, len(no), 4))


@register.filter
def code_word(no: str) -> str:
    """Today's code word of the matter with this number: `青松 47`."""
    return word_of_today(no, timezone.now())
