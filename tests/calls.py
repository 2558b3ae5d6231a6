"""Calls for tests: somebody calls, waits, talks."""

from datetime import datetime
from itertools import count

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Entered, Legs, Wait
from huiyin.domain.voice.models import Call
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.talks import here

NUMBER = "+8613800138000"
LEGS = Legs("agent-1", "bridge-1")
_channels = count(1)


def called(caller: str = NUMBER, *, line: str = "hotline", now: datetime = MIDNIGHT) -> Call:
    """Somebody hears the menu."""
    return voice.arrive(f"{now.timestamp():.0f}.{next(_channels)}", line, caller, now=now)


def waiting(caller: str = NUMBER, *, now: datetime = MIDNIGHT, **wait: object) -> Entered:
    """Somebody waits; `wait` are fields of `Wait`."""
    routing.ship_queues()
    values = {"queue": "general"} | wait
    return voice.enter_queue(called(caller, now=now), Wait(**values), now=now)  # type: ignore[arg-type]  # as named


def answered(call: Call, person: Person, *, now: datetime = MIDNIGHT) -> Call:
    """It is offered to this person, rings and is taken."""
    item = open_item(call.talk)
    assert item is not None
    held = routing.offer(item.pk, person.pk, [], now=now)
    assert held is not None
    voice.ringing(call, person, "agent-1", now=now)
    return voice.talking(call, person, held.pk, LEGS, now=now)


def talking(*, now: datetime = MIDNIGHT, caller: str = NUMBER, agent_no: str = ALICE) -> tuple[Call, Person]:
    """A call in full swing."""
    person = here(agent_no, now=now)
    return answered(waiting(caller, now=now).call, person, now=now), person
