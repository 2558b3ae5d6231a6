"""Chinese text for searching (pure): one spelling, and its pairs of characters.

Chinese has no blanks between words, so a text is found by the pairs of neighbouring characters it holds: whoever looks
for 卡密无效 finds texts that hold 卡密, 密无 and 无效. Full-width and half-width forms, capitals, and traditional and
simplified characters are the same here.
"""

import unicodedata
from functools import lru_cache

from opencc import OpenCC


@lru_cache(maxsize=1)
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def plain(text: str) -> str:
    """NFKC, small letters, simplified characters, one blank between words."""
    small = unicodedata.normalize("NFKC", text).lower()
    known: str = _simplified().convert(small)
    return " ".join(known.split())


def pairs(words: str) -> list[str]:
    """The pairs of neighbouring characters of a `plain` text, each once; none across a blank."""
    return sorted({word[at : at + 2] for word in words.split() for at in range(len(word) - 1)})
