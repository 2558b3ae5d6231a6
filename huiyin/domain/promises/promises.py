"""Every promise is a clock that starts when it is given and is told to the buyer at once, with its reason.

How long it runs follows from what went wrong and how bad it is, and only then from who the buyer is: an undelivered
key takes ten minutes for everybody, a diamond member hears a person sooner. What a machine does runs day and night;
what needs a person runs in the opening hours of the service. Nothing here knows tables or the time of day.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from huiyin.lib.working_time import Unit


class Kind(StrEnum):
    ACKNOWLEDGE = "acknowledge"  # "we have it, this is its number"
    FIRST_ANSWER = "first_answer"  # a person answers
    REMEDY = "remedy"  # the machine carries out what was chosen
    NEXT_UPDATE = "next_update"  # news, even when there is none
    RESULT = "result"  # what we found and what we offer
    MANUAL_TASK = "manual_task"  # somebody at the shop does it by hand
    PAYMENT_CHECK = "payment_check"  # we ask the payment channel again
    CALLBACK = "callback"  # we call the buyer
    CARRYING_OUT = "carrying_out"  # an agreed result becomes real
    BUYER_MATERIAL = "buyer_material"  # the buyer sends the one thing we asked for
    L2_ANSWER = "l2_answer"  # the second line answers after a hand-over
    RISK_CHECK = "risk_check"  # the risk team says whether it was fraud
    COMMITMENT = "commitment"  # what one of us said they would do until then (CP14)


class Obligor(StrEnum):
    US = "us"
    AUTHORITY = "authority"
    BUYER = "buyer"


class State(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Severity(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Tier(StrEnum):
    ORDINARY = "ordinary"
    SILVER = "silver"
    GOLD = "gold"
    DIAMOND = "diamond"


class Category(StrEnum):
    RECHARGE_DELAYED = "recharge_delayed"  # paid, and no key or credit arrived
    CARD_INVALID = "card_invalid"  # a key came and does not work
    WRONG_AMOUNT = "wrong_amount"
    PROMO_DISPUTE = "promo_dispute"
    REFUND_REQUEST = "refund_request"
    DUPLICATE_CHARGE = "duplicate_charge"
    ACCOUNT_STOLEN = "account_stolen"
    ACCOUNT_ACCESS = "account_access"
    FRAUD = "fraud"
    SERVICE_ATTITUDE = "service_attitude"
    MEMBERSHIP_POINTS = "membership_points"
    ORDER_STATUS = "order_status"
    HOW_TO = "how_to"
    COMPLAINT_FOLLOWUP = "complaint_followup"
    OTHER = "other"


# who must do it; whatever is not here, we owe
OBLIGORS: Final = {Kind.BUYER_MATERIAL: Obligor.BUYER}


@dataclass(frozen=True, slots=True)
class Term:
    """How long we may take, in `unit`, and the code of the reason the buyer is told."""

    amount: int
    unit: Unit
    reason_code: str

    def by_a_person(self) -> "Term":
        """The same term when a person must do it: time in opening hours, a day becomes a day of work (8 hours)."""
        if self.unit is not Unit.SECONDS:
            return self
        return replace(self, unit=Unit.WORKING_SECONDS, amount=min(self.amount, DAY_OF_WORK))


MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY_OF_WORK: Final = 8 * HOUR
_WALL, _OPEN = Unit.SECONDS, Unit.WORKING_SECONDS

# Results (CP8): the category speaks first, what it leaves open takes a day.
_RESULT: Final = {
    Category.RECHARGE_DELAYED: Term(10 * MINUTE, _WALL, "undelivered_key"),
    Category.CARD_INVALID: Term(30 * MINUTE, _WALL, "unusable_key"),
    Category.WRONG_AMOUNT: Term(4 * HOUR, _WALL, "wrong_amount"),
    Category.DUPLICATE_CHARGE: Term(4 * HOUR, _WALL, "double_charge"),
    Category.ACCOUNT_STOLEN: Term(2 * HOUR, _WALL, "stolen_account"),
    Category.FRAUD: Term(4 * HOUR, _WALL, "risk_check"),
}
_OTHER_RESULT: Final = Term(24 * HOUR, _WALL, "other_result")

# Severity comes second and is a ceiling: it shortens the long terms and leaves the short ones alone.
_RESULT_CEILING: Final = {
    Severity.URGENT: Term(2 * HOUR, _WALL, "urgent"),
    Severity.HIGH: Term(4 * HOUR, _WALL, "high_severity"),
}
_ANSWER_CEILING: Final = {
    Severity.URGENT: Term(5 * MINUTE, _OPEN, "urgent"),
    Severity.HIGH: Term(10 * MINUTE, _OPEN, "high_severity"),
}
_UNHURRIED: Final = frozenset({Category.FRAUD})  # a risk check takes the time it takes; hurrying it makes it wrong

# The member tier decides how soon a person speaks to the buyer, never how soon a wrong is put right.
_ANSWER: Final = {
    Tier.DIAMOND: Term(3 * MINUTE, _OPEN, "tier_diamond"),
    Tier.GOLD: Term(10 * MINUTE, _OPEN, "tier_gold"),
    Tier.SILVER: Term(20 * MINUTE, _OPEN, "tier_silver"),
    Tier.ORDINARY: Term(30 * MINUTE, _OPEN, "tier_ordinary"),
}

# The same for everybody, whatever went wrong.
_ALWAYS: Final = {
    Kind.ACKNOWLEDGE: Term(0, _WALL, "at_once"),
    Kind.REMEDY: Term(10 * MINUTE, _WALL, "remedy"),
    Kind.NEXT_UPDATE: Term(24 * HOUR, _WALL, "next_update"),
    Kind.PAYMENT_CHECK: Term(10 * MINUTE, _WALL, "payment_check"),
    Kind.CARRYING_OUT: Term(24 * HOUR, _WALL, "carrying_out"),
    Kind.BUYER_MATERIAL: Term(24 * HOUR, _WALL, "buyer_material"),
    Kind.L2_ANSWER: Term(2 * HOUR, _OPEN, "l2_answer"),
    Kind.RISK_CHECK: Term(4 * HOUR, _OPEN, "risk_check"),
    Kind.COMMITMENT: Term(24 * HOUR, _WALL, "commitment"),  # where somebody named no time
}
_BY_RESULT: Final = frozenset({Kind.RESULT, Kind.MANUAL_TASK})
_BY_ANSWER: Final = frozenset({Kind.FIRST_ANSWER, Kind.CALLBACK})


def promised(kind: Kind, category: str, severity: Severity, tier: Tier) -> Term:
    """The term of a promise. A category the operator added and this table does not know counts as `other`."""
    if kind in _BY_RESULT:
        term = _result(category, severity)
        return term.by_a_person() if kind is Kind.MANUAL_TASK else term
    if kind in _BY_ANSWER:
        return _shorter(_ANSWER[tier], _ANSWER_CEILING.get(severity))
    return _ALWAYS[kind]


def while_nobody_is_here() -> Term:
    """How soon a person answers whoever turns to us while nobody is here, in opening hours: told before they write, and
    promised when they do."""
    return promised(Kind.FIRST_ANSWER, Category.ORDER_STATUS, Severity.NORMAL, Tier.ORDINARY)


def _result(category: str, severity: Severity) -> Term:
    known = Category(category) if category in set(Category) else Category.OTHER
    term = _RESULT.get(known, _OTHER_RESULT)
    return term if known in _UNHURRIED else _shorter(term, _RESULT_CEILING.get(severity))


def _shorter(term: Term, ceiling: Term | None) -> Term:
    return ceiling if ceiling is not None and ceiling.amount < term.amount else term
