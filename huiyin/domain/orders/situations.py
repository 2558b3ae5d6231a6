"""What is wrong with an order, whose fault it is, and what the buyer may choose. Pure: facts in, verdict out.

The order of the questions is the order of what hurts: is the money there, did anything arrive, does it work. The first
option is the one we recommend; an option that is not offered cannot be chosen.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from huiyin.domain.orders.shop import (
    Delivered,
    DeliveryState,
    GoodsKind,
    OrderSnapshot,
    Payment,
    PaymentState,
    RefundState,
)
from huiyin.lib.money import Money

SETTLES_WITHIN = timedelta(minutes=10)  # what we tell a buyer whose payment the channel has not settled
FRESH = timedelta(days=1)  # a key that expires within a day of delivery was as good as expired


class Situation(StrEnum):
    DELIVERED = "delivered"
    PLATFORM_FAILED = "platform_failed"
    PAYMENT_PENDING = "payment_pending"
    PAYMENT_FAILED = "payment_failed"
    UNPAID = "unpaid"
    OUT_OF_STOCK = "out_of_stock"
    EXPIRED_CARD = "expired_card"
    WRONG_REGION = "wrong_region"
    ALREADY_REDEEMED = "already_redeemed"
    REDEEMED_BEFORE_DELIVERY = "redeemed_before_delivery"
    SHORT_AMOUNT = "short_amount"
    DUPLICATE_CHARGE = "duplicate_charge"
    MAIL_MISTYPED = "mail_mistyped"
    PAGE_CLOSED = "page_closed"
    PAID_AFTER_EXPIRY = "paid_after_expiry"
    PARTIAL_DELIVERY = "partial_delivery"
    KEY_SOLD_TWICE = "key_sold_twice"
    MANUAL_GOODS = "manual_goods"
    WRONG_ACCOUNT = "wrong_account"
    REFUND_FAILED = "refund_failed"
    REFUND_ON_ITS_WAY = "refund_on_its_way"
    REFUNDED = "refunded"
    WATCHED = "watched"  # paid, within the promised time of delivery
    # not about an order, about the search itself
    SHOP_UNREACHABLE = "shop_unreachable"
    NOT_FOUND = "not_found"
    PROOF_NEEDED = "proof_needed"
    TOO_MANY_TRIES = "too_many_tries"


class Fault(StrEnum):
    PLATFORM = "platform"
    PAYMENT = "payment"
    BUYER = "buyer"
    NOBODY = "nobody"
    UNCLEAR = "unclear"


class Option(StrEnum):
    REISSUE = "reissue"
    REFUND = "refund"
    WAIT = "wait"
    EXCHANGE = "exchange"
    SHOW = "show"
    MAKE_UP = "make_up"
    NOT_WORKING = "not_working"
    NOT_MY_MAIL = "not_my_mail"
    PERSON = "person"
    CODE = "code"  # send a code to the order's contact


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we found. `values` fill the words; `by` is the time we name; times are aware."""

    situation: Situation
    fault: Fault
    options: tuple[Option, ...]
    by: datetime | None = None
    values: dict[str, Any] = field(default_factory=dict)


