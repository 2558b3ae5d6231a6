"""What an order's terms say it should have got: reads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from huiyin.domain.orders.models import Order, Terms
from huiyin.domain.orders.promotions import Comparison, Expected, compare, expected
from huiyin.lib.money import Money


def terms_of(order: Order) -> list[Terms]:
    """The versions that were in force when it was paid: goods page, promotion, fees, refund rule."""
    if order._state.adding:  # looked at in the shop only, and not kept
        return []
    return list(Terms.objects.filter(order_terms__order=order).order_by("kind", "first_seen_at", "pk"))


def terms_as_json(order: OuterRef) -> ArraySubquery:
    """The same versions as one column of another query."""
    rows = Terms.objects.filter(order_terms__order=order).order_by("kind", "first_seen_at", "pk")
    return ArraySubquery(rows.values_list(JSONObject(**{name: name for name in _SHOWN})))


_SHOWN = ("kind", "sku", "version", "title", "text", "rule", "valid_from", "valid_until", "sha256")


def read_terms(column: Iterable[Mapping[str, Any]]) -> list[Terms]:
    """The inverse of `terms_as_json`."""
    times = ("valid_from", "valid_until")
    return [Terms(**dict(one) | {name: _time(one[name]) for name in times}) for one in column]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def compared(order: Order, known: Sequence[Terms] | None = None) -> Comparison:
    """What should have arrived beside what did (CP16); `known` where the terms have been read already."""
    snapshot = order.snapshot
    said = _amount(snapshot.get("expected_value"))
    due = _due(order, snapshot, terms_of(order) if known is None else known)
    return compare(due, _amount(snapshot.get("credited_value")), said)


def _due(order: Order, snapshot: dict[str, Any], known: Sequence[Terms]) -> Expected:
    """Several promotions of one order, or two texts under one version, are for a person."""
    promotions = [one for one in known if one.kind == "promotion"]
    if not order.paid_at:
        return Expected(None, "not_paid")
    if not promotions:
        return Expected(None, "no_version" if snapshot.get("promotion") else "no_promotion")
    if len(promotions) > 1:
        return Expected(None, "several_promotions")
    return expected(promotions[0].rule, order.amount)


def _amount(text: Any) -> Money | None:
    return Money.parse(text) if text else None
