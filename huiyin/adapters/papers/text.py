"""What people wrote, made fit for paper (pure). Nothing is dropped without a trace.

A character that no font of ours can draw stands as its code, 〔U+20BB7〕, several as 〔U+0E2A 0E27〕, so that a name is
never silently shortened. The same holds for invisible characters that would change the order in which a line reads.
Long words without a place to break (addresses, numbers) get invisible ones.
"""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

LONGEST_WORD = 28  # Latin letters that fit the narrowest column
_LONG = re.compile(rf"[\x21-\x7e\u00a1-\u024f]{{{LONGEST_WORD + 1},}}")
_JOINERS = {0x200D, 0xFE0E, 0xFE0F}  # parts of emoji
_BREAK = "\u200b"


def fit(text: str, drawable: Collection[int]) -> str:
    """One paragraph of text that the fonts can draw and the columns can hold."""
    plain = unicodedata.normalize("NFC", text).replace("\t", " ")
    shown = "".join(_shown(letter, drawable) for letter in plain).replace("〕〔U+", " ")
    return _LONG.sub(lambda found: _breakable(found[0]), shown)


def paragraphs(text: str) -> list[str]:
    """The lines of a text; several empty ones in a row become one."""
    lines = [line.rstrip() for line in re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text.strip())]
    return [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]


def fit_all(value: Any, drawable: Collection[int]) -> Any:
    """Every text in lists and dictionaries; what stands under `svg` is a drawing of ours and stays."""
    if isinstance(value, str):
        return fit(value, drawable)
    if isinstance(value, dict):
        return {key: inner if key == "svg" else fit_all(inner, drawable) for key, inner in value.items()}
    return [fit_all(inner, drawable) for inner in value] if isinstance(value, list | tuple) else value


def _shown(letter: str, drawable: Collection[int]) -> str:
    code = ord(letter)
    if letter == " " or code in _JOINERS:
        return letter
    if unicodedata.category(letter) == "Zs":
        return " " if letter != "\u3000" else letter
    is_visible = unicodedata.category(letter)[0] != "C"
    return letter if is_visible and code in drawable else f"〔U+{code:04X}〕"


def _breakable(word: str) -> str:
    return _BREAK.join(word[place : place + 12] for place in range(0, len(word), 12))
