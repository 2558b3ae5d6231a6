"""What the demo shop calls things on its pages."""

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from huiyin.demo.faults import Trouble
from huiyin.domain.orders.shop import DeliveryState, PaymentState, RefundState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SITUATIONS: "dict[str, _StrPromise]" = {
    "": pgettext_lazy("demo shop", "Everything works"),
    "delivered": pgettext_lazy("demo shop", "Delivered"),
    "platform_failed": pgettext_lazy("demo shop", "Paid, the shop failed to deliver"),
    "payment_pending": pgettext_lazy("demo shop", "The payment channel has not settled"),
    "payment_failed": pgettext_lazy("demo shop", "The payment failed"),
    "out_of_stock": pgettext_lazy("demo shop", "Paid, then out of stock"),
    "expired_card": pgettext_lazy("demo shop", "The key had expired"),
    "wrong_region": pgettext_lazy("demo shop", "The key is for another region"),
    "already_redeemed": pgettext_lazy("demo shop", "The key was redeemed after delivery"),
    "redeemed_before_delivery": pgettext_lazy("demo shop", "The key was used before it was sold"),
    "short_amount": pgettext_lazy("demo shop", "Less credited than promised"),
    "duplicate_charge": pgettext_lazy("demo shop", "Charged twice"),
    "mail_mistyped": pgettext_lazy("demo shop", "Mistyped mail address"),
    "page_closed": pgettext_lazy("demo shop", "Page closed before the key was seen"),
    "paid_after_expiry": pgettext_lazy("demo shop", "Paid after the order had closed"),
    "partial_delivery": pgettext_lazy("demo shop", "Only a part was delivered"),
    "key_sold_twice": pgettext_lazy("demo shop", "The same key was sold twice"),
    "manual_goods": pgettext_lazy("demo shop", "Goods that are delivered by hand"),
    "wrong_account": pgettext_lazy("demo shop", "Credited to a wrong account"),
    "shop_unreachable": pgettext_lazy("demo shop", "The shop does not answer about it"),
    "refund_failed": pgettext_lazy("demo shop", "The refund failed"),
    "watched": pgettext_lazy("demo shop", "Paid just now, delivery stuck"),
}
TROUBLES: "dict[str, _StrPromise]" = {
    Trouble.SILENT: pgettext_lazy("demo shop", "Does not answer"),
    Trouble.BUSY: pgettext_lazy("demo shop", "Answers 503"),
    Trouble.REPLY_LOST: pgettext_lazy("demo shop", "Remedies happen, the answer is lost"),
    Trouble.REFUND_FAILS: pgettext_lazy("demo shop", "Refunds fail"),
    Trouble.REMEDY_FAILS: pgettext_lazy("demo shop", "Remedies fail"),
    Trouble.LIES: pgettext_lazy("demo shop", "Answers nonsense"),
    Trouble.NO_EVENTS: pgettext_lazy("demo shop", "Sends no events"),
    Trouble.NO_REMEDIES: pgettext_lazy("demo shop", "Cannot act by itself"),
    Trouble.NO_REMEDY_STATE: pgettext_lazy("demo shop", "Cannot tell what became of a remedy"),
    Trouble.CHANNEL_SETTLES: pgettext_lazy("demo shop", "The channel settles"),
}
WHOLE_SHOP = (
    Trouble.SILENT,
    Trouble.BUSY,
    Trouble.REPLY_LOST,
    Trouble.REMEDY_FAILS,
    Trouble.LIES,
    Trouble.NO_EVENTS,
    Trouble.NO_REMEDIES,
    Trouble.NO_REMEDY_STATE,
)
ONE_ORDER = (
    Trouble.SILENT,
    Trouble.BUSY,
    Trouble.REPLY_LOST,
    Trouble.REFUND_FAILS,
    Trouble.REMEDY_FAILS,
    Trouble.LIES,
    Trouble.CHANNEL_SETTLES,
)
PAYMENTS: "dict[str, _StrPromise]" = {
    PaymentState.PENDING: pgettext_lazy("demo shop", "waiting for the payment channel"),
    PaymentState.PAID: pgettext_lazy("demo shop", "paid"),
    PaymentState.FAILED: pgettext_lazy("demo shop", "not paid"),
    PaymentState.REFUNDED: pgettext_lazy("demo shop", "refunded"),
}
DELIVERIES: "dict[str, _StrPromise]" = {
    DeliveryState.NONE: pgettext_lazy("demo shop", "starts after payment"),
    DeliveryState.QUEUED: pgettext_lazy("demo shop", "on its way"),
    DeliveryState.FAILED: pgettext_lazy("demo shop", "not delivered"),
    DeliveryState.PARTIAL: pgettext_lazy("demo shop", "partly delivered"),
    DeliveryState.DONE: pgettext_lazy("demo shop", "delivered"),
}
REFUNDS: "dict[str, _StrPromise]" = {
    RefundState.PENDING: pgettext_lazy("demo shop", "on its way"),
    RefundState.ARRIVED: pgettext_lazy("demo shop", "arrived"),
    RefundState.FAILED: pgettext_lazy("demo shop", "failed"),
}
