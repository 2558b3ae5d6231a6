"""What happened to an order, told from the shop's snapshot as we keep it (pure)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from huiyin.domain.cases.letter import Happening

Snapshot = Mapping[str, Any]
LOG = frozenset({"delivery_log"})


def happenings(snapshot: Snapshot, seen_at: datetime) -> list[Happening]:
    """Sentences for the letter, as far as the snapshot goes; `seen_at`: when the shop said so."""
    if not snapshot:
        return []
    return [*_placed(snapshot), *_paid(snapshot), *_delivery(snapshot, seen_at), *_value(snapshot), *_refunds(snapshot)]


def _placed(snapshot: Snapshot) -> Iterator[Happening]:
    if at := _time(snapshot.get("placed_at")):
        about = {"title": snapshot.get("goods", {}).get("title", "–"), "order_no": snapshot.get("order_no", "–")}
        yield Happening(at, "placed", about, frozenset({"order", "goods_page"}))


def _paid(snapshot: Snapshot) -> Iterator[Happening]:
    for payment in snapshot.get("payments", []):
        if (at := _time(payment.get("paid_at"))) and payment.get("state") in {"paid", "refunded"}:
            about = {name: str(payment.get(name) or "–") for name in ("amount", "channel", "bill_no")}
            yield Happening(at, "paid", about, frozenset({"payment", "bill"}))


def _delivery(snapshot: Snapshot, seen_at: datetime) -> Iterator[Happening]:
    delivery = snapshot.get("delivery", {})
    for attempt in delivery.get("attempts", []):
        if (at := _time(attempt.get("at"))) and attempt.get("result") == "failed":
            yield Happening(at, "tried", {}, LOG)
    for item in delivery.get("items", []):
        yield from _item(item)
    is_paid = any(True for _ in _paid(snapshot))
    if is_paid and not delivery.get("items"):
        if at := _time(delivery.get("promised_by")):
            yield Happening(at, "promised", {}, LOG, is_lasting=True)
        yield Happening(seen_at, "nothing", {}, LOG, is_lasting=True)


def _item(item: Mapping[str, Any]) -> Iterator[Happening]:
    codes = {"delivered": "delivered_at", "shown": "first_shown_at", "redeemed": "redeemed_at"}
    for code, name in codes.items():
        if at := _time(item.get(name)):
            yield Happening(at, code, {"what": str(item.get("masked") or "–")}, LOG)


def _value(snapshot: Snapshot) -> Iterator[Happening]:
    """Less was credited than the rule in force gives: told for the moment of delivery, else of payment."""
    expected, credited = snapshot.get("expected_value"), snapshot.get("credited_value")
    if expected is None or credited is None or float(credited) >= float(expected):
        return
    times = [one.at for one in (*_paid(snapshot), *_delivered(snapshot))]
    if times:
        about = {"expected": str(expected), "credited": str(credited)}
        yield Happening(max(times), "short", about, frozenset({"promotion", "balance"}))


def _delivered(snapshot: Snapshot) -> Iterator[Happening]:
    for item in snapshot.get("delivery", {}).get("items", []):
        yield from (one for one in _item(item) if one.code == "delivered")


def _refunds(snapshot: Snapshot) -> Iterator[Happening]:
    for refund in snapshot.get("refunds", []):
        if (at := _time(refund.get("at"))) and refund.get("state") == "failed":
            yield Happening(at, "refund_failed", {"amount": str(refund.get("amount") or "–")}, frozenset({"payment"}))


def _time(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
