"""A record of the shop in words: what the buyer can read of the file that is kept. The file itself stays as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

from huiyin.web.ui.times import moment, money

LABELS = {  # in the order in which they are read; what has no name here stands in the file alone
    "order_no": pgettext_lazy("record", "Order number"),
    "title": pgettext_lazy("record", "Name"),
    "text": pgettext_lazy("record", "What it said"),
    "version": pgettext_lazy("record", "Version"),
    "valid_from": pgettext_lazy("record", "In force from"),
    "valid_until": pgettext_lazy("record", "In force until"),
    "region": pgettext_lazy("record", "Region"),
    "price": pgettext_lazy("record", "Price"),
    "quantity": pgettext_lazy("record", "Pieces"),
    "amount": pgettext_lazy("record", "Amount"),
    "promotion": pgettext_lazy("record", "Promotion"),
    "expected_value": pgettext_lazy("record", "Should have arrived"),
    "credited_value": pgettext_lazy("record", "Arrived"),
    "channel": pgettext_lazy("record", "Paid through"),
    "bill_no": pgettext_lazy("record", "Bill number"),
    "state": pgettext_lazy("record", "State"),
    "result": pgettext_lazy("record", "Result"),
    "at": pgettext_lazy("record", "When"),
    "placed_at": pgettext_lazy("record", "Ordered"),
    "paid_at": pgettext_lazy("record", "Paid"),
    "promised_by": pgettext_lazy("record", "To be delivered by"),
    "masked": pgettext_lazy("record", "Key"),
    "delivered_at": pgettext_lazy("record", "Delivered"),
    "first_shown_at": pgettext_lazy("record", "First shown"),
    "redeemed_at": pgettext_lazy("record", "Redeemed"),
}
PARTS = {
    "goods": pgettext_lazy("record", "Goods"),
    "payments": pgettext_lazy("record", "Payment"),
    "refunds": pgettext_lazy("record", "Refund"),
    "attempts": pgettext_lazy("record", "Try to deliver"),
    "items": pgettext_lazy("record", "Delivered piece"),
}
CODES = {
    "wechat": pgettext_lazy("record", "WeChat Pay"),
    "alipay": pgettext_lazy("record", "Alipay"),
    "paid": pgettext_lazy("record", "paid"),
    "pending": pgettext_lazy("record", "on its way"),
    "failed": pgettext_lazy("record", "did not work"),
    "refunded": pgettext_lazy("record", "refunded"),
    "none": pgettext_lazy("record", "nothing tried yet"),
    "queued": pgettext_lazy("record", "on its way"),
    "done": pgettext_lazy("record", "done"),
    "partial": pgettext_lazy("record", "a part"),
    "arrived": pgettext_lazy("record", "arrived"),
    "ok": pgettext_lazy("record", "done"),
    "delivered": pgettext_lazy("record", "done"),
}
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
