"""What the shop's records look like as evidence (pure): canonical JSON, so that the same facts are the same file.

An order changes all the time in ways that prove nothing (stock, alternatives); these are left out. Contacts and
accounts are masked: they show which one it was, and evidence travels far. Card keys were never in it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huiyin.domain.cases.evidence import What
from huiyin.lib.phones import mask_account, mask_email, mask_phone, mask_qq

_PROVES_NOTHING = {"stock", "alternatives"}
_TERMS = {
    "goods_page": What.GOODS_PAGE, "promotion": What.PROMOTION, "fees": What.FEES, "refund": What.REFUND_TERMS
}  # fmt: skip
_MASKS: Mapping[str, Callable[[str], str]] = {
    "email": mask_email, "phone": mask_phone, "qq": mask_qq, "wechat": mask_account, "account": mask_account
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One file to attach."""

    what: What
    name: str
    content: bytes
    captured_at: datetime | None = None


def order_records(order_no: str, snapshot: Mapping[str, Any], seen_at: datetime) -> list[Record]:
    """The order, its money and its delivery log, as the shop told them at `seen_at`."""
    if not snapshot:
        return []
    goods = {name: value for name, value in snapshot.get("goods", {}).items() if name not in _PROVES_NOTHING}
    buyer = {name: _MASKS.get(name, str)(value) for name, value in snapshot.get("buyer", {}).items()}
    order = {name: value for name, value in snapshot.items() if name not in {"payments", "refunds", "delivery"}}
    money = {"order_no": order_no, "payments": snapshot.get("payments", []), "refunds": snapshot.get("refunds", [])}
    items = [item | {"to": mask_account(item.get("to", ""))} for item in snapshot.get("delivery", {}).get("items", [])]
    delivery = {"order_no": order_no, **snapshot.get("delivery", {}), "items": items}
    return [
        Record(What.ORDER, f"order-{order_no}.json", canonical({**order, "goods": goods, "buyer": buyer}), seen_at),
        Record(What.PAYMENT, f"payment-{order_no}.json", canonical(money), seen_at),
        Record(What.DELIVERY_LOG, f"delivery-{order_no}.json", canonical(delivery), seen_at),
    ]


def terms_record(kind: str, terms: Mapping[str, Any], valid_from: datetime) -> Record:
    """A version of what the shop said."""
    name = "-".join(part for part in (kind, str(terms.get("sku", "")), str(terms.get("version", ""))) if part)
    return Record(_TERMS[kind], f"{name}.json", canonical(terms), valid_from)


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, no blanks, in UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
