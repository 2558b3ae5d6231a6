"""Buyers who chat and agents who are here, made through actions as in life."""

from typing import Any

from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.actions import Opening
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Offer
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.lib.clock import now
from tests import people

ELEMENT = {"Huiyin-Element": "talk"}


def here(agent_no: str = people.ALICE, device: str = "their-other-browser") -> Person:
    """A persona who is available now."""
    routing.ship_queues()
    person = people.hire(agent_no)
    routing.set_presence(person, device, "available", now=now())
    return person


def waiting(text: str = "买的卡密不能用", *, name: str = "王小明", **more: Any) -> Conversation:
    """Somebody who has just written and waits."""
    routing.ship_queues()
    started = conversations.start(Opening(text, name=name, **more), by="buyer", now=now())
    return started.conversation


def offered(talk: Conversation, person: Person) -> Offer:
    """The router has asked this person."""
    item = open_item(talk.matter)
    assert item is not None
    why = [{"code": "least_busy", "numbers": {"load": 0.0, "free": 1}}]
    made = routing.offer(item.pk, person.pk, why, now=now())
    assert made is not None
    return made


def talking(person: Person, text: str = "买的卡密不能用", **more: Any) -> Conversation:
    """A conversation this person has taken."""
    talk = waiting(text, **more)
    routing.accept(offered(talk, person).pk, person, "their-other-browser", now=now())
    talk.refresh_from_db()
    return talk


def buyer_says(talk: Conversation, text: str) -> Message:
    return conversations.say(talk, text, by="buyer", now=now())


def said(talk: Conversation) -> list[str]:
    """Everything in it, notes too."""
    return list(Message.objects.filter(matter=talk.matter).order_by("seq").values_list("text", flat=True))
