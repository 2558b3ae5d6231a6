"""What the shop said when an order was paid (CP16). Pure.

Goods page, promotion, fees and refund rule are versions with validity; an order points at those in force at the moment
it was paid. What came into force later, or had ended, says nothing about it, however recently the shop shows it.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from huiyin.domain.orders.shop import Terms


def in_force(known: Iterable[Terms], at: datetime) -> list[Terms]:
    """The versions valid at a moment; the end is not included."""
    return [one for one in known if one.valid_from <= at and (one.valid_until is None or at < one.valid_until)]


def as_json(terms: Terms) -> dict[str, Any]:
    """A version as it is hashed and attached."""
    return {
        "kind": terms.kind.value, "sku": terms.sku, "version": terms.version, "title": terms.title,
        "text": terms.text, "rule": terms.rule, "valid_from": _stamp(terms.valid_from),
        "valid_until": _stamp(terms.valid_until) if terms.valid_until else None,
    }  # fmt: skip


def hash_of(terms: Terms) -> str:
    """SHA-256 over the canonical JSON; hex. Another hash under the same version is another text."""
    body = json.dumps(as_json(terms), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
