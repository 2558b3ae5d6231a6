"""The JSON of the contract (docs/reference/shop-contract.md), out and in. Amounts are strings such as "100.00"."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field

from huiyin.domain.orders.shop import (
    DeliveryState,
    GoodsKind,
    PaymentState,
    ReceiptState,
    RefundState,
    RemedyKind,
    RemedyRequest,
    TermsKind,
)
from huiyin.lib.money import Money

Yuan = Annotated[str, BeforeValidator(str)]
YuanOrNone = Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{1,100}$")]  # needs no escaping in a path


class GoodsOut(Schema):
    sku: str
    title: str
    kind: GoodsKind
    price: Yuan
    stock: int | None
    region: str
    how_to: str
    promised_s: int
    alternatives: list["GoodsOut"]


class PaymentOut(Schema):
    bill_no: str
    trade_no: str
    channel: str
    amount: Yuan
    state: PaymentState
    paid_at: datetime | None
    settled_at: datetime | None


class RefundOut(Schema):
    amount: Yuan
    state: RefundState
    at: datetime
    key: str
    reason: str
    bill_no: str


class ItemOut(Schema):
    key_id: str
    masked: str
    delivered_at: datetime
    by: str
    to: str
    mail_state: str
    first_shown_at: datetime | None
    redeemed_at: datetime | None
    redeemed_by: str
    expires_at: datetime | None
    region: str
    voided_at: datetime | None
    also_in_orders: int


class AttemptOut(Schema):
    at: datetime
    result: str
    detail: str


class DeliveryOut(Schema):
    state: DeliveryState
    promised_by: datetime | None
    attempts: list[AttemptOut]
    items: list[ItemOut]


class BuyerOut(Schema):
    email: str
    phone: str
    wechat: str
    qq: str
    member_no: str
    tier: str
    points: int | None
    region: str
    account: str


class OrderOut(Schema):
    order_no: str
    placed_at: datetime
    goods: GoodsOut
    quantity: int
    amount: Yuan
    buyer: BuyerOut
    delivery: DeliveryOut
    payments: list[PaymentOut]
    refunds: list[RefundOut]
    expires_at: datetime | None
    expected_value: YuanOrNone
    credited_value: YuanOrNone
    promotion: str
    account_confirmed: bool


class OrdersOut(Schema):
    orders: list[OrderOut]


class TermsOut(Schema):
    kind: TermsKind
    sku: str
    version: str
    title: str
    text: str
    rule: dict[str, Any]
    valid_from: datetime
    valid_until: datetime | None


class TermsListOut(Schema):
    terms: list[TermsOut]


class CapabilitiesOut(Schema):
    shop: str
    can: list[str]


class KeysOut(Schema):
    keys: list[str]


class ReceiptOut(Schema):
    key: str
    state: ReceiptState
    keys: list[str]
    detail: str
    at: datetime | None


class Problem(Schema):
    """Every error: a code for programs, a sentence for people."""

    code: str
    detail: str = ""


def _money(value: Any) -> Money:
    if not isinstance(value, str):
        raise ValueError('amounts are strings such as "100.00"')
    return Money.parse(value)


class RemedyIn(Schema):
    model_config = ConfigDict(extra="forbid")

    key: Name
    order_no: Name
    kind: RemedyKind
    amount: str = Field("0.00", pattern=r"^\d{1,9}(\.\d{1,2})?$")
    quantity: int = Field(1, ge=1, le=100)
    bill_no: str = Field("", max_length=64)
    replaces: list[str] = Field(default_factory=list, max_length=100)
    to: str = Field("", max_length=200)
    sku: str = Field("", max_length=40)
    reason: str = Field("", max_length=200)

    def request(self) -> RemedyRequest:
        """The value the shop acts on."""
        return RemedyRequest(
            key=self.key,
            order_no=self.order_no,
            kind=self.kind,
            amount=_money(self.amount),
            quantity=self.quantity,
            bill_no=self.bill_no,
            replaces=tuple(self.replaces),
            to=self.to,
            sku=self.sku,
            reason=self.reason,
        )
