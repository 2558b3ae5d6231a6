"""What the buyer wants, item by item: what was offered, what became of it, what we still owe on it (CP17, CP18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.places import order_facts
from huiyin.domain.promises.models import Promise
from huiyin.lib.money import Money
from huiyin.web.desk.lines import ring_of
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_cases import item_head, item_name
from huiyin.web.ui.words_desk import word
from huiyin.web.ui.words_desk_case import ITEM_STATES, ITEM_TONES, offered_text, wanted_text

OPEN_TO_OFFERS = {ItemState.OPEN, ItemState.OFFERED, ItemState.REFUSED}
OURS = {ItemState.OPEN, ItemState.REFUSED}  # we owe the next word
UNDER_WAY = {ItemState.ACCEPTED, ItemState.CARRYING_OUT}
_MISSING = {ItemKind.REISSUE, ItemKind.REFUND}  # what the difference of the order is proposed for
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One item. `owes` and `ring`: the clock of what was agreed, until it has arrived."""

    no: int
    name: str
    wanted: str
    state: str
    tone: str
    offered: str
    owes: str
    ring: Ring | None
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class OfferForm:
    """The fields of one item in the form of the result: what was typed, else what we propose."""

    no: int
    name: str
    is_chosen: bool
    kind: str
    amount: str
    by: str
    text: str


def rows(items: Sequence[DemandItem], promises: Sequence[Promise], now: datetime) -> list[Row]:
    """The items by number."""
    clocks = {one.about: one for one in promises if one.kind == "carrying_out" and one.state in {"running", "broken"}}
    return [_row(item, clocks.get(str(item.no)), now) for item in items]


def _row(item: DemandItem, clock: Promise | None, now: datetime) -> Row:
    is_under_way = item.state in UNDER_WAY
    owed = clock if is_under_way else None
    has_offer = bool(item.offer_kind) and item.state not in {ItemState.OPEN, ItemState.WITHDRAWN}
    return Row(
        no=item.no, name=item_head(item.kind, item.amount), state=word(ITEM_STATES, item.state),
        wanted=wanted_text(item.amount, item.to, item.by, item.text), tone=ITEM_TONES.get(item.state, ""),
        offered=offered_text(item.offer_kind, item.offer_amount, item.offer_by, item.offer_text) if has_offer else "",
        owes=deadline(owed.due, now) if owed else "", ring=ring_of(owed, now) if owed else None,
        is_under_way=is_under_way,
    )  # fmt: skip


def offer_forms(case: Case, items: Sequence[DemandItem], typed: Typed) -> list[OfferForm]:
    """One set of fields for every item that can still be offered something. `typed`: a refused form, else empty."""
    facts = order_facts(case.order)
    short = facts.paid_twice or facts.short if facts else Money()
    return [_offer_form(item, short, typed) for item in items if item.state in OPEN_TO_OFFERS]


def _offer_form(item: DemandItem, short: Money, typed: Typed) -> OfferForm:
    kind = ItemKind(item.kind)
    amount = item.amount or (short if kind in _MISSING else Money())
    name = f"{item.no}. {item_head(item.kind, item.amount)}"
    if typed:
        said = {part: [*typed.get(f"{part}-{item.no}", ()), ""][0] for part in ("kind", "amount", "by", "text")}
        return OfferForm(item.no, name, is_chosen=str(item.no) in typed.get("offer", ()), **said)
    by = f"{timezone.localtime(item.offer_by):%Y-%m-%dT%H:%M}" if item.offer_by else ""
    known = {"kind": kind.value, "amount": str(amount) if amount else "", "by": by, "text": item.offer_text}
    return OfferForm(item.no, name, is_chosen=True, **known)


def kinds() -> list[tuple[str, str]]:
    return [(kind.value, item_name(kind.value)) for kind in ItemKind]
