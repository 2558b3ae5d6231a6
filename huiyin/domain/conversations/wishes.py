"""CH2 (pure): who writes that they want a person gets one. Recognised are the words people really type, alone or in a
short sentence; a question *about* agents ("which agent did I talk to yesterday?") is not such a wish."""

import re
import unicodedata
from enum import StrEnum

_MARKS = " \t\r\n。.!?~,"
LONGEST = 40  # letters; a longer text says more than that, and says it to whoever reads it


class Wish(StrEnum):
    PERSON = "person"
    SUPERVISOR = "supervisor"


_PERSON = re.compile(
    r"人工|真人|活人|转接?客服|接?客服$|^(在线)?客服|要客服|找客服|有人吗|有人在吗|找个?人|"
    r"\b(human|real person|live (agent|person|chat)|representative|operator|"
    r"(talk|speak|chat) (to|with) (a |an |some)?(human|person|agent|someone|somebody|one|body))\b|"
    r"^(an? )?(live )?agent( please)?$",
    re.IGNORECASE,
)
_SUPERVISOR = re.compile(r"(找|转|叫|要|换).{0,4}(主管|领导|经理|负责人|上级)|\b(supervisor|manager)\b", re.IGNORECASE)
_NOT = re.compile(
    r"(不要|不用|不需要|别|无需|不想)(转|找|接)?.{0,2}(人工|客服|真人)|人工(服务)?(费|智能|办理|充值|发货|审核|时间|几点)|"
    r"\b(no|not|don't|without)\b.{0,12}\b(human|agent|person|supervisor|manager)\b",
    re.IGNORECASE,
)


def wish_in(text: str) -> Wish | None:
    """What sort of person somebody asks for, None when they do not."""
    plain = unicodedata.normalize("NFKC", text).strip(_MARKS)
    if not plain or len(plain) > LONGEST or _NOT.search(plain):
        return None
    if _SUPERVISOR.search(plain):
        return Wish.SUPERVISOR
    return Wish.PERSON if _PERSON.search(plain) else None
