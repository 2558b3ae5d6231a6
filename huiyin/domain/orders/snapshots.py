"""A shop's snapshot as the JSON we keep (pure). Card keys are never part of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from huiyin.domain.orders.shop import OrderSnapshot
from huiyin.domain.orders.situations import Verdict
from huiyin.lib.money import Money


def as_json(snapshot: OrderSnapshot) -> dict[str, Any]:
    """The snapshot with amounts as yuan text and times as ISO text."""
    plain: dict[str, Any] = _plain(asdict(snapshot))
    return plain


def verdict_json(verdict: Verdict, *, shows: bool) -> dict[str, Any]:
    """A verdict as a finding keeps it. `shows`: the proof is good enough to put a key on the screen."""
    return {
        "situation": verdict.situation.value,
        "fault": verdict.fault.value,
        "options": [option.value for option in verdict.options],
        "by": verdict.by.isoformat() if verdict.by else None,
        "values": verdict.values,
        "shows": shows,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return str(Money(value["fen"])) if set(value) == {"fen"} else {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value
