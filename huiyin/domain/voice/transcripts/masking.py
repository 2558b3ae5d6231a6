"""Long runs of digits stay out of what is written down (pure): card keys, bill numbers, passwords.

People read numbers in groups with pauses, so that one number may be several stretches of speech; it is still one run.
Shorter numbers (amounts, hours, a call code that is used up) stay: without them nobody understands what was said.
"""

import re
from collections.abc import Sequence
from typing import Final

LONGEST_SHOWN: Final = 7  # digits in one run
STAR: Final = "*"
_WORDS: Final = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_DIGIT: Final = rf"(?:[0-9０-９零〇一二三四五六七八九幺两{re.escape(STAR)}]|\b(?:{_WORDS})\b)"
_BETWEEN: Final = r"[\s,，、。.：:\-–—嗯啊呃哦]*"
_RUN: Final = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{LONGEST_SHOWN},}}", re.IGNORECASE)
_ONE: Final = re.compile(_DIGIT, re.IGNORECASE)
_EDGE: Final = "\n"


def masked(texts: Sequence[str]) -> list[str]:
    """What one person said, stretch by stretch: each digit of a run of eight or more is a star."""
    if not texts:
        return []
    whole = _EDGE.join(text.replace(_EDGE, " ") for text in texts)
    return _RUN.sub(lambda run: _ONE.sub(STAR, run[0]), whole).split(_EDGE)
