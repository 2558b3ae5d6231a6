"""A record of the shop in words: what the buyer can read of the file that is kept. The file itself stays as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy as _

from huiyin.web.ui.times import moment, money

LABELS = {  # in the order in which they are read; what has no name here stands in the file alone
    "order_no": _("record", "Order number"), "title": _("record", "Name"), "text": _("record", "What it said"),
    "version": _("record", "Version"), "valid_from": _("record", "In force from"),
    "valid_until": _("record", "In force until"), "region": _("record", "Region"), "price": _("record", "Price"),
    "quantity": _("record", "Pieces"), "amount": _("record", "Amount"), "promotion": _("record", "Promotion"),
    "expected_value": _("record", "Should have arrived"), "credited_value": _("record", "Arrived"),
    "channel": _("record", "Paid through"), "bill_no": _("record", "Bill number"), "state": _("record", "State"),
    "result": _("record", "Result"), "at": _("record", "When"), "placed_at": _("record", "Ordered"),
    "paid_at": _("record", "Paid"), "promised_by": _("record", "To be delivered by"),
    "masked": _("record", "Key"), "delivered_at": _("record", "Delivered"),
    "first_shown_at": _("record", "First shown"), "redeemed_at": _("record", "Redeemed"),
}  # fmt: skip
PARTS = {
    "goods": _("record", "Goods"), "payments": _("record", "Payment"), "refunds": _("record", "Refund"),
    "attempts": _("record", "Try to deliver"), "items": _("record", "Delivered piece"),
}  # fmt: skip
CODES = {
    "wechat": _("record", "WeChat Pay"), "alipay": _("record", "Alipay"), "paid": _("record", "paid"),
    "pending": _("record", "on its way"), "failed": _("record", "did not work"), "refunded": _("record", "refunded"),
    "none": _("record", "nothing tried yet"), "queued": _("record", "on its way"), "done": _("record", "done"),
    "partial": _("record", "a part"), "arrived": _("record", "arrived"), "ok": _("record", "done"),
    "delivered": _("record", "done"),
}  # fmt: skip
_MONEY = {"amount", "price", "expected_value", "credited_value"}
_TIMES = {
    "at", "placed_at", "paid_at", "promised_by", "delivered_at", "first_shown_at", "redeemed_at", "valid_from",
    "valid_until",
}  # fmt: skip
_CODED = {"channel", "state", "result"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a record: a title, empty for the record itself, and what stands in it."""

    title: str
    rows: tuple[tuple[str, str], ...]


def parts_of(record: Mapping[str, Any]) -> list[Part]:
    """What a record says, part by part, each with at least one row."""
    found = [Part("", tuple(_rows(record)))]
    for name, title in PARTS.items():
        held = record.get(name)
        each = [held] if isinstance(held, Mapping) else held if isinstance(held, list) else []
        found += [Part(str(title), tuple(_rows(one))) for one in each if isinstance(one, Mapping)]
    return [part for part in found if part.rows]


def _rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, label in LABELS.items():
        value = record.get(name)
        if value not in (None, "", [], {}) and not isinstance(value, dict | list):
            yield str(label), _value(name, value)


def _value(name: str, value: object) -> str:
    if name in _TIMES:
        return moment(str(value))
    if name in _MONEY:
        return money(value)
    if name in _CODED:
        return str(CODES.get(str(value), value))
    return str(value)
