"""Switches that cause trouble on purpose, for one order or for the whole shop."""

from collections.abc import Iterable
from enum import StrEnum

from huiyin.demo.models import Fault

SILENCE_S = 6.0  # longer than any caller waits


class Trouble(StrEnum):
    """What can be switched on. `Whole` ones ignore the order number."""

    SILENT = "silent"  # no answer about the order until long after every time-out
    BUSY = "busy"  # 503 at once
    REPLY_LOST = "reply_lost"  # a remedy happens, its answer never arrives
    REFUND_FAILS = "refund_fails"  # the channel refuses: account closed
    REMEDY_FAILS = "remedy_fails"  # the shop tries and fails, nothing happens
    LIES = "lies"  # answers that are not what the contract says
    NO_EVENTS = "no_events"  # whole shop: the outbox rests, so that only polling finds out
    NO_REMEDIES = "no_remedies"  # whole shop: its software cannot act, people must
    NO_REMEDY_STATE = "no_remedy_state"  # whole shop: cannot tell what became of a remedy
    CHANNEL_SETTLES = "channel_settles"  # a pending payment of the order settles the next time it is looked at


class Silent(Exception):
    """The shop does not answer."""


class Busy(Exception):
    """The shop answers with trouble of its own."""


class Lying(Exception):
    """The shop answers with something that is not what the contract says."""


def switch(trouble: Trouble, order_no: str, *, on: bool) -> None:
    """Turn one switch. Turning it twice changes nothing."""
    if on:
        Fault.objects.get_or_create(fault=trouble, order_no=order_no)
        return
    Fault.objects.filter(fault=trouble, order_no=order_no).delete()


def is_on(trouble: Trouble, order_no: str = "") -> bool:
    """Is the switch on for this order or for the whole shop?"""
    return Fault.objects.filter(fault=trouble, order_no__in=["", order_no]).exists()


def must_answer(order_nos: Iterable[str] = ()) -> None:
    """Raise Silent or Busy where a switch says that the shop does not answer about one of these orders."""
    names = ["", *order_nos]
    on = set(Fault.objects.filter(order_no__in=names).values_list("fault", flat=True))
    if Trouble.SILENT in on:
        raise Silent
    if Trouble.BUSY in on:
        raise Busy
    if Trouble.LIES in on:
        raise Lying


def unanswered() -> set[str]:
    """Orders the shop does not answer about: left out of every list."""
    rows = Fault.objects.filter(fault__in=[Trouble.SILENT, Trouble.BUSY]).exclude(order_no="")
    return set(rows.values_list("order_no", flat=True))


def all_on() -> dict[str, set[str]]:
    """Every switch that is on, by order number ("" = the whole shop)."""
    found: dict[str, set[str]] = {}
    for order_no, fault in Fault.objects.values_list("order_no", "fault"):
        found.setdefault(order_no, set()).add(fault)
    return found
