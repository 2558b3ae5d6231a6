"""What we offer for each demand item, what the buyer makes of it, and where the case stands then (CP10, CP17, CP18).

Each item is offered, decided and checked by itself. What is agreed is not done when we say so: its clock runs until the
thing has arrived, by the shop's own facts or because a person has looked. An offer binds us, so nobody offers what they
may not give.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.lifecycle import State
from huiyin.domain.orders.brakes import authority
from huiyin.domain.promises.promises import HOUR, MINUTE, Term
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from huiyin.lib.working_time import Unit

LONGEST_TEXT: Final = 2_000
GIVES: Final = frozenset({ItemKind.REISSUE, ItemKind.REFUND, ItemKind.COMPENSATION})  # what the shop carries out
_ENDED: Final = frozenset({ItemState.ARRIVED, ItemState.WITHDRAWN})
_AGREED: Final = frozenset({ItemState.ACCEPTED, ItemState.CARRYING_OUT})


@dataclass(frozen=True, slots=True)
class Offer:
    """What we offer for the item with this number. `amount` zero = all of it; `by` = when it will have arrived."""

    no: int
    kind: ItemKind
    amount: Money = Money()
    by: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Giver:
    """Who offers: tier of staff, empty for a program; the member tier of the buyer; `automatic`: what a program may
    offer without a person, None = any amount."""

    tier: str
    member_tier: str = "ordinary"
    automatic: Money | None = None


@dataclass(frozen=True, slots=True)
class Purse:
    """What refunds of a case come from. `left`: paid, not given back and not offered either; None where no order is
    known. `is_second_payment`: the buyer's own money, which the brakes do not count."""

    left: Money | None = None
    is_second_payment: bool = False

    def less(self, amount: Money) -> "Purse":
        """The same after this much was offered; zero = all of it."""
        return self if self.left is None else replace(self, left=self.left - (amount or self.left))


def why_not_offer(offer: Offer, giver: Giver, now: datetime, purse: Purse | None = None) -> Refusal | None:
    """Why this cannot be offered, or None. The brakes look at it once more when it is given."""
    if len(offer.text) > LONGEST_TEXT:
        return Refusal("too_long", limit=LONGEST_TEXT, length=len(offer.text))
    if offer.amount.fen < 0:
        return Refusal("amount_missing")
    if offer.kind not in GIVES and not offer.text.strip():
        return Refusal("say_what_you_offer", no=offer.no)
    if offer.kind is ItemKind.COMPENSATION and not offer.amount:
        return Refusal("amount_missing", no=offer.no)
    if offer.by is not None and offer.by <= now:
        return Refusal("time_has_passed", no=offer.no)
    return _why_not_so_much(offer, giver, purse or Purse())


def _why_not_so_much(offer: Offer, giver: Giver, purse: Purse) -> Refusal | None:
    amount, is_refund = offer.amount, offer.kind is ItemKind.REFUND
    if is_refund and purse.left is not None:
        if purse.left.fen <= 0 or amount > purse.left:
            return Refusal("above_paid", limit=str(max(purse.left, Money())))
        amount = amount or purse.left
    if giver.tier:
        limit = authority(giver.tier, giver.member_tier)
        return Refusal("above_authority", limit=str(limit)) if offer.amount > limit else None
    if giver.automatic is None or (is_refund and purse.is_second_payment) or amount <= giver.automatic:
        return None
    return Refusal("above_automatic", limit=str(giver.automatic))


def state_after(items: Iterable[ItemState]) -> State:
    """Where a case stands by its items: ours to improve, theirs to decide, on its way, or done."""
    states = set(items)
    if states & {ItemState.OPEN, ItemState.REFUSED}:
        return State.NEGOTIATING
    if ItemState.OFFERED in states:
        return State.PROPOSED
    return State.CARRYING_OUT if states & _AGREED else State.CLOSED


def after_yes(kind: ItemKind) -> ItemState:
    """An explanation has arrived with the words of the offer; everything else must still be carried out."""
    return ItemState.ARRIVED if kind is ItemKind.EXPLANATION else ItemState.ACCEPTED


def rest_of(wanted: Money, offered: Money) -> Money:
    """What is still open of an amount when a part of it is taken; zero where no amount was named."""
    return wanted - offered if wanted > offered else Money()


_CARRYING: Final = {
    ItemKind.REISSUE: Term(10 * MINUTE, Unit.SECONDS, "carrying_out_key"),
    ItemKind.COMPENSATION: Term(HOUR, Unit.SECONDS, "carrying_out_coupon"),
    ItemKind.REFUND: Term(72 * HOUR, Unit.SECONDS, "carrying_out_refund"),  # what channels take: 1 to 3 days
}
_BY_HAND: Final = Term(24 * HOUR, Unit.SECONDS, "carrying_out")


def carrying_term(kind: ItemKind, by: datetime | None, now: datetime) -> Term:
    """How long an agreed item may take until it has arrived: as was named with the offer, else as such things take."""
    if by is not None and by > now:
        return Term(int((by - now).total_seconds()), Unit.SECONDS, "carrying_out_named")
    return _CARRYING.get(kind, _BY_HAND)


class Arrival(StrEnum):
    ARRIVED = "arrived"
    ON_ITS_WAY = "on_its_way"
    FAILED = "failed"


def arrival(kind: str, key: str, detail: str, snapshot: Mapping[str, Any]) -> Arrival:
    """Whether a remedy that is done has reached the buyer, by the shop's picture of the order. `detail` is what the
    remedy says of itself: `on_its_way` when the shop accepted it and the effect comes later."""
    if kind == "refund":
        return _refund(key, detail, snapshot)
    return Arrival.ON_ITS_WAY if detail == "on_its_way" else Arrival.ARRIVED


def _refund(key: str, detail: str, snapshot: Mapping[str, Any]) -> Arrival:
    states = [refund["state"] for refund in snapshot.get("refunds", ()) if refund.get("key") == key]
    if "failed" in states:
        return Arrival.FAILED
    if "arrived" in states:
        return Arrival.ARRIVED
    return Arrival.ON_ITS_WAY if states or detail == "on_its_way" else Arrival.ARRIVED
