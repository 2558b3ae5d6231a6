"""Who must stay out of a case (CP21). Pure.

Whoever is complained about neither owns nor sees nor decides it. Buyers know agents by their number only, so that a
complaint about somebody's manner names them by it: "工号 1024", "1024 号客服", "agent 1024". In other complaints a
number says who was spoken to, and accuses nobody; unless that is who the buyer says they complain about.
"""

import re
import unicodedata
from typing import Final

from huiyin.domain.promises.promises import Category

MOST: Final = 5  # agents one complaint can be about
_NUMBER: Final = r"[0-9]{3,8}"
_NAMED: Final = re.compile(
    rf"(?:工\s?号|坐席|客服|agent(?:\s?no\.?)?)[\s:#号是为]{{0,4}}({_NUMBER})(?![0-9])"
    rf"|(?<![0-9])({_NUMBER})\s?号?\s?(?:客服|坐席|工号|agent)"
)
_ACCUSED: Final = re.compile(
    rf"(?:投诉|举报|complain(?:t|ing)?\s+(?:about|against))\s*(?:你们的?|这个|那个|一下|the\s)?\s*"
    rf"(?:工\s?号|坐席|客服|agent(?:\s?no\.?)?)?[\s:#号是为]{{0,4}}({_NUMBER})(?![0-9.]|\s?[元块])"
)
_SIMPLER: Final = str.maketrans("號訴舉報", "号诉举报")


def agents_named(category: str, text: str) -> tuple[str, ...]:
    """Agent numbers a complaint is about, each once, in the order they are named; outside `service_attitude` only those
    that follow the word "complain"."""
    plain = unicodedata.normalize("NFKC", text[:10_000]).lower().translate(_SIMPLER)
    accused = _ACCUSED.findall(plain)
    named = [one or other for one, other in _NAMED.findall(plain)] if category == Category.SERVICE_ATTITUDE else []
    return tuple(dict.fromkeys([*named, *accused]))[:MOST]