# situation → who is at fault, and what may be chosen, our recommendation first
_TABLE: dict[Situation, tuple[Fault, tuple[Option, ...]]] = {
    Situation.DELIVERED: (Fault.NOBODY, (Option.SHOW, Option.NOT_WORKING, Option.NOT_MY_MAIL, Option.PERSON)),
    Situation.PLATFORM_FAILED: (Fault.PLATFORM, (Option.REISSUE, Option.REFUND, Option.PERSON)),
    Situation.PAYMENT_PENDING: (Fault.PAYMENT, (Option.WAIT, Option.PERSON)),
    Situation.PAYMENT_FAILED: (Fault.PAYMENT, (Option.PERSON,)),
    Situation.UNPAID: (Fault.NOBODY, (Option.PERSON,)),
    Situation.OUT_OF_STOCK: (Fault.PLATFORM, (Option.REFUND, Option.WAIT, Option.EXCHANGE, Option.PERSON)),
    Situation.EXPIRED_CARD: (Fault.PLATFORM, (Option.REISSUE, Option.REFUND, Option.PERSON)),
    Situation.WRONG_REGION: (Fault.PLATFORM, (Option.REISSUE, Option.REFUND, Option.PERSON)),
    Situation.ALREADY_REDEEMED: (Fault.UNCLEAR, (Option.PERSON,)),
    Situation.REDEEMED_BEFORE_DELIVERY: (Fault.PLATFORM, (Option.REISSUE, Option.REFUND, Option.PERSON)),
    Situation.SHORT_AMOUNT: (Fault.PLATFORM, (Option.MAKE_UP, Option.PERSON)),
    Situation.DUPLICATE_CHARGE: (Fault.PAYMENT, (Option.REFUND, Option.PERSON)),
    Situation.MAIL_MISTYPED: (Fault.BUYER, (Option.SHOW, Option.PERSON)),
    Situation.PAGE_CLOSED: (Fault.NOBODY, (Option.SHOW, Option.NOT_WORKING, Option.PERSON)),
    Situation.PAID_AFTER_EXPIRY: (Fault.PLATFORM, (Option.REISSUE, Option.REFUND, Option.PERSON)),
    Situation.PARTIAL_DELIVERY: (Fault.PLATFORM, (Option.REISSUE, Option.REFUND, Option.PERSON)),
    Situation.KEY_SOLD_TWICE: (Fault.PLATFORM, (Option.REISSUE, Option.REFUND, Option.PERSON)),
    Situation.MANUAL_GOODS: (Fault.NOBODY, (Option.WAIT, Option.PERSON)),
    Situation.WRONG_ACCOUNT: (Fault.UNCLEAR, (Option.PERSON,)),
    Situation.REFUND_FAILED: (Fault.PAYMENT, (Option.PERSON, Option.REISSUE)),
    Situation.REFUND_ON_ITS_WAY: (Fault.NOBODY, (Option.PERSON,)),
    Situation.REFUNDED: (Fault.NOBODY, (Option.PERSON,)),
    Situation.WATCHED: (Fault.NOBODY, (Option.WAIT, Option.PERSON)),
    Situation.SHOP_UNREACHABLE: (Fault.PLATFORM, (Option.PERSON,)),
    Situation.NOT_FOUND: (Fault.UNCLEAR, (Option.PERSON,)),
    Situation.PROOF_NEEDED: (Fault.UNCLEAR, (Option.CODE, Option.PERSON)),
    Situation.TOO_MANY_TRIES: (Fault.UNCLEAR, (Option.PERSON,)),
}
# what the watch may put right by itself, without asking first: nobody would choose otherwise
BY_ITSELF = {Situation.PLATFORM_FAILED, Situation.PAID_AFTER_EXPIRY, Situation.PARTIAL_DELIVERY}
# facts that still change by themselves: look again every minute
CHANGES_BY_ITSELF = {Situation.PAYMENT_PENDING, Situation.SHOP_UNREACHABLE, Situation.WATCHED}


def about_the_search(situation: Situation, by: datetime | None = None) -> Verdict:
    """A verdict where there is no order to judge: not found, not proven, shop silent, too many tries."""
    fault, options = _TABLE[situation]
    return Verdict(situation, fault, options, by)


def judge(order: OrderSnapshot, now: datetime) -> Verdict:
    """What is wrong with this order, by the shop's own facts at this moment."""
    situation, by = _situation(order, now)
    fault, options = _TABLE[situation]
    return Verdict(situation, fault, _possible(options, order, situation), by, _values(order, situation))


def made_good(verdict: Verdict, by: str, at: datetime) -> Verdict:
    """An order we have put right ourselves: a key nobody has looked at yet is delivered, not a page that was closed."""
    if verdict.situation not in {Situation.PAGE_CLOSED, Situation.DELIVERED}:
        return verdict
    _, options = _TABLE[Situation.DELIVERED]
    values = verdict.values | {"made_good_by": by, "made_good_at": _iso(at)}
    return Verdict(Situation.DELIVERED, Fault.NOBODY, options, values=values)


def _situation(order: OrderSnapshot, now: datetime) -> tuple[Situation, datetime | None]:
    paid = paid_payments(order)
    if not paid and not _refunded(order):
        return _unpaid(order, now)
    if (money_back := _money_back(order)) is not None:
        return money_back, None
    delivery = order.delivery
    if delivery.state is DeliveryState.PARTIAL:
        return Situation.PARTIAL_DELIVERY, None
    if delivery.state is not DeliveryState.DONE:
        return _undelivered(order, paid, now)
    return _delivered(order, paid, now), None


def _unpaid(order: OrderSnapshot, now: datetime) -> tuple[Situation, datetime | None]:
    states = {payment.state for payment in order.payments}
    if PaymentState.PENDING in states:
        return Situation.PAYMENT_PENDING, now + SETTLES_WITHIN
    return (Situation.PAYMENT_FAILED if PaymentState.FAILED in states else Situation.UNPAID), None


def _money_back(order: OrderSnapshot) -> Situation | None:
    """Refunds come first: money that is on its way back must not be answered with a second key."""
    if not order.refunds:
        return None
    last = max(order.refunds, key=lambda refund: refund.at)
    if last.state is RefundState.FAILED:
        return Situation.REFUND_FAILED
    given_back = sum((r.amount for r in order.refunds if r.state is not RefundState.FAILED), Money())
    if given_back < order.amount or sum_paid(order) - given_back >= order.amount:
        return None
    return Situation.REFUND_ON_ITS_WAY if last.state is RefundState.PENDING else Situation.REFUNDED


