"""What proves a problem (CP4), and what must be legible in it (CP20). Pure.

Proof is a chain of at most three links: the transaction, the communication, the problem. Each category lists only
what proves *that* problem, and what the platform holds itself counts: nobody who paid and got nothing is asked for a
picture, because the payment and the empty delivery log say it all. Whoever complains sees no score. They read that
nothing more is needed, or one named thing with an example of it; and what they bring is taken even when points in it
cannot be read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from huiyin.domain.orders.situations import Situation
from huiyin.domain.promises.promises import Category


class Type(StrEnum):
    TRANSACTION = "transaction"
    COMMUNICATION = "communication"
    PROBLEM = "problem"


class Source(StrEnum):
    SYSTEM = "system"
    BUYER = "buyer"
    STAFF = "staff"


class What(StrEnum):
    """What a piece of evidence shows."""

    ORDER = "order"
    PAYMENT = "payment"  # the record, or a picture of the bill
    GOODS_PAGE = "goods_page"
    PROMOTION = "promotion"
    FEES = "fees"
    REFUND_TERMS = "refund_terms"
    CHAT = "chat"
    CALL = "call"
    MAIL = "mail"
    DELIVERY_LOG = "delivery_log"
    BALANCE = "balance"  # what the account really got
    ERROR = "error"  # what the game or the shop says when it does not work
    BILL = "bill"  # several charges side by side
    ACCOUNT = "account"  # that the account is one's own
    LOGIN_TRACE = "login_trace"
    POINTS = "points"
    FRAUD_TRACE = "fraud_trace"
    OTHER = "other"


TYPE_OF = {
    **dict.fromkeys(
        [What.ORDER, What.PAYMENT, What.GOODS_PAGE, What.PROMOTION, What.FEES, What.REFUND_TERMS], Type.TRANSACTION
    ),
    **dict.fromkeys([What.CHAT, What.CALL, What.MAIL], Type.COMMUNICATION),
    **dict.fromkeys(
        [
            What.DELIVERY_LOG, What.BALANCE, What.ERROR, What.BILL, What.ACCOUNT, What.LOGIN_TRACE, What.POINTS,
            What.FRAUD_TRACE, What.OTHER,
        ], Type.PROBLEM,
    ),
}  # fmt: skip

# CP20: what must be legible, most important first. Codes; the words and an example stand in the catalogues.
POINTS: Mapping[What, tuple[str, ...]] = {
    What.ORDER: ("order_no", "goods", "time", "amount"),
    What.PAYMENT: ("bill_no", "amount", "time", "payee"),
    What.GOODS_PAGE: ("title", "claim", "price"),
    What.PROMOTION: ("title", "rule", "period"),
    What.FEES: ("rule",),
    What.REFUND_TERMS: ("rule",),
    What.CHAT: ("both_sides", "time", "agent"),
    What.CALL: ("from_the_start", "agent", "time"),
    What.MAIL: ("sender", "time", "text"),
    What.BALANCE: ("account", "amount", "time"),
    What.ERROR: ("message", "account", "time"),
    What.BILL: ("both_charges", "bill_no", "amount", "time"),
    What.ACCOUNT: ("account", "binding"),
    What.LOGIN_TRACE: ("account", "time", "place"),
    What.POINTS: ("account", "points", "time"),
    What.FRAUD_TRACE: ("counterpart", "amount", "time"),
    What.DELIVERY_LOG: ("time", "result"),
    What.OTHER: ("time",),
}
SMALL_SIDE = 480  # pixels; below it nobody reads the figures of a screen
SMALL_PICTURE = "small_picture"

# what only we and the shop can bring
_OURS = {What.ORDER, What.DELIVERY_LOG, What.GOODS_PAGE, What.FEES, What.REFUND_TERMS}

# the shop's own records show that this key is not right
_KEY_IS_BAD = {
    Situation.EXPIRED_CARD, Situation.WRONG_REGION, Situation.KEY_SOLD_TWICE, Situation.REDEEMED_BEFORE_DELIVERY,
    Situation.ALREADY_REDEEMED,  # delivered, shown and redeemed stand in our records; the buyer cannot show more
}  # fmt: skip
# the delivery log is empty, says that it failed, or that it went astray
_NOT_DELIVERED = {
    Situation.PLATFORM_FAILED, Situation.OUT_OF_STOCK, Situation.PAID_AFTER_EXPIRY, Situation.PARTIAL_DELIVERY,
    Situation.MANUAL_GOODS, Situation.MAIL_MISTYPED, Situation.PAGE_CLOSED, Situation.WATCHED, Situation.WRONG_ACCOUNT,
    Situation.PAYMENT_PENDING, Situation.REFUND_FAILED, Situation.REFUND_ON_ITS_WAY, Situation.REFUNDED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: any of these closes it; so does a situation that our own records show."""

    any_of: tuple[What, ...]
    shown_by: frozenset[Situation] = frozenset()


