"""What the shop says about a member: level and points."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from huiyin.web.ui.words_desk import MEMBERS, word


def member_words(buyer: Mapping[str, Any]) -> str:
    """Level and points of an order's buyer, as the shop said them; empty for who bought without an account."""
    if not buyer.get("member_no") or buyer.get("tier") not in MEMBERS:
        return ""
    level = word(MEMBERS, buyer["tier"])
    if buyer.get("points") is None:
        return level
    return gettext("%(level)s · %(points)s points") % {"level": level, "points": f"{buyer['points']:,}"}
