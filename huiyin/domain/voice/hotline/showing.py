"""OP18: the number that rings when we call somebody."""

import re

from django.conf import settings

from huiyin.domain.voice.models import Line
from huiyin.domain.voice.shipped import DEFAULT

_LEAST = 3  # digits, of what a network takes for a number


def number_that_rings() -> str:
    """As people read it: that of the usual line, else the hotline's; empty where none is known."""
    shown = Line.objects.filter(number=DEFAULT).values_list("shown", flat=True).first()
    return shown or settings.HOTLINE


def caller_id(shown: str) -> str:
    """The number as the network takes it: `400-123-4567 转 3` is 4001234567. Empty for what begins with none."""
    begun = re.match(r"\+?[\d\s()\-‐–]*", shown.strip())
    number = re.sub(r"[^\d+]", "", begun[0]) if begun else ""
    return number if len(number) >= _LEAST else ""
