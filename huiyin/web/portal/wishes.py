"""What the buyer wants, as chips with an amount and a time each: proposed from the order, read from the form."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from huiyin.domain.cases.demand import Item, ItemKind, OrderFacts, check
from huiyin.domain.cases.demand_words import suggestion
from huiyin.domain.cases.triage import classify
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from huiyin.web.ui.words_cases import item_name, smart_hint

OFFERED = (ItemKind.REISSUE, ItemKind.REFUND, ItemKind.COMPENSATION, ItemKind.EXPLANATION)
WITH_AMOUNT = {ItemKind.REFUND, ItemKind.COMPENSATION}
HOURS = (24, 72, 168)
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class WishRow:
    """One chip with what stands beside it once it is chosen."""

    kind: str
    name: str
    is_chosen: bool
    has_amount: bool
    amount: str
    hours: str


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


def hours_offered() -> list[Choice]:
    """Until when it may be wanted."""
    named = {24: gettext("within a day"), 72: gettext("within 3 days"), 168: gettext("within a week")}
    return [*(Choice(str(hours), named[hours]) for hours in HOURS), Choice("", gettext("no time"))]


def proposed(order: OrderFacts | None, now: datetime) -> tuple[Item, ...]:
    """What somebody with such an order usually wants; nothing is ticked for them where we know no order."""
    return check("", (), order, now).proposed if order else ()


def rows_of(items: Iterable[Item]) -> list[WishRow]:
    """The chips before anything was sent."""
    known = {item.kind: item for item in items}
    amounts = {kind: str(item.amount) for kind, item in known.items() if item.amount}
    return [_row(kind, is_chosen=kind in known, amount=amounts.get(kind, "")) for kind in OFFERED]


def rows_sent(sent: QueryDict) -> list[WishRow]:
    """The chips as they were sent, to be shown again."""
    wanted = set(sent.getlist("want"))
    return [
        _row(
            kind,
            is_chosen=kind in wanted,
            amount=sent.get(f"amount_{kind}", "")[:16],
            hours=sent.get(f"hours_{kind}", "24"),
        )
        for kind in OFFERED
    ]


def _row(kind: ItemKind, *, is_chosen: bool, amount: str, hours: str = "24") -> WishRow:
    has_amount = kind in WITH_AMOUNT or bool(amount)  # of a new key only where a part of the value is missing
    return WishRow(kind.value, item_name(kind.value), is_chosen, has_amount, amount, hours)


def items_sent(sent: QueryDict, now: datetime) -> tuple[Item, ...]:
    """What was ticked. Raises Refusal `amount_unreadable`."""
    wanted = set(sent.getlist("want"))
    return tuple(
        Item(kind, _amount(sent.get(f"amount_{kind}", "")), by=_until(sent.get(f"hours_{kind}", ""), now))
        for kind in OFFERED
        if kind in wanted
    )


def _amount(text: str) -> Money:
    plain = re.sub(r"[¥￥,，\s]|元|块", "", text)
    if not plain:
        return Money()
    if not _AMOUNT.fullmatch(plain):
        raise Refusal("amount_unreadable")
    return Money.parse(plain)


def _until(text: str, now: datetime) -> datetime | None:
    if not text.isdigit() or int(text) not in HOURS:
        return None
    return (now + timedelta(hours=int(text))).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hint:
    """What is missing in one line, and our wording; both empty when nothing is."""

    says: str = ""
    suggestion: str = ""


def hint_for(
    request: HttpRequest, items: Sequence[Item], order: OrderFacts | None, now: datetime, category: str = ""
) -> Hint:
    """The SMART check of what stands in the form: a hint, never a hurdle. `category`: of the case, if known."""
    text = "\n".join(request.POST.get(name, "") for name in ("demand", "what_happened"))[:8000]
    category = request.POST.get("category", "") or category or classify(text, order.situation if order else "").category
    found = check(text, items, order, now, category=category)
    if found.is_smart or not (items or text.strip()):
        return Hint()
    return Hint(smart_hint(found.missing), suggestion(found.proposed, order, category))
