"""How well somebody has shown that an order is theirs (HL11), and what that allows.

The caller's number, the order number, an e-mail address: anybody can know these, they prove nothing. The long number on
the payment bill is known to the payer alone. A code sent to the order's own contact, or a link signed by the shop for
its signed-in buyer, is as good.
"""

from enum import StrEnum

from huiyin.domain.orders.shop import OrderSnapshot
from huiyin.lib.money import Money

TAIL = 8  # digits of a bill number that, with the exact amount, prove it on the phone


class Level(StrEnum):
    NONE = "none"
    ORDER_FACTS = "order_facts"
    CONTACT = "contact"
    SIGNED = "signed"


def may_see_facts(level: Level) -> bool:
    """May be told how the order stands, and choose a remedy that goes back along the original path."""
    return level is not Level.NONE


def is_whole_bill_no(given: str, snapshot: OrderSnapshot) -> bool:
    """The complete number of one of the order's payments, as on the bill."""
    return any(given == payment.bill_no for payment in snapshot.payments)


def is_tail_and_amount(given: str, amount: Money, snapshot: OrderSnapshot) -> bool:
    """The last eight or more digits of a bill number together with the exact amount: enough to act, not to show."""
    if len(given) < TAIL or not given.isdigit():
        return False
    return any(p.bill_no.endswith(given) and p.amount == amount for p in snapshot.payments)
