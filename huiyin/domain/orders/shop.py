"""The port to the shop's own back end: what Huiyin asks of any shop, and the values it gets back.

Two implementations exist: `adapters/shop/http.py` speaks the HTTP contract (docs/reference/shop-contract.md) to a real
shop or to the demo shop; `tests/fakes.py` holds one in memory. Every call may raise `Unavailable` (no answer in
time: ask again later) or `Rejected` (the shop says no: a person must look). Times are aware datetimes in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from huiyin.lib.money import Money


class GoodsKind(StrEnum):
    CARD = "card"  # a key the shop holds in stock and delivers by itself
    TOPUP = "topup"  # credited to the account the buyer named
    MANUAL = "manual"  # somebody at the shop delivers by hand


class PaymentState(StrEnum):
    PENDING = "pending"  # the channel has not settled
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"


class DeliveryState(StrEnum):
    NONE = "none"  # nothing tried yet
    QUEUED = "queued"  # on its way, promised by `promised_by`
    FAILED = "failed"  # tried, and the shop's own log says it did not work
    PARTIAL = "partial"  # some items of several
    DONE = "done"


class RefundState(StrEnum):
    PENDING = "pending"
    ARRIVED = "arrived"
    FAILED = "failed"


class RemedyKind(StrEnum):
    REISSUE = "reissue"  # a new key or a repeated top-up; old keys are voided first
    REFUND = "refund"  # along the original path only
    COUPON = "coupon"
    POINTS = "points"
    RESEND = "resend"  # the same key again, to an address that works
    EXCHANGE = "exchange"  # another article of the same price


class ReceiptState(StrEnum):
    DONE = "done"
    FAILED = "failed"
    PENDING = "pending"  # accepted, the effect comes later (a refund on its way)
    UNKNOWN = "unknown"  # the shop has never heard of this key


class TermsKind(StrEnum):
    GOODS_PAGE = "goods_page"
    PROMOTION = "promotion"
    FEES = "fees"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Goods:
    sku: str
    title: str
    kind: GoodsKind
    price: Money
    stock: int | None  # None = the shop does not count it
    region: str = ""  # where the key can be redeemed, e.g. "国服"; empty = anywhere
    how_to: str = ""  # how to redeem, one line
    promised_s: int = 180  # automatic goods: seconds from payment to delivery
    alternatives: tuple["Goods", ...] = ()  # same price, in stock: what an exchange can offer


@dataclass(frozen=True, slots=True)
class Payment:
    bill_no: str  # the long number on the buyer's WeChat or Alipay bill
    trade_no: str  # the shop's number at the channel
    channel: str  # wechat | alipay | other slugs of the shop
    amount: Money
    state: PaymentState
    paid_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    amount: Money
    state: RefundState
    at: datetime
    key: str = ""  # our idempotency key, where we asked for it
    reason: str = ""  # why it failed, in the channel's words
    bill_no: str = ""  # the payment it went back along


@dataclass(frozen=True, slots=True)
class Delivered:
    """One thing that was handed over. `masked` shows the first and last four characters at most."""

    key_id: str
    masked: str
    delivered_at: datetime
    by: str  # page | mail | topup
    to: str = ""  # mail address or account, masked by us before anybody sees it
    mail_state: str = ""  # sent | bounced
    first_shown_at: datetime | None = None
    redeemed_at: datetime | None = None
    redeemed_by: str = ""  # masked by the shop
    expires_at: datetime | None = None
    region: str = ""
    voided_at: datetime | None = None
    also_in_orders: int = 0  # other orders that were given the same key


@dataclass(frozen=True, slots=True)
class Attempt:
    at: datetime
    result: str  # ok | failed
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    state: DeliveryState
    promised_by: datetime | None
    attempts: tuple[Attempt, ...] = ()
    items: tuple[Delivered, ...] = ()


@dataclass(frozen=True, slots=True)
class Buyer:
    email: str = ""
    phone: str = ""
    wechat: str = ""
    qq: str = ""
    member_no: str = ""
    tier: str = ""  # ordinary | silver | gold | diamond
    points: int | None = None  # of the member, when the shop answered; None = it does not tell
    region: str = ""
    account: str = ""  # the account a top-up was meant for


@dataclass(frozen=True, slots=True)
class OrderSnapshot:
    """Everything the shop holds about one order at one moment."""

    order_no: str
    placed_at: datetime
    goods: Goods
    quantity: int
    amount: Money
    buyer: Buyer
    delivery: Delivery
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    expires_at: datetime | None = None  # an unpaid order closes then
    expected_value: Money | None = None  # face value due under the rule in force when paid (充100送50 → 150)
    credited_value: Money | None = None  # face value that arrived
    promotion: str = ""  # the rule, as it was shown
    account_confirmed: bool = True  # False = the credited account is not one the buyer's member data knows


@dataclass(frozen=True, slots=True)
class Terms:
    """A version of what the shop said about an article, or, without `sku`, about everything it sells."""

    kind: TermsKind
    sku: str
    version: str
    title: str
    text: str
    valid_from: datetime
    valid_until: datetime | None = None  # None = still valid
    rule: Mapping[str, Any] = field(default_factory=dict)  # what `promotions.py` computes with


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this shop's software can do by itself; what is missing becomes a manual task."""

    shop: str
    can: frozenset[str] = field(default_factory=frozenset)  # RemedyKind values; void, reveal, events, remedy_state


@dataclass(frozen=True, slots=True)
class RemedyRequest:
    """One remedy to carry out. `key` makes it happen at most once: the shop answers a repeat with the first result."""

    key: str
    order_no: str
    kind: RemedyKind
    amount: Money = Money(0)
    quantity: int = 1
    bill_no: str = ""  # refund: the payment it goes back along
    replaces: tuple[str, ...] = ()  # reissue: key ids to void first
    to: str = ""  # resend: the address
    sku: str = ""  # exchange: the other article
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    key: str
    state: ReceiptState
    keys: tuple[str, ...] = ()  # full card keys handed out by a reissue, resend or exchange
    detail: str = ""
    at: datetime | None = None


class Shop(Protocol):
    def capabilities(self) -> Capabilities: ...

    def find(self, by: str, value: str) -> tuple[OrderSnapshot, ...]:
        """Orders by `order_no | bill_no | bill_tail | trade_no | email | phone | wechat | qq`, newest first, at most
        20. `bill_tail`: the last eight digits or more; a shop that cannot look for it raises Rejected."""

    def order(self, order_no: str) -> OrderSnapshot | None:
        """One order; None when the shop answers that there is none."""

    def terms(self, order_no: str) -> tuple[Terms, ...]:
        """What the shop said when this order was paid; nothing where it keeps no versions or has no such order."""

    def requery(self, bill_no: str) -> Payment | None:
        """Ask the payment channel again, through the shop, how this bill stands."""

    def paid_since(self, since: datetime) -> tuple[OrderSnapshot, ...]:
        """Orders paid after `since`, oldest first, at most 200: for shops that send no events."""

    def reveal(self, order_no: str) -> tuple[str, ...]:
        """The full keys of a delivered order. The shop notes the first time they were shown."""

    def remedy(self, request: RemedyRequest) -> Receipt:
        """Carry out a remedy once. Repeating the same key is safe and returns the first result."""

    def remedy_state(self, key: str) -> Receipt:
        """What became of a remedy after a crash. Raises Rejected('unsupported') where the shop cannot tell."""
