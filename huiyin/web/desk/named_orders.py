"""Which orders a conversation is about, as its buyer says: at the opening, or in what they wrote since.

Anybody may write a number; whether it is theirs is another question."""

import re
from typing import Final

from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.orders.models import Order
from huiyin.lib.paste import entries

LOOKED_THROUGH: Final = 50  # messages, the newest
_LIKELY: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{1,4}[0-9]{10,26}(?![A-Z0-9])")  # nothing but an order number


def numbers_in(talk: Conversation) -> list[str]:
    """What may be an order number: that of the opening, then what was written, the newest first."""
    said = Message.objects.filter(matter=talk.matter_id, kind="text").exclude(author="system")
    texts = said.exclude(author__startswith="staff:").order_by("-seq").values_list("text", flat=True)
    found = [no for text in texts[:LOOKED_THROUGH] for no in _in(text)]
    return list(dict.fromkeys([*filter(None, [talk.order_no]), *found]))


def _in(text: str) -> list[str]:
    """As the field of the portal reads it, and what stands anywhere among other words."""
    return [one.value for one in entries(text) if one.by == "order_no"] + _LIKELY.findall(text.upper())


def likely(numbers: list[str]) -> str:
    """The number to show although we know no order of it; empty where none looks like one."""
    return next((one for one in numbers if _LIKELY.fullmatch(one)), "")


def named_no(talk: Conversation) -> str:
    """The order number they named last; the one of the opening counts most. Empty where they named none."""
    if talk.order_no:
        return talk.order_no
    numbers = numbers_in(talk)
    known = set(Order.objects.filter(order_no__in=numbers).values_list("order_no", flat=True)) if numbers else set()
    return next((one for one in numbers if one in known), "") or likely(numbers)
