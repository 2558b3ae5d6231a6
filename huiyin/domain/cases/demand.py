"""What a buyer wants, as a list of items, and whether it is said so that it can be met (CP3, CP17).

A demand that says what, how much and until when is met sooner; "尽快解决" is not. We name the letters of SMART that are
missing (specific, measurable, achievable, relevant, time-bound) and propose wording from the order's own facts. It is a
hint and never a hurdle. Insults are not held against anybody: the wording we propose simply says the facts.

Achievable and relevant are only missed where the text itself shows it: more than the law's threefold (Consumer
Protection Law, Art. 55: three times the price, at least 500 yuan), or things that are not in anybody's hands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from huiyin.domain.cases.demand_figures import MONTH_DAY, amounts_in, time_in
from huiyin.domain.cases.demand_figures import plain as plain_text
from huiyin.domain.cases.demand_phrases import (
    ASKS,
    ENDLESS,
    EXPLAINS,
    IMPOSSIBLE,
    INSULTS,
    OBJECTS,
    REFUSED,
    RESTORES,
    WANTS,
    WHEN,
    WHOLE,
)
from huiyin.lib.money import Money


class ItemKind(StrEnum):
    REISSUE = "reissue"
    REFUND = "refund"
    COMPENSATION = "compensation"
    EXPLANATION = "explanation"
    OTHER = "other"


class ItemState(StrEnum):
    OPEN = "open"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CARRYING_OUT = "carrying_out"
    ARRIVED = "arrived"
    WITHDRAWN = "withdrawn"


class Letter(StrEnum):
    SPECIFIC = "S"
    MEASURABLE = "M"
    ACHIEVABLE = "A"
    RELEVANT = "R"
    TIME_BOUND = "T"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing wanted. `amount` zero and `by` None = not named; `to` = where it should arrive."""

    kind: ItemKind
    amount: Money = Money()
    to: str = ""
    by: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the shop says about the order, as far as a demand rests on it. `short`: what is missing of its value."""

    order_no: str
    title: str
    amount: Money
    situation: str = ""
    short: Money = Money()
    paid_twice: Money = Money()  # the second payment


@dataclass(frozen=True, slots=True)
class Check:
    """`missing` in the order of the word SMART; `proposed` are the items our wording is made of."""

    missing: tuple[Letter, ...]
    proposed: tuple[Item, ...] = field(default_factory=tuple)
    is_rude: bool = False

    @property
    def is_smart(self) -> bool:
        return not self.missing


# Patterns repeat at most so often that no text takes long.
_NUMBER: Final = r"[0-9一二两兩三四五六七八九十百千万萬半]{1,12}"
_DECIMAL: Final = r"\d{1,12}(?:\.\d{1,6})?"
_BLANK: Final = r"\s{0,3}"
_UNIT: Final = "(?:元|块|塊|yuan|rmb|cny)"
_AMOUNT: Final = re.compile(rf"[¥￥]{_BLANK}\d|(?:{_NUMBER}|{_DECIMAL}){_BLANK}{_UNIT}")
_PIECES: Final = re.compile(rf"{_NUMBER}{_BLANK}(?:张|張|个|份|次|积分|cards?|keys?|points?)")
_SPAN: Final = re.compile(
    rf"{_NUMBER}{_BLANK}个?(?:分钟|小时|工作日|天|日|周|星期|月|minutes?|hours?|days?|weeks?){_BLANK}"
    "(?:之?[内內]|以[内內]|之?前|后)?"
)
_DATE: Final = re.compile(rf"\d{{1,2}}{_BLANK}[月/.-]{_BLANK}\d{{1,2}}|\d{{1,2}}{_BLANK}[:点时]")
LONGEST_ITEM: Final = 2_000  # characters we keep of one
PATIENCE: Final = timedelta(hours=24)  # the time we propose where nothing shorter was promised
# what nobody is given an order's money for
BESIDE_ORDERS: Final = frozenset(
    {"service_attitude", "account_access", "account_stolen", "membership_points", "how_to"}
)
_PUNITIVE: Final = 4  # what was paid and three times that again
_LEAST_PUNITIVE: Final = Money(50_000)
_BEYOND: Final = Money(10_000_000)  # 100 000 yuan: beyond any order of a shop of digital goods


def check(
    text: str, items: Sequence[Item], order: OrderFacts | None, now: datetime, *, category: str = ""
) -> Check:  # fmt: skip
    """Which letters are missing, and what we would propose instead: about what it is about (`category`), until when the
    text says. Never blocks anything."""
    plain = plain_text(text)
    wanted = list(items) or items_in(plain)
    missing = tuple(letter for letter, misses in _LETTERS if misses(plain, wanted, order))
    by = time_in(text, now) or _whole_hour(now + PATIENCE)
    proposed = _propose(wanted, order, by, category) if missing else ()
    return Check(missing, proposed, is_rude=any(word in plain for word in INSULTS))


def items_in(text: str) -> list[Item]:
    """The things a text asks for, each kind once, in the order they are named, with the amount where only one is."""
    plain = plain_text(text)
    places = _places(plain)
    kinds = sorted(places, key=lambda kind: places[kind])
    amounts = amounts_in(plain)
    money = [kind for kind in kinds if kind in {ItemKind.REFUND, ItemKind.COMPENSATION}]
    known = amounts[0] if len(amounts) == 1 and len(money) == 1 else Money()
    named = RESTORES.search(plain)
    words = named[0] if named is not None else ""
    return [
        Item(kind, known if kind in money else Money(), text=words if kind is ItemKind.OTHER else "") for kind in kinds
    ]


def _places(text: str) -> dict[ItemKind, int]:
    """Where each kind is asked for first. What is refused is not asked for."""
    wanted = _blank(REFUSED, text)
    goods = _blank(RESTORES, wanted)
    found = {kind: [goods.find(word) for word in words if word in goods] for kind, words in _KINDS}
    for kind, ask in _ASKS:
        found[kind] += [match.start() for match in (ask.search(goods),) if match is not None]
    found[ItemKind.OTHER] = [match.start() for match in (RESTORES.search(wanted),) if match is not None]
    return {kind: min(places) for kind, places in found.items() if places}


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Without it, every other sign where it was."""
    return pattern.sub(lambda match: " " * len(match[0]), text)


