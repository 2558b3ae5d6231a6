"""From a choice to what the shop is asked to do, and what it costs (pure)."""

from dataclasses import dataclass

from huiyin.domain.orders.shop import OrderSnapshot, PaymentState, RemedyKind
from huiyin.domain.orders.situations import Option, Situation, live_items, missing, paid_payments, sum_refunded
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money


@dataclass(frozen=True, slots=True)
class Plan:
    """`purpose` is what the remedy is for: an order gets one live remedy a purpose, so a key and its refund exclude
    each other. `cost` is what the brakes count."""

    kind: RemedyKind
    purpose: str
    cost: Money
    amount: Money = Money()
    quantity: int = 1
    bill_no: str = ""
    replaces: tuple[str, ...] = ()
    sku: str = ""


def plan(order: OrderSnapshot, situation: Situation, option: Option) -> Plan:
    """What the buyer's choice means. Raises Refusal('not_an_option') for a choice that is no remedy."""
    if option is Option.REISSUE:
        return _reissue(order, situation)
    if option is Option.REFUND:
        return _refund(order, situation)
    if option is Option.EXCHANGE and order.goods.alternatives:
        other = order.goods.alternatives[0]
        cost = Money(other.price.fen * order.quantity)
        return Plan(RemedyKind.EXCHANGE, "delivery", cost, quantity=order.quantity, sku=other.sku)
    if option is Option.MAKE_UP and order.expected_value and order.credited_value is not None:
        short = order.expected_value - order.credited_value
        return Plan(RemedyKind.REISSUE, "difference", short, amount=short)
    raise Refusal("not_an_option", option=option.value)


def _reissue(order: OrderSnapshot, situation: Situation) -> Plan:
    pieces = missing(order) if situation is Situation.PARTIAL_DELIVERY else order.quantity
    replaced = () if situation is Situation.PARTIAL_DELIVERY else tuple(i.key_id for i in live_items(order))
    cost = Money(order.amount.fen * pieces // order.quantity)
    return Plan(RemedyKind.REISSUE, "delivery", cost, quantity=pieces, replaces=replaced)


def _refund(order: OrderSnapshot, situation: Situation) -> Plan:
    """Back along the original path: the second payment when charged twice, else what is still ours of the first."""
    paid = [p for p in paid_payments(order) if p.state is PaymentState.PAID]
    if not paid:
        raise Refusal("nothing_paid")
    if situation is Situation.DUPLICATE_CHARGE:
        twice = max(paid, key=lambda p: (p.paid_at is not None, p.paid_at))
        return Plan(RemedyKind.REFUND, f"payment:{twice.bill_no}", Money(), amount=twice.amount, bill_no=twice.bill_no)
    first = paid[0]
    left = min(first.amount, order.amount) - sum_refunded(order)
    if situation is Situation.PARTIAL_DELIVERY:
        left = Money(order.amount.fen * missing(order) // order.quantity)
    if left.fen <= 0:
        raise Refusal("nothing_left_to_refund")
    void = () if situation is Situation.PARTIAL_DELIVERY else tuple(i.key_id for i in live_items(order))
    return Plan(RemedyKind.REFUND, "delivery", left, amount=left, bill_no=first.bill_no, replaces=void)
