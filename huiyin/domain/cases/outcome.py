"""The result, compared with what was asked for, item by item (CP10, CP17).

An item is met when what was agreed has arrived and is not less than what was wanted; an explanation is met when it was
accepted, because nothing has to arrive. Less, or something else, is partly. Agreed but not there yet is on its way, and
is no result. What the buyer took back does not count.
"""

from collections.abc import Iterable
from enum import StrEnum

from huiyin.domain.cases.letter import Wish
from huiyin.domain.cases.lifecycle import Outcome

AGREED = {"accepted", "carrying_out"}


class Measure(StrEnum):
    MET = "met"
    PARTLY = "partly"
    ON_ITS_WAY = "on_its_way"
    NOT = "not"
    WITHDRAWN = "withdrawn"


def measure(wish: Wish) -> Measure:
    """How far one item is."""
    if wish.state == "withdrawn":
        return Measure.WITHDRAWN
    if wish.state in AGREED and not (wish.kind == "explanation" and wish.state == "accepted"):
        return Measure.ON_ITS_WAY
    if wish.state not in {"accepted", "arrived"}:
        return Measure.NOT
    return Measure.MET if _is_enough(wish) else Measure.PARTLY


def _is_enough(wish: Wish) -> bool:
    is_same = wish.offer_kind in {"", wish.kind} or wish.kind == "other"  # a wish without a kind fits what was taken
    given = wish.offer_amount if wish.offer_amount is not None else wish.amount
    return is_same and (wish.amount is None or given is None or given >= wish.amount)


def ending(outcome: str, by: str, behalf: str = "") -> str:
    """How a case ended, for words: its outcome, but a confirmation is the buyer's own only where they gave it, else
    `confirmed_for` (noted for them) or `arrived` (they agreed and it came). `by`, `behalf`: of the fact that closed it.
    """
    if outcome != Outcome.CONFIRMED or by == "buyer":
        return outcome
    return "confirmed_for" if behalf else "arrived"


def outcome(wishes: Iterable[Wish]) -> Measure:
    """How far all of it is. One item that is not met makes it partly, even while others are on their way."""
    counted = {measure(wish) for wish in wishes} - {Measure.WITHDRAWN}
    if not counted:
        return Measure.WITHDRAWN
    if len(counted) == 1:
        return counted.pop()
    is_coming = Measure.ON_ITS_WAY in counted and Measure.NOT not in counted
    return Measure.ON_ITS_WAY if is_coming else Measure.PARTLY
