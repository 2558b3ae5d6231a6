"""People who wait and people who answer: what tests of routing begin with."""

from collections.abc import Mapping
from datetime import datetime

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Places, Want
from huiyin.domain.routing.models import Item, Offer
from huiyin.domain.staff.models import Person
from tests import people
from tests.fakes import MIDNIGHT


def a_talk(now: datetime = MIDNIGHT) -> Matter:
    """The matter of something that is said."""
    return journal.open_matter("talk", now)


def waiting(kind: str = "chat", queue: str = "general", *, now: datetime = MIDNIGHT, **more: object) -> Item:
    """Something that waits; `more` are fields of `Want`, or its matter."""
    matter = more.pop("matter", None) or a_talk(now)
    want = Want(kind, queue, **more)  # type: ignore[arg-type]  # the test names fields of Want
    assert isinstance(matter, Matter)
    return routing.enqueue(matter, want, by="buyer", now=now)


def here(
    agent_no: str = people.ALICE, *, now: datetime = MIDNIGHT, skills: Mapping[str, int] | None = None, chats: int = 3,
    device: str = "desk",
) -> Person:  # fmt: skip
    """A persona who is available on one device."""
    person = people.hire(agent_no, now=now)
    if skills is not None:
        routing.train(person, skills)
    routing.set_presence(person, device, "available", capacity=Places({"chat": chats}), now=now)
    return person


def offered(item: Item, person: Person, *, now: datetime = MIDNIGHT) -> Offer:
    """An offer that rings."""
    made = routing.offer(item.pk, person.pk, [], now=now)
    assert made is not None
    return made


def talking(person: Person, *, now: datetime = MIDNIGHT, **more: object) -> Item:
    """A chat that this person has in hand."""
    item = waiting(now=now, **more)  # type: ignore[arg-type]  # as above
    return routing.accept(offered(item, person, now=now).pk, person, "desk", now=now)