def _undelivered(
    order: OrderSnapshot, paid: list[Payment], now: datetime
) -> tuple[Situation, datetime | None]:  # fmt: skip
    delivery = order.delivery
    late = delivery.promised_by is not None and delivery.promised_by <= now
    failed = delivery.state is DeliveryState.FAILED or any(a.result != "ok" for a in delivery.attempts)
    if order.goods.kind is GoodsKind.MANUAL and not failed:
        return Situation.MANUAL_GOODS, delivery.promised_by
    if not late and not failed:
        return Situation.WATCHED, delivery.promised_by
    if order.goods.stock is not None and order.goods.stock < missing(order):
        return Situation.OUT_OF_STOCK, None
    if order.expires_at and any(p.paid_at and p.paid_at > order.expires_at for p in paid):
        return Situation.PAID_AFTER_EXPIRY, None
    return Situation.PLATFORM_FAILED, None


def _delivered(order: OrderSnapshot, paid: list[Payment], now: datetime) -> Situation:
    if not order.account_confirmed:
        return Situation.WRONG_ACCOUNT
    if order.expected_value and order.credited_value is not None and order.credited_value < order.expected_value:
        return Situation.SHORT_AMOUNT
    for item in live_items(order):
        if (broken := _item(item, order, now)) is not None:
            return broken
    if len(paid) > 1 and sum_paid(order) - sum_refunded(order) > order.amount:
        return Situation.DUPLICATE_CHARGE
    return Situation.DELIVERED


def _item(item: Delivered, order: OrderSnapshot, now: datetime) -> Situation | None:
    if item.also_in_orders:
        return Situation.KEY_SOLD_TWICE
    if item.redeemed_at and item.redeemed_at < item.delivered_at:
        return Situation.REDEEMED_BEFORE_DELIVERY
    if item.region and order.goods.region and item.region != order.goods.region:
        return Situation.WRONG_REGION
    if item.expires_at and not item.redeemed_at and item.expires_at <= item.delivered_at + FRESH:
        return Situation.EXPIRED_CARD
    if item.redeemed_at:
        return Situation.ALREADY_REDEEMED if order.goods.kind is GoodsKind.CARD else None
    if item.mail_state == "bounced" and not item.first_shown_at:
        return Situation.MAIL_MISTYPED
    if item.by == "page" and not item.first_shown_at:
        return Situation.PAGE_CLOSED
    return None


def live_items(order: OrderSnapshot) -> list[Delivered]:
    """What was handed over and has not been voided since."""
    return [item for item in order.delivery.items if item.voided_at is None]


def missing(order: OrderSnapshot) -> int:
    """How many pieces were paid for and not handed over."""
    return max(0, order.quantity - len(live_items(order)))


def paid_payments(order: OrderSnapshot) -> list[Payment]:
    return [p for p in order.payments if p.state in {PaymentState.PAID, PaymentState.REFUNDED}]


def sum_paid(order: OrderSnapshot) -> Money:
    return sum((p.amount for p in paid_payments(order)), Money())


def sum_refunded(order: OrderSnapshot) -> Money:
    """Money given back or on its way."""
    return sum((r.amount for r in order.refunds if r.state is not RefundState.FAILED), Money())


def _refunded(order: OrderSnapshot) -> bool:
    return any(p.state is PaymentState.REFUNDED for p in order.payments)


def _possible(options: tuple[Option, ...], order: OrderSnapshot, situation: Situation) -> tuple[Option, ...]:
    """Leave out what cannot be done: no new key without stock, no exchange without an article of the same price."""
    gone = set()
    needed = missing(order) if situation is Situation.PARTIAL_DELIVERY else order.quantity
    if order.goods.stock is not None and order.goods.stock < needed:
        gone.add(Option.REISSUE)
    if not order.goods.alternatives:
        gone.add(Option.EXCHANGE)
    if order.goods.kind is GoodsKind.TOPUP:
        gone |= {Option.SHOW, Option.NOT_MY_MAIL}
    return tuple(option for option in options if option not in gone)


def _values(order: OrderSnapshot, situation: Situation) -> dict[str, Any]:
    """What the words need; nothing that must not be seen without proof is here unmasked."""
    paid = paid_payments(order)
    values: dict[str, Any] = {
        "title": order.goods.title, "amount": str(order.amount), "quantity": order.quantity,
        "kind": order.goods.kind.value, "missing": missing(order), "how_to": order.goods.how_to,
    }  # fmt: skip
    if order.payments:
        paid_at = max((p.paid_at for p in paid if p.paid_at), default=None)
        values |= {"channel": order.payments[0].channel, "paid_at": _iso(paid_at)}
    if items := live_items(order):
        last = items[-1]
        values |= {
            "masked": last.masked, "delivered_at": _iso(last.delivered_at), "delivered_by": last.by,
            "shown_at": _iso(last.first_shown_at), "redeemed_at": _iso(last.redeemed_at),
            "redeemed_by": last.redeemed_by, "key_region": last.region, "key_expires_at": _iso(last.expires_at),
        }  # fmt: skip
    if situation is Situation.SHORT_AMOUNT and order.expected_value and order.credited_value is not None:
        values |= {
            "expected": str(order.expected_value), "credited": str(order.credited_value),
            "difference": str(order.expected_value - order.credited_value), "promotion": order.promotion,
        }  # fmt: skip
    if order.goods.alternatives:
        values["exchange_title"] = order.goods.alternatives[0].title
    values["region"] = order.goods.region
    return values


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
