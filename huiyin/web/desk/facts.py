"""What the shop says about the order, row by row, masked: order, payments, delivery, refunds."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.orders.models import Order
from huiyin.lib.phones import mask_account, mask_key
from huiyin.web.ui.times import moment, money
from huiyin.web.ui.words_desk import SITUATIONS, word
from huiyin.web.ui.words_members import member_words

CHANNELS = {"wechat": _("WeChat Pay"), "alipay": _("Alipay")}
PAYMENTS = {
    "pending": _("not settled"),
    "paid": _("paid"),
    "failed": _("failed"),
    "refunded": _("refunded"),
}
DELIVERIES = {
    "none": _("nothing tried yet"),
    "queued": _("on its way"),
    "failed": _("failed"),
    "partial": _("a part of it"),
    "done": _("delivered"),
}
REFUNDS = {"pending": _("on its way"), "arrived": _("arrived"), "failed": _("failed")}
WAYS = {"page": _("on the order page"), "mail": _("by mail"), "topup": _("credited to the account")}


@dataclass(frozen=True, slots=True)
class Row:
    """One fact. `tone`: amber = look at this."""

    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    heading: str
    rows: list[Row]


def paid(order: Order) -> list[Row]:
    """Every payment that the shop knows of for it."""
    return [_payment(one) for one in order.snapshot.get("payments", [])]


def found(order: Order) -> list[Group]:
    """The facts of an order, in groups; a group without rows is left out."""
    said = order.snapshot
    groups = [
        Group(gettext("Order"), _order(order, said)),
        Group(gettext("Payment"), paid(order)),
        Group(gettext("Delivery"), _delivery(said.get("delivery") or {})),
        Group(gettext("Refunds"), [_refund(one) for one in said.get("refunds", [])]),
    ]
    return [group for group in groups if group.rows]


def _order(order: Order, said: dict[str, Any]) -> list[Row]:
    goods = said.get("goods") or {}
    what = f"{order.title} × {said.get('quantity', 1)}"
    rows = [
        Row(gettext("Found"), word(SITUATIONS, order.situation), "" if order.situation == "delivered" else "amber"),
        Row(gettext("Number"), order.order_no),
        Row(gettext("Article"), what),
        Row(gettext("Amount"), f"{money(order.amount)} · {moment(said.get('placed_at'))}"),
    ]
    if goods.get("stock") is not None:
        rows.append(Row(gettext("In stock"), str(goods["stock"]), "" if goods["stock"] else "amber"))
    if said.get("expected_value"):
        credited = gettext("%(credited)s of %(expected)s") % {
            "credited": money(said.get("credited_value") or "0.00"), "expected": money(said["expected_value"]),
        }  # fmt: skip
        short = said.get("credited_value") != said["expected_value"]
        rows.append(Row(gettext("Credited"), credited, "amber" if short else ""))
    if member := member_words(said.get("buyer") or {}):
        rows.append(Row(gettext("Member"), member))
    if said.get("promotion"):
        rows.append(Row(gettext("Promotion"), said["promotion"]))
    return rows


def _payment(said: dict[str, Any]) -> Row:
    channel = gettext(CHANNELS[said["channel"]]) if said["channel"] in CHANNELS else said["channel"]
    parts = [
        money(said["amount"]),
        word(PAYMENTS, said["state"]),
        moment(said.get("paid_at")),
        mask_key(said["bill_no"]),
    ]
    return Row(channel, " · ".join(part for part in parts if part), "" if said["state"] == "paid" else "amber")


def _delivery(said: dict[str, Any]) -> list[Row]:
    state = str(said.get("state", "none"))
    due = gettext("due by %(by)s") % {"by": moment(said["promised_by"])} if said.get("promised_by") else ""
    rows = [Row(gettext("State"), _joined(word(DELIVERIES, state), due), "" if state == "done" else "amber")]
    rows += [_attempt(one) for one in said.get("attempts", []) if one["result"] != "ok"]
    for item in said.get("items", []):
        rows += _item(item)
    return rows


def _attempt(said: dict[str, Any]) -> Row:
    return Row(gettext("Tried"), _joined(moment(said["at"]), said.get("detail") or gettext("did not work")), "amber")


def _item(said: dict[str, Any]) -> list[Row]:
    """Handed over, first shown, redeemed: the three times that decide who is right."""
    way = word(WAYS, said["by"])
    to = mask_account(said["to"]) if said.get("to") else ""
    rows = [Row(gettext("Handed over"), _joined(moment(said["delivered_at"]), way, to, said["masked"]))]
    if said.get("mail_state") == "bounced":
        rows.append(Row(gettext("Mail"), gettext("came back"), "amber"))
    rows.append(Row(gettext("First shown"), moment(said.get("first_shown_at")) or gettext("never")))
    redeemed = _joined(moment(said.get("redeemed_at")), said.get("redeemed_by") or "")
    rows.append(Row(gettext("Redeemed"), redeemed or gettext("not redeemed"), "amber" if redeemed else ""))
    return [*rows, *_peculiar(said)]


def _peculiar(said: dict[str, Any]) -> list[Row]:
    rows = []
    if said.get("also_in_orders"):
        also = gettext("also in %(count)s other orders") % {"count": said["also_in_orders"]}
        rows.append(Row(gettext("Sold twice"), also, "amber"))
    if said.get("region"):
        rows.append(Row(gettext("Region"), said["region"]))
    if said.get("expires_at"):
        rows.append(Row(gettext("Valid until"), moment(said["expires_at"])))
    if said.get("voided_at"):
        rows.append(Row(gettext("Voided"), moment(said["voided_at"])))
    return rows


def _refund(said: dict[str, Any]) -> Row:
    value = _joined(money(said["amount"]), moment(said["at"]), said.get("reason") or "")
    return Row(word(REFUNDS, said["state"]), value, "amber" if said["state"] == "failed" else "")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
