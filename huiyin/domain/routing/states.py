"""The words of routing: what waits, how far it is, and what somebody who works here is doing. Pure.

An item waits, is offered to one person, taken by them and done; or it leaves. A person says per device what they are
doing, and the lease of that device lapses unless it is renewed. They are available when any device says so.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    CHAT = "chat"
    CALL = "call"
    CASE = "case"
    CALLBACK = "callback"


class ItemState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    DONE = "done"
    LEFT = "left"


class OfferState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Presence(StrEnum):
    AVAILABLE = "available"
    BUSY = "busy"
    BREAK = "break"
    WRAP_UP = "wrap_up"
    OFFLINE = "offline"


class ModeName(StrEnum):
    ORDINARY = "ordinary"
    NIGHT = "night"
    PEAK = "peak"


OPEN: Final = (ItemState.WAITING.value, ItemState.OFFERED.value, ItemState.TAKEN.value)
QUEUED: Final = (ItemState.WAITING.value, ItemState.OFFERED.value)
LEASED: Final = tuple(one.value for one in Presence if one is not Presence.OFFLINE)
# which of several devices speaks for the person
_LOUDEST: Final = (Presence.AVAILABLE, Presence.WRAP_UP, Presence.BUSY, Presence.BREAK)


def presence_of(leases: Iterable[str]) -> Presence:
    """What a person is doing, by the states of their live leases; offline without any."""
    said = set(leases)
    return next((one for one in _LOUDEST if one.value in said), Presence.OFFLINE)