def _link(*any_of: What, shown_by: Collection[Situation] = ()) -> Link:
    return Link(any_of, frozenset(shown_by))


_PAID = _link(What.PAYMENT)
_SHORT = {Situation.SHORT_AMOUNT}
CHAINS: Mapping[Category, tuple[Link, ...]] = {
    Category.RECHARGE_DELAYED: (
        _PAID, _link(What.DELIVERY_LOG), _link(What.BALANCE, shown_by=_NOT_DELIVERED),
    ),
    Category.CARD_INVALID: (_PAID, _link(What.DELIVERY_LOG), _link(What.ERROR, shown_by=_KEY_IS_BAD)),
    Category.WRONG_AMOUNT: (_PAID, _link(What.BALANCE, shown_by=_SHORT)),
    Category.PROMO_DISPUTE: (_PAID, _link(What.PROMOTION), _link(What.BALANCE, shown_by=_SHORT)),
    Category.REFUND_REQUEST: (_PAID, _link(What.REFUND_TERMS)),
    Category.DUPLICATE_CHARGE: (_link(What.BILL, shown_by={Situation.DUPLICATE_CHARGE}),),
    Category.ACCOUNT_STOLEN: (_link(What.ACCOUNT), _link(What.LOGIN_TRACE)),
    Category.ACCOUNT_ACCESS: (_link(What.ACCOUNT), _link(What.ERROR)),
    Category.FRAUD: (_link(What.FRAUD_TRACE), _link(What.PAYMENT)),
    Category.SERVICE_ATTITUDE: (_link(What.CHAT, What.CALL, What.MAIL),),
    Category.MEMBERSHIP_POINTS: (_link(What.POINTS),),
    Category.ORDER_STATUS: (_PAID,),
    Category.HOW_TO: (),
    Category.COMPLAINT_FOLLOWUP: (),
    Category.OTHER: (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chain:
    """How well a problem is proven. `missing` names at most one thing, which the buyer can bring; `ours` what we must
    bring ourselves and have not."""

    present: tuple[What, ...]
    missing: tuple[What, ...] = ()
    ours: tuple[What, ...] = ()

    @property
    def points(self) -> tuple[str, ...]:
        """What must be legible in what is missing."""
        return POINTS[self.missing[0]] if self.missing else ()


def assess(category: str, situation: str, held: Collection[str]) -> Chain:
    """The chain of a complaint. `situation`: of its order, empty without one; `held`: slugs of what is there."""
    links = CHAINS.get(_category(category), ())
    present = [What(what) for link in links for what in link.any_of if what in held]
    gaps = [link.any_of[0] for link in links if not _is_closed(link, situation, held)]
    asked = tuple(gap for gap in gaps if gap not in _OURS)
    return Chain(tuple(present), asked[:1], tuple(gap for gap in gaps if gap in _OURS))


def _is_closed(link: Link, situation: str, held: Collection[str]) -> bool:
    return situation in link.shown_by or any(what in held for what in link.any_of)


def may_be_asked(category: str) -> frozenset[str]:
    """What a clock may wait for: the things this category lists and a buyer can bring (CP8)."""
    links = CHAINS.get(_category(category), ())
    return frozenset(what.value for link in links for what in link.any_of if what not in _OURS)


def _category(slug: str) -> Category:
    return Category(slug) if slug in set(Category) else Category.OTHER


def held_by_the_shop(snapshot: Mapping[str, Any]) -> frozenset[str]:
    """What the shop's own records about an order prove; `snapshot` as `snapshots.as_json` makes it."""
    if not snapshot:
        return frozenset()
    held = {What.ORDER.value, What.DELIVERY_LOG.value}
    if any(payment.get("state") in {"paid", "refunded"} for payment in snapshot.get("payments", ())):
        held.add(What.PAYMENT.value)
    return frozenset(held)


def known_what(slug: str) -> What:
    """The slug somebody named, or OTHER."""
    return What(slug) if slug in set(What) else What.OTHER


def unreadable(what: What, named: Collection[str], shortest_side: int | None = None) -> list[str]:
    """CP20: the points of this kind that somebody named as not legible, and whether the picture is too small."""
    found = [point for point in POINTS[what] if point in named]
    is_small = shortest_side is not None and shortest_side < SMALL_SIDE
    return [*found, SMALL_PICTURE] if is_small else found
