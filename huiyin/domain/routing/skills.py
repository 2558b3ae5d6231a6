"""What somebody can do when nobody has said so: by what they are hired for. Pure.

Levels run from 1 (knows it a little) to 5 (the expert). `senior` takes what is urgent first (CH2).
"""

from collections.abc import Mapping
from typing import Final

SENIOR: Final = "senior"
USUAL: Final[dict[str, dict[str, int]]] = {
    "L1": {"recharge": 2, "account": 2, "vip": 1},
    "L2": {"recharge": 3, "account": 3, "vip": 3, SENIOR: 2},
    "risk": {"account": 4, "recharge": 1},
    "supervisor": {"recharge": 3, "account": 3, "vip": 3, SENIOR: 3, "supervisor": 3},
    "operations": {"supervisor": 4, SENIOR: 3},
    "admin": {"supervisor": 4},
}


def skills_of(tier: str, known: dict[str, int]) -> dict[str, int]:
    """What somebody of this tier can do; what the roster says wins as a whole."""
    return known or dict(USUAL.get(tier, {}))


def covers(skills: Mapping[str, int], needs: Mapping[str, int]) -> bool:
    """Whether these skills are enough."""
    return all(skills.get(skill, 0) >= level for skill, level in needs.items())
