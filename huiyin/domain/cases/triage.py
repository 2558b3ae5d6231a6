"""The first sorting of what somebody writes: what it is about, how pressing it is, and the words that told us.

Plain rules in the order of harm: the first that fits decides the category, so "my account was robbed and I want a
refund" is about the account. What an order's own record shows comes before the words about it, and insults count for
nothing: whoever paid and got nothing may call us swindlers and is still somebody who got nothing. The rules read
Chinese (simplified and traditional) and English. A person may always correct them; the reasons say which words were
heard, so that nobody has to guess why.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from huiyin.domain.cases import triage_words as words
from huiyin.domain.promises.promises import Category, Severity

LARGE_YUAN: Final = 5_000  # above this a buyer may go to court (CP9); a large top-up anomaly is never simple (RM4)
_LONGEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Reason:
    """A code for the catalogues and the words of the buyer it rests on."""

    code: str
    heard: str = ""


class Triage(NamedTuple):
    category: Category
    urgency: Severity
    reasons: tuple[Reason, ...]


_UNHURRIED: Final = frozenset({Category.HOW_TO, Category.MEMBERSHIP_POINTS})


def _pattern(lines: str) -> re.Pattern[str]:
    """One pattern of the alternatives in the lines of `triage_words.py`."""
    alternatives = "|".join(line for line in lines.splitlines() if line)
    return re.compile(alternatives.replace("…", ".{0,12}").replace("~", ".{0,30}"), re.ASCII | re.MULTILINE)


_HARM: Final = tuple((category, _pattern(lines)) for category, lines in words.HARM)
_CATEGORIES: Final = tuple((category, _pattern(lines)) for category, lines in words.CATEGORIES)
_URGENT: Final = _pattern(words.URGENT)
_PRESSING: Final = _pattern(words.PRESSING)
_SIMPLER: Final = str.maketrans(words.TRADITIONAL, words.SIMPLIFIED)

_DIGIT: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九十")} | {"两": 2}
_AMOUNT: Final = re.compile(
    r"(?:(?P<sign>¥|rmb|cny)\s*)?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,9}(?:\.\d+)?|[一两二三四五六七八九十])"
    r"\s*(?P<times>[千万k])?\s*(?P<unit>多?(?:元|块|yuan|rmb|cny))?",
    re.ASCII,
)
_TIMES: Final = {None: 1, "千": 1_000, "k": 1_000, "万": 10_000}


def classify(text: str, situation: str = "") -> Triage:
    """Category, urgency and the reasons for both. Anything is text to it; what it cannot place is `other`, normal.
    `situation`: of the order it is about, where one is known and may be told."""
    plain = _plain(text)
    category, heard = _category(plain, situation)
    urgency, why = _urgency(plain, category)
    return Triage(category, urgency, heard + why)


def amounts_in(text: str) -> tuple[Decimal, ...]:
    """Sums of money the text names, in yuan: with a sign or unit, or in ten thousands (`1.2万`)."""
    return tuple(_amounts(_plain(text)))


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text[:_LONGEST])[:_LONGEST].lower().replace("’", "'")
    return wide.translate(_SIMPLER)


def _category(plain: str, situation: str) -> tuple[Category, tuple[Reason, ...]]:
    if (harm := _first(_HARM, plain)) is not None:
        return harm
    said = _first(_CATEGORIES, plain) or (Category.OTHER, (Reason("about_other"),))
    shown = words.SHOWN_BY_ORDER.get(situation)
    if shown is None or said[0] in words.BESIDE_THE_ORDER:
        return said
    return shown, (Reason("order_shows", situation),)


def _first(
    known: tuple[tuple[Category, re.Pattern[str]], ...], plain: str
) -> tuple[Category, tuple[Reason, ...]] | None:
    for category, pattern in known:
        if match := pattern.search(plain):
            return category, (Reason(f"about_{category.value}", match.group()),)
    return None


def _urgency(plain: str, category: Category) -> tuple[Severity, tuple[Reason, ...]]:
    if match := _URGENT.search(plain):
        return Severity.URGENT, (Reason("urgent_words", match.group()),)
    if category is Category.ACCOUNT_STOLEN:
        return Severity.URGENT, (Reason("urgent_category"),)
    large = max(_amounts(plain), default=Decimal(0))
    if large > LARGE_YUAN:
        return Severity.HIGH, (Reason("large_amount", str(large)),)
    if match := _PRESSING.search(plain):
        return Severity.HIGH, (Reason("pressing_words", match.group()),)
    return (Severity.LOW if category in _UNHURRIED else Severity.NORMAL), ()


def _amounts(plain: str) -> Iterator[Decimal]:
    for match in _AMOUNT.finditer(plain):
        number, times = match["number"], match["times"]
        if not (match["sign"] or match["unit"] or times == "万"):
            continue
        value = Decimal(_DIGIT[number]) if number in _DIGIT else Decimal(number.replace(",", ""))
        yield value * _TIMES[times]
