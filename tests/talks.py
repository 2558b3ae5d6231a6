"""Conversations for tests: a buyer who asks, an agent who is there, one who accepts."""

from datetime import datetime

from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.actions import Opening, Started
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from tests.fakes import MIDNIGHT
from tests.people import ALICE, hire


def here(agent_no: str = ALICE, *, now: datetime = MIDNIGHT) -> Person:
    """A persona who takes chats on one device."""
    routing.ship_queues()
    person = hire(agent_no, now=now)
    routing.set_presence(person, "laptop", "available", now=now)
    return person


def asked(text: str = "卡密一直没收到", *, now: datetime = MIDNIGHT, **opening: object) -> Started:
    """Somebody turns to us."""
    routing.ship_queues()
    values = {"identities": {"phone": "13800138000"}} | opening
    return talks.start(Opening(text=text, **values), by="buyer", now=now)  # type: ignore[arg-type]


def taken(conversation: Conversation, person: Person, *, now: datetime = MIDNIGHT) -> Conversation:
    """The agent is offered what waits, and accepts."""
    item = open_item(conversation.matter)
    assert item is not None
    held = routing.offer(item.pk, person.pk, [], now=now)
    assert held is not None
    routing.accept(held.pk, person, "laptop", now=now)
    return Conversation.objects.select_related("matter", "agent", "contact", "case").get(pk=conversation.pk)


def talking(*, now: datetime = MIDNIGHT, agent_no: str = ALICE, **opening: object) -> tuple[Conversation, Person]:
    """A conversation in full swing."""
    person = here(agent_no, now=now)
    return taken(asked(now=now, **opening).conversation, person, now=now), person  # type: ignore[arg-type]  # as above
