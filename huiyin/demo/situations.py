"""The situations a buyer can be in, each as the shop's own facts would show it.

One home for three users: the demo shop seeds its database from these, `tests/fakes.py` hands them to the rules, and the
contract tests compare what comes back over HTTP. Orders nothing was delivered for are promised a day ahead, so that
only `watched` is overdue by itself; the delivery log says where the fault is the shop's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from huiyin.demo.catalogue import (
    CARDS,
    COINS,
    CUSTOM_SET,
    LIMITED_CARD,
    MUSIC_CARD,
    STAR_CARD,
    VIDEO_CARD,
    Article,
    alternatives_to,
)
from huiyin.demo.numbers import Numbers, masked
from huiyin.domain.orders.shop import (
    Attempt,
    Buyer,
    Delivered,
    Delivery,
    DeliveryState,
    OrderSnapshot,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from huiyin.lib.money import Money

FAR = timedelta(hours=24)  # later than any check runs
WATCHED_WITHIN = timedelta(seconds=10)
TIERS = ("ordinary", "silver", "gold", "diamond")
POINTS = (120, 860, 5200, 36000)  # of a member of each tier
QUEUE_TIMEOUT = "queue timeout"
NO_STOCK = "no stock"
ACCOUNT_CLOSED = "account closed"


@dataclass(frozen=True, slots=True)
class Case:
    """What a situation is made of: the numbers to draw, the moment, and which of several alike this is (0, 1, 2, …)."""

    numbers: Numbers
    index: int

    @property
    def now(self) -> datetime:
        return self.numbers.now

    @property
    def channel(self) -> str:
        return ("wechat", "alipay")[self.index % 2]

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Made:
    """An order and the full card keys behind its masked items, by key id."""

    order: OrderSnapshot
    codes: dict[str, str]


def make(situation: str, numbers: Numbers, index: int = 0) -> Made:
    """One order in this situation. Raises KeyError for an unknown slug."""
    return _MAKERS[situation](Case(numbers, index))


def _delivered(case: Case) -> Made:
    return _with_item(_paid(case, _card(case), minutes=95), case, by="mail", shown=True)


def _platform_failed(case: Case) -> Made:
    return _undelivered(_paid(case, _card(case), minutes=6), case, QUEUE_TIMEOUT)


def _payment_pending(case: Case) -> Made:
    return _unsettled(_paid(case, _card(case), minutes=4), PaymentState.PENDING)


def _payment_failed(case: Case) -> Made:
    return _unsettled(_paid(case, _card(case), minutes=12), PaymentState.FAILED)


def _out_of_stock(case: Case) -> Made:
    return _undelivered(_paid(case, LIMITED_CARD, minutes=7), case, NO_STOCK)


def _expired_card(case: Case) -> Made:
    made = _with_item(_paid(case, _card(case), minutes=130), case, shown=True)
    return _change_item(made, expires_at=case.now - timedelta(days=9))


def _wrong_region(case: Case) -> Made:
    return _change_item(_with_item(_paid(case, STAR_CARD, minutes=140), case, shown=True), region="港服")


def _already_redeemed(case: Case) -> Made:
    made = _with_item(_paid(case, _card(case), minutes=180), case, shown=True)
    return _change_item(made, redeemed_at=case.ago(150), redeemed_by="ha****19")


def _redeemed_before_delivery(case: Case) -> Made:
    made = _with_item(_paid(case, _card(case), minutes=60), case, shown=True)
    return _change_item(made, redeemed_at=case.ago(60) - timedelta(days=2), redeemed_by="zz****07")


def _short_amount(case: Case) -> Made:
    order = replace(
        _paid(case, COINS, minutes=45),
        expected_value=Money.parse("150"),
        credited_value=Money.parse("120"),
        promotion="充 100 送 50",
    )
    return _topped_up(order, case, order.buyer.account)


def _duplicate_charge(case: Case) -> Made:
    order = _paid(case, _card(case), minutes=80)
    again = _payment(case, order.amount, case.ago(79.5))
    return _with_item(replace(order, payments=(*order.payments, again)), case, shown=True)


def _mail_mistyped(case: Case) -> Made:
    order = _paid(case, _card(case), minutes=50)
    wrong = order.buyer.email.replace("@mail.example", "@mial.example")
    buyer = replace(order.buyer, email=wrong, phone=case.numbers.phone())
    return _change_item(_with_item(replace(order, buyer=buyer), case, by="mail"), mail_state="bounced")


def _page_closed(case: Case) -> Made:
    return _with_item(_paid(case, _card(case), minutes=25), case)


def _paid_after_expiry(case: Case) -> Made:
    order = _paid(case, _card(case), minutes=9)
    late = replace(order, placed_at=case.ago(45), expires_at=case.ago(15))
    return _undelivered(late, case, "order expired")


def _partial_delivery(case: Case) -> Made:
    order = _paid(case, VIDEO_CARD, minutes=30, quantity=3)
    made = _with_item(order, case, shown=True)
    attempts = (*made.order.delivery.attempts, Attempt(case.ago(29), "failed", QUEUE_TIMEOUT))
    delivery = replace(made.order.delivery, state=DeliveryState.PARTIAL, attempts=attempts, promised_by=case.now + FAR)
    return replace(made, order=replace(made.order, delivery=delivery))


def _key_sold_twice(case: Case) -> Made:
    return _change_item(_with_item(_paid(case, MUSIC_CARD, minutes=70), case, shown=True), also_in_orders=1)


def _manual_goods(case: Case) -> Made:
    order = _paid(case, CUSTOM_SET, minutes=35)
    return Made(replace(order, delivery=Delivery(DeliveryState.QUEUED, case.now + FAR)), {})


def _wrong_account(case: Case) -> Made:
    order = _paid(case, COINS, minutes=55)
    value = Money.parse("100")
    order = replace(order, account_confirmed=False, expected_value=value, credited_value=value)
    return _topped_up(order, case, case.numbers.account())


def _refund_failed(case: Case) -> Made:
    made = _undelivered(_paid(case, LIMITED_CARD, minutes=40), case, NO_STOCK)
    bill_no = made.order.payments[0].bill_no
    failed = Refund(made.order.amount, RefundState.FAILED, case.ago(20), reason=ACCOUNT_CLOSED, bill_no=bill_no)
    return replace(made, order=replace(made.order, refunds=(failed,)))


def _watched(case: Case) -> Made:
    order = _paid(case, _card(case), minutes=0)
    return Made(replace(order, delivery=Delivery(DeliveryState.QUEUED, case.now + WATCHED_WITHIN)), {})


_MAKERS: dict[str, Callable[[Case], Made]] = {
    "delivered": _delivered,
    "platform_failed": _platform_failed,
    "payment_pending": _payment_pending,
    "payment_failed": _payment_failed,
    "out_of_stock": _out_of_stock,
    "expired_card": _expired_card,
    "wrong_region": _wrong_region,
    "already_redeemed": _already_redeemed,
    "redeemed_before_delivery": _redeemed_before_delivery,
    "short_amount": _short_amount,
    "duplicate_charge": _duplicate_charge,
    "mail_mistyped": _mail_mistyped,
    "page_closed": _page_closed,
    "paid_after_expiry": _paid_after_expiry,
    "partial_delivery": _partial_delivery,
    "key_sold_twice": _key_sold_twice,
    "manual_goods": _manual_goods,
    "wrong_account": _wrong_account,
    "shop_unreachable": _platform_failed,  # the same trouble, but the shop does not answer about it
    "refund_failed": _refund_failed,
    "watched": _watched,
}
SITUATIONS = tuple(_MAKERS)


def _card(case: Case) -> Article:
    return CARDS[case.index % len(CARDS)]


def _paid(case: Case, article: Article, *, minutes: float, quantity: int = 1) -> OrderSnapshot:
    """An order paid so many minutes ago, nothing delivered yet. Every second buyer left a phone number too."""
    amount = Money(article.price.fen * quantity)
    paid_at = case.ago(minutes)
    return OrderSnapshot(
        order_no=case.numbers.order_no(),
        placed_at=paid_at - timedelta(seconds=40),
        goods=article.goods(alternatives_to(article)),
        quantity=quantity,
        amount=amount,
        buyer=_buyer(case, article),
        delivery=Delivery(DeliveryState.QUEUED, case.now + FAR),
        payments=(_payment(case, amount, paid_at),),
        expires_at=paid_at + timedelta(minutes=15),
    )


def _buyer(case: Case, article: Article) -> Buyer:
    numbers = case.numbers
    return Buyer(
        email=numbers.email(),
        phone=numbers.phone() if case.index % 2 else "",
        member_no=numbers.member_no() if case.index else "",  # the first of each bought without an account
        tier=TIERS[case.index % len(TIERS)] if case.index else "",
        points=POINTS[case.index % len(POINTS)] if case.index else None,
        region=article.region,
        account=numbers.account() if article is COINS else "",
    )


def _payment(case: Case, amount: Money, paid_at: datetime) -> Payment:
    bill_no, trade_no = case.numbers.bill_no(case.channel), case.numbers.trade_no()
    return Payment(bill_no, trade_no, case.channel, amount, PaymentState.PAID, paid_at, paid_at)


def _unsettled(order: OrderSnapshot, state: PaymentState) -> Made:
    payment = replace(order.payments[0], state=state, paid_at=None, settled_at=None)
    expires_at = order.placed_at + FAR if state is PaymentState.PENDING else order.expires_at
    delivery = Delivery(DeliveryState.NONE, None)
    return Made(replace(order, payments=(payment,), delivery=delivery, expires_at=expires_at), {})


def _undelivered(order: OrderSnapshot, case: Case, reason: str) -> Made:
    paid_at = order.payments[0].paid_at or case.now
    attempts = (Attempt(paid_at + timedelta(seconds=20), "failed", reason),)
    return Made(replace(order, delivery=Delivery(DeliveryState.FAILED, case.now + FAR, attempts)), {})


def _with_item(order: OrderSnapshot, case: Case, *, by: str = "page", shown: bool = False) -> Made:
    """The first item of the order was handed over fifteen seconds after payment; `shown` a minute later."""
    code, at = case.numbers.code(), (order.payments[0].paid_at or case.now) + timedelta(seconds=15)
    item = Delivered(
        key_id=case.numbers.key_id(),
        masked=masked(code),
        delivered_at=at,
        by=by,
        to=order.buyer.email if by == "mail" else "",
        mail_state="sent" if by == "mail" else "",
        first_shown_at=at + timedelta(minutes=1) if shown else None,
        expires_at=case.now + timedelta(days=365),
        region=order.goods.region,
    )
    return Made(_done(order, item), {item.key_id: code})


def _topped_up(order: OrderSnapshot, case: Case, account: str) -> Made:
    at = (order.payments[0].paid_at or case.now) + timedelta(seconds=15)
    item = Delivered(key_id=case.numbers.key_id(), masked="", delivered_at=at, by="topup", to=account)
    return Made(_done(order, item), {})


def _done(order: OrderSnapshot, item: Delivered) -> OrderSnapshot:
    promised_by = item.delivered_at + timedelta(seconds=order.goods.promised_s)
    attempts = (Attempt(item.delivered_at, "ok"),)
    return replace(order, delivery=Delivery(DeliveryState.DONE, promised_by, attempts, (item,)))


def _change_item(made: Made, **changes: object) -> Made:
    delivery = made.order.delivery
    item = replace(delivery.items[0], **changes)  # type: ignore[arg-type]
    return replace(made, order=replace(made.order, delivery=replace(delivery, items=(item,))))
