"""The shop's JSON as values of the port. Whatever a shop sends, it becomes a value or a `Malformed` that says where."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from huiyin.domain.orders.shop import (
    Attempt,
    Buyer,
    Capabilities,
    Delivered,
    Delivery,
    DeliveryState,
    Goods,
    GoodsKind,
    OrderSnapshot,
    Payment,
    PaymentState,
    Receipt,
    ReceiptState,
    Refund,
    RefundState,
)
from huiyin.lib.money import Money

LONGEST_TEXT = 2000
LARGEST_NUMBER = 1_000_000_000
MOST_ENTRIES = 500
DEEPEST = 12  # far more than the contract nests; a JSON of 100 000 brackets is an attack, not a shop

AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Malformed(ValueError):
    """The shop's answer is not what the contract says; the message names the place."""


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON object and where it stands in the answer."""

    value: Mapping[str, Any]
    path: str = ""

    def text(self, name: str, *, default: str | None = "") -> str:
        """A string; missing or null gives `default`, None = required."""
        value = self.value.get(name)
        if value is None and default is not None:
            return default
        if not _is_text(value):
            raise self._wrong(name, "a string")
        return str(value)

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number, not negative."""
        value = self.value.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_NUMBER:
            raise self._wrong(name, "a whole number")
        return value

    def whole_or_none(self, name: str) -> int | None:
        """A whole number, or None where the shop does not know."""
        return None if self.value.get(name) is None else self.whole(name)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self.value.get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def money(self, name: str) -> Money:
        """An amount such as "100.00", not negative."""
        value = self.value.get(name)
        if not isinstance(value, str) or not AMOUNT.fullmatch(value):
            raise self._wrong(name, 'an amount as a string such as "100.00"')
        return Money.parse(value)

    def money_or_none(self, name: str) -> Money | None:
        """An amount, or None."""
        return None if self.value.get(name) is None else self.money(name)

    def time(self, name: str) -> datetime:
        """An ISO 8601 time with its zone, given in UTC."""
        try:
            found = datetime.fromisoformat(self.text(name, default=None))
            if found.tzinfo is None:
                raise self._wrong(name, "a time with a zone")
            return found.astimezone(UTC)
        except (ValueError, OverflowError) as fault:
            raise self._wrong(name, "an ISO 8601 time with a zone") from fault

    def time_or_none(self, name: str) -> datetime | None:
        """A time, or None."""
        return None if self.value.get(name) is None else self.time(name)

    def one_of(self, name: str, kinds: type[E]) -> E:
        """A member of a closed set."""
        try:
            return kinds(self.text(name, default=None))
        except ValueError as fault:
            raise self._wrong(name, f"one of {', '.join(kinds)}") from fault

    def node(self, name: str) -> "Node":
        """An object inside."""
        return Node(_mapping(self.value.get(name), self._at(name)), self._at(name))

    def nodes(self, name: str, read: Callable[["Node"], T]) -> tuple[T, ...]:
        """Objects inside, each read by `read`; missing means none."""
        places = enumerate(self._entries(name))
        at = self._at(name)
        return tuple(read(Node(_mapping(value, f"{at}.{i}"), f"{at}.{i}")) for i, value in places)

    def texts(self, name: str) -> tuple[str, ...]:
        """Strings inside; missing means none."""
        entries = self._entries(name)
        if not all(_is_text(entry) for entry in entries):
            raise self._wrong(name, "a list of strings")
        return tuple(entries)

    def _entries(self, name: str) -> list[Any]:
        entries = self.value.get(name)
        if entries is None:
            return []
        if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
            raise self._wrong(name, "a list")
        return entries

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _wrong(self, name: str, expected: str) -> Malformed:
        return Malformed(f"{self._at(name)} is not {expected}")


