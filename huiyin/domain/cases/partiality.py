"""Who must stay out of a case (CP21). Pure.

Whoever is complained about neither owns nor sees nor decides it. Buyers know agents by their number only, so that a
complaint about somebody's manner names them by it: "工号 1024", "1024 号客服", "agent 1024". In other complaints a
number says who was spoken to, and accuses nobody.
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


def agents_named(category: str, text: str) -> tuple[str, ...]:
    """Agent numbers a complaint is about, each once, in the order they are named; nobody outside `service_attitude`."""
    if category != Category.SERVICE_ATTITUDE:
        return ()
    plain = unicodedata.normalize("NFKC", text[:10_000]).lower().replace("工號", "工号")
    return tuple(dict.fromkeys(one or other for one, other in _NAMED.findall(plain)))[:MOST]
