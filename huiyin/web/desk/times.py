"""A used key: when we delivered it, when it was first shown, when it was redeemed. These three decide who is right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from huiyin.domain.orders.models import Order
from huiyin.web.ui.times import moment
from huiyin.web.ui.words_desk_case import after_shown, before_delivery, never_shown, not_redeemed


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the three. `tone` amber = this one decides."""

    name: str
    at: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """One key with its three times, in the order in which they happened, and what they say."""

    key: str
    moments: list[Moment]
    says: str


def used(order: Order | None, category: str) -> list[Used]:
    """The keys somebody may claim to be used: those that were redeemed, or all where the complaint says so."""
    items = (order.snapshot.get("delivery") or {}).get("items", []) if order else []
    wanted = (item for item in items if item.get("redeemed_at") or category == "card_invalid")
    return list(_all(item for item in wanted if not item.get("voided_at")))


def _all(items: Iterable[dict[str, Any]]) -> Iterable[Used]:
    for item in items:
        found = {name: _time(item.get(field)) for name, field in _FIELDS.items()}
        yield Used(item.get("masked", ""), _moments(found), _says(found))


_FIELDS = {"delivered": "delivered_at", "shown": "first_shown_at", "redeemed": "redeemed_at"}
Times = dict[str, datetime | None]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _moments(found: Times) -> list[Moment]:
    """By time; what never happened stands at the end."""
    names = {
        "delivered": gettext("Handed over"), "shown": gettext("First shown"), "redeemed": gettext("Redeemed"),
    }  # fmt: skip
    happened = sorted((at, name) for name, at in found.items() if at is not None)
    never = [name for name, at in found.items() if at is None]
    return [
        *(Moment(names[name], moment(at), "amber" if name == "redeemed" else "") for at, name in happened),
        *(Moment(names[name], gettext("never")) for name in never),
    ]


def _says(found: Times) -> str:
    delivered, shown, redeemed = found["delivered"], found["shown"], found["redeemed"]
    if redeemed is None:
        return not_redeemed()
    if delivered is not None and redeemed < delivered:
        return before_delivery((delivered - redeemed).total_seconds())
    if shown is None or redeemed < shown:
        return never_shown()
    return after_shown((redeemed - shown).total_seconds())