def wanted_in(text: str, named: Sequence[Item] = ()) -> tuple[Item, ...]:
    """The items that are named, else those the words name, else the words as they are: whoever says what they want
    wants something, and it can be offered for. Empty without words."""
    said = text.strip()[:LONGEST_ITEM]
    return tuple(named) or tuple(items_in(text)) or ((Item(ItemKind.OTHER, text=said),) if said else ())


_KINDS: Final = tuple((ItemKind(kind), words) for kind, words in WANTS.items())
_ASKS: Final = tuple((ItemKind(kind), ask) for kind, ask in ASKS.items())


def _unspecific(text: str, items: Sequence[Item], order: OrderFacts | None) -> bool:
    return not any(item.kind is not ItemKind.OTHER or item.text for item in items)


def _unmeasured(text: str, items: Sequence[Item], order: OrderFacts | None) -> bool:
    """An amount, a number of pieces, "all of it"; a whole order is a measure too, and a reason is one of words."""
    if any(item.amount for item in items) or _AMOUNT.search(text) or _PIECES.search(text) or amounts_in(text):
        return False
    if any(word in text for word in WHOLE):
        return False
    kinds = {item.kind for item in items if item.kind is not ItemKind.OTHER or not RESTORES.search(text)}
    if items and not kinds:
        return False  # an account that works again
    if kinds == {ItemKind.EXPLANATION}:
        return not any(word in text for word in EXPLAINS)
    return not (ItemKind.REISSUE in kinds and order is not None)


