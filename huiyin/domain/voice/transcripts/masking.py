"""Long runs of digits stay out of what is written down (pure): card keys, bill numbers, passwords.

People read numbers in groups with pauses and small words between, so that one number may be several stretches of
speech; it is still one run. Which words may stand between is a list: a number read with a story in it is two numbers.
Shorter numbers (amounts, hours, a call code that is used up) stay: without them nobody understands what was said.
"""

import re
from collections.abc import Sequence
from typing import Final

LONGEST_SHOWN: Final = 7  # digits in one run
STAR: Final = "*"
_NAMES: Final = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_DIGIT: Final = rf"(?:[0-9０-９零〇一二三四五六七八九幺两兩{re.escape(STAR)}]|(?<![a-z])(?:{_NAMES})(?![a-z]))"
# said while one reads, listens or makes sure; the longer of two that begin alike first, for nothing is tried twice
_SMALL: Final = (
    "对的|对吧|对|對|好的|好|是的|是|就是|的|了|嗯|啊|呃|额|哦|噢|诶|吧|呢|行|然后|然後|接着|接下来|那个|那|这个|继续|您说|你说|请说|"
    "再来|再|后面|最后|前面|前|后|第|组|段|位|横杠|横线|短横|杠|点|斜杠|斜线|空格|减号"
)
_SMALL_IN_ENGLISH: Final = (
    "and|then|ok|okay|yes|yeah|right|uh|um|er|so|next|dash|hyphen|slash|space|dot|point|the|group"
)  # fmt: skip
# any sign but those of money and shares, which say that it is no number of a card
_BETWEEN: Final = rf"(?:[^\w*¥￥$€%％]|_|{_SMALL}|(?<![a-z])(?:{_SMALL_IN_ENGLISH})(?![a-z]))"
# possessive: 好的好的好的 can be read in many ways, and trying all of them would take for ever
_RUN: Final = re.compile(rf"{_DIGIT}(?:{_BETWEEN}*+{_DIGIT}){{{LONGEST_SHOWN},}}+", re.IGNORECASE)
_ONE: Final = re.compile(_DIGIT, re.IGNORECASE)
_EDGE: Final = "\n"


def masked(texts: Sequence[str]) -> list[str]:
    """What one person said, stretch by stretch: each digit of a run of eight or more is a star."""
    if not texts:
        return []
    whole = _EDGE.join(text.replace(_EDGE, " ") for text in texts)
    return _RUN.sub(lambda run: _ONE.sub(STAR, run[0]), whole).split(_EDGE)
