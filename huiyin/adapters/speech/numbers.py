"""How values are read aloud: counts, digits one by one, sums of money, times. A voice that meets `1024` in a Chinese
sentence would read a number where people expect four digits, and on the telephone the digit one is called yao."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

_ZH: Final = "零一二三四五六七八九"
_ZH_ALOUD: Final = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_EN_ALOUD: Final = {
    "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four",
    "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine",
}  # fmt: skip
_ZH_PLACES: Final = ("", "十", "百", "千")
_ZH_GROUPS: Final = ("", "万", "亿")


def count(value: object, language: str) -> str:
    """A whole number as people say how many: 2 before a measure word is 两."""
    number = int(str(value))
    if not language.startswith("zh"):
        return str(number)
    return "两" if number == 2 else chinese(number)


def digits(value: object, language: str) -> str:
    """Each digit and letter by itself, with a short pause after three or four; other signs are left out."""
    names = _ZH_ALOUD if language.startswith("zh") else _EN_ALOUD
    said = [names.get(sign, sign.upper()) for sign in str(value) if sign.isascii() and sign.isalnum()]
    size = 3 if len(said) % 3 == 0 else 4
    groups = [" ".join(said[start : start + size]) for start in range(0, len(said), size)]
    return ("，" if language.startswith("zh") else ", ").join(groups)


def money(value: object, language: str) -> str:
    """An amount in fen: 12.50 yuan are 十二元五角."""
    fen = int(str(value))
    yuan, rest = divmod(abs(fen), 100)
    if not language.startswith("zh"):
        return f"{yuan} yuan" + (f" {rest}" if rest else "")
    jiao, left = divmod(rest, 10)
    small = (f"{_ZH[jiao]}角" if jiao else "零" if left and yuan else "") + (f"{_ZH[left]}分" if left else "")
    return (f"{chinese(yuan)}元" if yuan or not rest else "") + small


def time(value: object, language: str) -> str:
    """A day and time, as its own clock says (a datetime, or its ISO form): 十一月二十二日十五点零五分."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if not language.startswith("zh"):
        return f"{at:%-d %B, %-H:%M}"
    minutes = "整" if at.minute == 0 else ("零" if at.minute < 10 else "") + chinese(at.minute) + "分"
    return f"{chinese(at.month)}月{chinese(at.day)}日{chinese(at.hour)}点{minutes}"


def plain(value: object, _language: str) -> str:
    """Words as they are, without what a voice or a template might take for a command."""
    return "".join(sign for sign in str(value) if sign.isprintable() and sign not in "<>{}[]|")[:200]


SPOKEN: Final[dict[str, Callable[[object, str], str]]] = {
    "": plain,
    "count": count,
    "digits": digits,
    "money": money,
    "time": time,
}


def chinese(number: int) -> str:
    """A whole number below 10^12 in Chinese numerals: 10 240 is 一万零二百四十."""
    if number == 0:
        return "零"
    said, was_gap = "", False
    for group in (2, 1, 0):
        part = number // 10_000**group % 10_000
        if part == 0:
            was_gap = bool(said)
            continue
        said += ("零" if said and (was_gap or part < 1000) else "") + _group(part) + _ZH_GROUPS[group]
        was_gap = False
    return said.removeprefix("一") if said.startswith("一十") else said


def _group(part: int) -> str:
    said, is_gap = "", False
    for place in (3, 2, 1, 0):
        digit = part // 10**place % 10
        if digit == 0:
            is_gap = bool(said)
            continue
        said += ("零" if is_gap else "") + _ZH[digit] + _ZH_PLACES[place]
        is_gap = False
    return said
