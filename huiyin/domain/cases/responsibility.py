"""Who is responsible, as far as the order's own facts say (CP2, CP13).

The system states its finding with the reason; a person may change it and the buyer may contradict it in one tap.
Whoever it is, we stay responsible to the buyer: "not us" is no end of a case.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Responsible(StrEnum):
    PLATFORM = "platform"
    SUPPLIER = "supplier"
    PAYMENT = "payment"
    VENDOR = "vendor"  # the game or service the key is for
    BUYER = "buyer"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Finding:
    """`reason` is a situation of the order when the system found it, else words of whoever assessed it."""

    responsible: Responsible
    reason: str = ""


_BY_SITUATION: Final = {
    "platform_failed": Responsible.PLATFORM,
    "out_of_stock": Responsible.PLATFORM,
    "paid_after_expiry": Responsible.PLATFORM,
    "partial_delivery": Responsible.PLATFORM,
    "wrong_region": Responsible.PLATFORM,
    "short_amount": Responsible.PLATFORM,
    "key_sold_twice": Responsible.PLATFORM,
    "expired_card": Responsible.SUPPLIER,
    "redeemed_before_delivery": Responsible.SUPPLIER,
    "duplicate_charge": Responsible.PAYMENT,
    "refund_failed": Responsible.PAYMENT,
    "payment_failed": Responsible.PAYMENT,
    "payment_pending": Responsible.PAYMENT,
    "mail_mistyped": Responsible.BUYER,
}


def finding_from(situation: str) -> Finding:
    """What the shop's facts about the order say by themselves; unclear where they do not."""
    found = _BY_SITUATION.get(situation)
    return Finding(found, situation) if found else Finding(Responsible.UNCLEAR)