def document(body: bytes) -> Node:
    """The body as one JSON object. Raises Malformed for broken UTF-8, broken JSON, or anything else than an object."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise Malformed("the body is not JSON in UTF-8") from fault
    return Node(_mapping(value, "the body"))


def capabilities(node: Node) -> Capabilities:
    """What the shop can do."""
    return Capabilities(node.text("shop", default=None), frozenset(node.texts("can")))


def orders(node: Node) -> tuple[OrderSnapshot, ...]:
    """The answer to a search."""
    if "orders" not in node.value:
        raise Malformed("orders is missing")
    return node.nodes("orders", order)


def order(node: Node) -> OrderSnapshot:
    """One order."""
    return OrderSnapshot(
        order_no=_name(node, "order_no"),
        placed_at=node.time("placed_at"),
        goods=_goods(node.node("goods")),
        quantity=node.whole("quantity", 1),
        amount=node.money("amount"),
        buyer=_buyer(node.node("buyer")),
        delivery=_delivery(node.node("delivery")),
        payments=node.nodes("payments", payment),
        refunds=node.nodes("refunds", _refund),
        expires_at=node.time_or_none("expires_at"),
        expected_value=node.money_or_none("expected_value"),
        credited_value=node.money_or_none("credited_value"),
        promotion=node.text("promotion"),
        account_confirmed=node.flag("account_confirmed", default=True),
    )


def payment(node: Node) -> Payment:
    """One payment."""
    return Payment(
        bill_no=_name(node, "bill_no"),
        trade_no=node.text("trade_no"),
        channel=node.text("channel", default=None),
        amount=node.money("amount"),
        state=node.one_of("state", PaymentState),
        paid_at=node.time_or_none("paid_at"),
        settled_at=node.time_or_none("settled_at"),
    )


def keys(node: Node) -> tuple[str, ...]:
    """Full card keys."""
    if "keys" not in node.value:
        raise Malformed("keys is missing")
    return node.texts("keys")


def receipt(node: Node) -> Receipt:
    """What became of a remedy."""
    return Receipt(
        key=node.text("key", default=None),
        state=node.one_of("state", ReceiptState),
        keys=node.texts("keys"),
        detail=node.text("detail"),
        at=node.time_or_none("at"),
    )


def problem(body: bytes) -> tuple[str, str]:
    """Code and sentence of a refusal; empty strings where the shop gave none that can be read."""
    try:
        node = document(body)
        return node.text("code")[:60], node.text("detail")
    except Malformed:
        return "", ""


def _goods(node: Node) -> Goods:
    return Goods(
        sku=_name(node, "sku"),
        title=node.text("title", default=None),
        kind=node.one_of("kind", GoodsKind),
        price=node.money("price"),
        stock=node.whole_or_none("stock"),
        region=node.text("region"),
        how_to=node.text("how_to"),
        promised_s=node.whole("promised_s", 180),
        alternatives=node.nodes("alternatives", _goods) if node.path.count(".") < DEEPEST else (),
    )


def _buyer(node: Node) -> Buyer:
    return Buyer(
        email=node.text("email"),
        phone=node.text("phone"),
        wechat=node.text("wechat"),
        qq=node.text("qq"),
        member_no=node.text("member_no"),
        tier=node.text("tier"),
        points=node.whole_or_none("points"),
        region=node.text("region"),
        account=node.text("account"),
    )


def _delivery(node: Node) -> Delivery:
    return Delivery(
        state=node.one_of("state", DeliveryState),
        promised_by=node.time_or_none("promised_by"),
        attempts=node.nodes("attempts", _attempt),
        items=node.nodes("items", _item),
    )


def _attempt(node: Node) -> Attempt:
    return Attempt(node.time("at"), node.text("result", default=None), node.text("detail"))


def _item(node: Node) -> Delivered:
    return Delivered(
        key_id=_name(node, "key_id"),
        masked=_masked(node.text("masked")),
        delivered_at=node.time("delivered_at"),
        by=node.text("by", default=None),
        to=node.text("to"),
        mail_state=node.text("mail_state"),
        first_shown_at=node.time_or_none("first_shown_at"),
        redeemed_at=node.time_or_none("redeemed_at"),
        redeemed_by=node.text("redeemed_by"),
        expires_at=node.time_or_none("expires_at"),
        region=node.text("region"),
        voided_at=node.time_or_none("voided_at"),
        also_in_orders=node.whole("also_in_orders", 0),
    )


def _refund(node: Node) -> Refund:
    return Refund(
        amount=node.money("amount"),
        state=node.one_of("state", RefundState),
        at=node.time("at"),
        key=node.text("key"),
        reason=node.text("reason"),
        bill_no=node.text("bill_no"),
    )


def _is_text(value: Any) -> bool:
    """A string PostgreSQL can keep: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\x00" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _masked(text: str) -> str:
    """A shop that forgets to mask must not leak: without a star only the ends stay."""
    return text if not text or "*" in text else f"{text[:4]}****{text[-4:]}" if len(text) > 8 else "****"


def _name(node: Node, name: str) -> str:
    text = node.text(name, default=None)
    if not text or len(text) > 100:
        raise Malformed(f"{node.path or 'the body'}: {name} is empty or too long")
    return text


def _mapping(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{at} is not an object")
    return value


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")