def _unachievable(text: str, items: Sequence[Item], order: OrderFacts | None) -> bool:
    if any(word in text for word in IMPOSSIBLE):
        return True
    wanted = [item.amount for item in items if item.amount] or amounts_in(text)
    limit = _BEYOND
    if order is not None:
        limit = max(Money(order.amount.fen * _PUNITIVE), order.amount + _LEAST_PUNITIVE)
    return any(amount > limit for amount in wanted)


def _irrelevant(text: str, items: Sequence[Item], order: OrderFacts | None) -> bool:
    """Things we do not sell and nobody here can give, where nothing else is asked for."""
    return any(word in text for word in OBJECTS) and not any(item.kind is not ItemKind.OTHER for item in items)


def _endless(text: str, items: Sequence[Item], order: OrderFacts | None) -> bool:
    if any(item.by for item in items):
        return False
    rest = text
    for word in ENDLESS:
        rest = rest.replace(word, " ")
    return not (
        _SPAN.search(rest) or _DATE.search(rest) or MONTH_DAY.search(rest) or any(word in rest for word in WHEN)
    )


_LETTERS: Final = (
    (Letter.SPECIFIC, _unspecific),
    (Letter.MEASURABLE, _unmeasured),
    (Letter.ACHIEVABLE, _unachievable),
    (Letter.RELEVANT, _irrelevant),
    (Letter.TIME_BOUND, _endless),
)


def _propose(
    wanted: Sequence[Item], order: OrderFacts | None, by: datetime, category: str
) -> tuple[Item, ...]:  # fmt: skip
    """The items as we would write them: kinds as wanted, else as the order's situation calls for; each with a time.
    Money only where an order stands for it and it is about one."""
    kinds = [item for item in wanted if item.kind is not ItemKind.OTHER or RESTORES.search(item.text)]
    if not kinds:
        about = order if category not in BESIDE_ORDERS else None
        called_for = _CALLED_FOR.get(about.situation, _USUAL) if about else _WORDS_ONLY
        kinds = [Item(kind) for kind in (_NEW_ONE if about and about.short else called_for)]
    limit = _most(order)
    return tuple(replace(item, amount=_amount(item, order, limit), by=item.by or by) for item in kinds)


def _amount(item: Item, order: OrderFacts | None, limit: Money) -> Money:
    if item.kind in {ItemKind.EXPLANATION, ItemKind.OTHER}:
        return Money()
    if item.amount and item.amount <= limit:
        return item.amount
    if order is None or item.kind is ItemKind.COMPENSATION:
        return Money()
    if item.kind is ItemKind.REISSUE:
        return order.short
    return order.paid_twice or order.short or order.amount


def _most(order: OrderFacts | None) -> Money:
    return max(Money(order.amount.fen * _PUNITIVE), order.amount + _LEAST_PUNITIVE) if order else _BEYOND


def _whole_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


_WORDS_ONLY: Final = (ItemKind.EXPLANATION,)
_USUAL: Final = (ItemKind.REFUND, ItemKind.EXPLANATION)
_NEW_ONE: Final = (ItemKind.REISSUE, ItemKind.EXPLANATION)
_MONEY: Final = (ItemKind.REFUND,)
# situation of the order → what a buyer in it usually wants
_CALLED_FOR: Final = {
    "platform_failed": _NEW_ONE,
    "paid_after_expiry": _NEW_ONE,
    "partial_delivery": _NEW_ONE,
    "expired_card": _NEW_ONE,
    "wrong_region": _NEW_ONE,
    "key_sold_twice": _NEW_ONE,
    "redeemed_before_delivery": _NEW_ONE,
    "short_amount": _NEW_ONE,
    "already_redeemed": (ItemKind.EXPLANATION, ItemKind.REISSUE),
    "out_of_stock": _MONEY,
    "duplicate_charge": _MONEY,
    "refund_failed": _MONEY,
    "delivered": (ItemKind.EXPLANATION,),
}
