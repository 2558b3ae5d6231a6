"""What happens at the demo shop besides remedies: payments settle, goods go out, keys are shown, buyers buy."""

from datetime import datetime, timedelta

from django.db import transaction

from huiyin.demo.delivery import deliver
from huiyin.demo.faults import Trouble, is_on, switch
from huiyin.demo.models import Item, Order, Payment, Refund
from huiyin.demo.outbox import tell
from huiyin.demo.remedies import refund_arrives
from huiyin.demo.snapshots import order_row
from huiyin.domain.orders.shop import DeliveryState, PaymentState, RefundState
from huiyin.lib.errors import Rejected

DELIVERY_TAKES = timedelta(seconds=2)


@transaction.atomic
def requery_payment(bill_no: str, now: datetime) -> Payment:
    """Ask the channel again. The first question starts the clock of payments that settle after a while."""
    payment = Payment.objects.select_related("order__article").get(bill_no=bill_no)
    if payment.state != PaymentState.PENDING:
        return payment
    if payment.settle_after_s is not None and payment.settles_at is None:
        payment.settles_at = now + timedelta(seconds=payment.settle_after_s)
        payment.save(update_fields=["settles_at"])
    is_due = payment.settles_at is not None and payment.settles_at <= now
    if is_due or is_on(Trouble.CHANNEL_SETTLES, payment.order.order_no):
        _settle(payment, now)
    return payment


@transaction.atomic
def let_settle(order_no: str, now: datetime) -> None:
    """The channel settles what is still pending for this order."""
    for payment in Payment.objects.select_related("order__article").filter(order__order_no=order_no):
        if payment.state == PaymentState.PENDING:
            _settle(payment, now)


def _settle(payment: Payment, now: datetime) -> None:
    payment.state, payment.paid_at, payment.settled_at = PaymentState.PAID, now, now
    payment.settles_at = None
    payment.save(update_fields=["state", "paid_at", "settled_at", "settles_at"])
    order = payment.order
    order.paid_at, order.delivery_state = now, DeliveryState.QUEUED
    order.promised_by = now + timedelta(seconds=order.article.promised_s)
    order.deliver_at = now + DELIVERY_TAKES
    order.save(update_fields=["paid_at", "delivery_state", "promised_by", "deliver_at"])
    tell("paid", order.order_no, now, bill_no=payment.bill_no)


@transaction.atomic
def reveal_keys(order_no: str, now: datetime, by: str) -> list[str]:
    """The full keys the buyer holds; the first showing is noted and told. Raises Rejected."""
    order = order_row(order_no)
    if order is None:
        raise Rejected("not_found")
    live = Item.objects.filter(order=order, voided_at=None).exclude(code="").order_by("delivered_at", "pk")
    codes = list(live.values_list("code", flat=True))
    if not codes:
        raise Rejected("nothing_to_show")
    if live.filter(first_shown_at=None).update(first_shown_at=now):
        tell("shown", order_no, now, by=by)
    return codes


@transaction.atomic
def redeem(order_no: str, now: datetime) -> None:
    """The buyer redeems the first live key, as the game would report it."""
    item = Item.objects.filter(order__order_no=order_no, voided_at=None, redeemed_at=None).exclude(code="").first()
    if item is None:
        raise Rejected("nothing_to_redeem")
    Item.objects.filter(pk=item.pk).update(redeemed_at=now, redeemed_by="bu****er")
    tell("redeemed", order_no, now, key_id=item.key_id)


def log_in(order_no: str, now: datetime) -> None:
    """The buyer of this order signs in at the shop; the centre hears of it."""
    order = Order.objects.get(order_no=order_no)
    with transaction.atomic():
        tell("login", order_no, now, member_no=order.member_no, email=order.email)


def turn(trouble: Trouble, order_no: str, now: datetime, *, on: bool) -> None:
    """Turn a switch; a channel told to settle settles at once."""
    with transaction.atomic():
        switch(trouble, order_no, on=on)
    if trouble is Trouble.CHANNEL_SETTLES and on and order_no:
        let_settle(order_no, now)


def do_what_is_due(now: datetime) -> None:
    """One beat of the shop's own clockwork: settle, deliver, let refunds arrive. Each in a transaction of its own."""
    for bill_no in list(Payment.objects.filter(settles_at__lte=now).values_list("bill_no", flat=True)):
        requery_payment(bill_no, now)
    for order_no in list(Order.objects.filter(deliver_at__lte=now).values_list("order_no", flat=True)):
        _deliver_if_due(order_no, now)
    for pk in list(Refund.objects.filter(arrives_at__lte=now).values_list("pk", flat=True)):
        _arrive(pk, now)


@transaction.atomic
def _deliver_if_due(order_no: str, now: datetime) -> None:
    """Looks again under the lock: a remedy may have delivered or refunded meanwhile."""
    order = Order.objects.select_related("article").filter(order_no=order_no, deliver_at__lte=now).first()
    if order is not None:
        deliver(order, now)


@transaction.atomic
def _arrive(pk: int, now: datetime) -> None:
    refund = Refund.objects.select_related("payment", "order").filter(pk=pk, state=RefundState.PENDING).first()
    if refund is None:
        return
    refund_arrives(refund, now)
    tell("refund_arrived", refund.order.order_no, now, key=refund.key, bill_no=refund.payment.bill_no)
