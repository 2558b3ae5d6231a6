"""How soon a person answers whoever waits. Pure.

The term follows from the member's tier; who says that they are elderly or in urgent need gets that term when it is
shorter (MB2). A shorter term is all that precedence means: with it an item is due earlier, and ageing is built in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TERMS: Final[Mapping[str, int]] = {
    "diamond": 15, "gold": 30, "silver": 45, "ordinary": 60, "elderly": 30, "urgent": 15, "handed_over": 15,
}  # fmt: skip
CASE_TERM_S: Final = 1_800  # an owner for a case nobody on duty could take


@dataclass(frozen=True, slots=True)
class Precedence:
    """Who waits, as far as it shortens the wait."""

    tier: str = "ordinary"
    urgent: bool = False
    elderly: bool = False


def term_s(terms: Mapping[str, int], who: Precedence) -> int:
    """Seconds until a person answers. `terms` are the queue's own; what it does not name is as shipped."""
    known = {**TERMS, **terms}
    mine = [known.get(who.tier, known["ordinary"])]
    mine += [known["urgent"]] if who.urgent else []
    mine += [known["elderly"]] if who.elderly else []
    return min(mine)
