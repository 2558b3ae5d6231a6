"""What an order's terms say it should have got: reads."""

from typing import Any

from huiyin.domain.orders.models import Order, Terms
from huiyin.domain.orders.promotions import Comparison, Expected, compare, expected
from huiyin.lib.money import Money


def terms_of(order: Order) -> list[Terms]:
    """The versions that were in force when it was paid: goods page, promotion, fees, refund rule."""
    return list(Terms.objects.filter(order_terms__order=order).order_by("kind", "first_seen_at", "pk"))


def compared(order: Order) -> Comparison:
    """What should have arrived beside what did (CP16)."""
    snapshot = order.snapshot
    said = _amount(snapshot.get("expected_value"))
    return compare(_due(order, snapshot), _amount(snapshot.get("credited_value")), said)


def _due(order: Order, snapshot: dict[str, Any]) -> Expected:
    """Several promotions of one order, or two texts under one version, are for a person."""
    promotions = [one for one in terms_of(order) if one.kind == "promotion"]
    if not order.paid_at:
        return Expected(None, "not_paid")
    if not promotions:
        return Expected(None, "no_version" if snapshot.get("promotion") else "no_promotion")
    if len(promotions) > 1:
        return Expected(None, "several_promotions")
    return expected(promotions[0].rule, order.amount)


def _amount(text: Any) -> Money | None:
    return Money.parse(text) if text else None
