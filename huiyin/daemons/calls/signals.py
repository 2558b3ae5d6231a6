"""What reaches a call besides the events of its channels: offers that the router made, commands of people."""

from dataclasses import dataclass
from datetime import datetime

from huiyin.adapters.asterisk.events import Event
from huiyin.domain.staff.models import Person


@dataclass(frozen=True, slots=True)
class Offered:
    """Somebody is asked to take this call; their devices ring until `expires_at`."""

    offer_id: int
    person: Person
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OfferOver:
    """An offer that nobody holds out any more."""

    offer_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wants something done to this call: a row of `voice.Command`."""

    command_id: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows of this call changed: look again."""


@dataclass(frozen=True, slots=True)
class Said:
    """The caller said something and it was understood as `text`. `turn`: what the menu was asking then; `is_early`: we
    were still speaking ourselves."""

    text: str
    turn: int
    is_early: bool


Signal = Event | Said | Offered | OfferOver | Asked | Checked
