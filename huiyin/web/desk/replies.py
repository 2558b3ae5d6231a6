"""What an agent writes with help: replies kept ready, and promises recognised in what was sent."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone, translation

from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.commitments import recognise
from huiyin.domain.conversations.models import Canned, Conversation, Message
from huiyin.domain.staff.models import Person
from huiyin.lib.phones import mask_name
from huiyin.web.desk.named_orders import named_no
from huiyin.web.ui.words_desk import word
from huiyin.web.ui.words_desk_live import CANNED_PLACES

_NAME = re.compile(r" ?\{name\}")  # with the space before it: "Hello {name}, …"
_UNFILLED = re.compile("〔[^〕]*〕")


def filled(reply: Canned, talk: Conversation, person: Person, now: datetime) -> dict[str, str]:
    """A reply with its places filled in: the name masked as everywhere at the desk, left out where there is none; an
    order number that nobody has named stays marked, to be filled in by hand."""
    name = talk.name or (talk.buyer.name if talk.buyer else "")
    values = {
        "{name}": mask_name(name) if name.strip() else "", "{order_no}": named_no(talk) or _to_fill(reply.language),
        "{agent_no}": person.agent_no, "{time}": f"{timezone.localtime(now):%H:%M}",
    }  # fmt: skip
    text = reply.text if values["{name}"] else _NAME.sub("", reply.text)
    for place, value in values.items():
        text = text.replace(place, value)
    return {"slug": reply.slug, "title": reply.title, "text": text}


def _to_fill(language: str) -> str:
    with translation.override(language):
        return f"〔{word(CANNED_PLACES, '{order_no}')}〕"


def is_unfilled(text: str) -> bool:
    """Whether a place of a reply kept ready is still to be filled in."""
    return _UNFILLED.search(text) is not None


@dataclass(frozen=True, slots=True)
class Reply:
    """Words for the buyer, or a note. `is_promise`: the agent has confirmed the commitment in them."""

    text: str
    client_id: str = ""
    is_promise: bool = False
    internal: bool = False


def send(talk: Conversation, reply: Reply, *, by: str, now: datetime) -> Message:
    """Say it; CP14: a confirmed commitment becomes a promise with it, or neither is. Sent again, both are there."""
    found = recognise(reply.text, timezone.localtime(now)) if reply.is_promise else None
    once = reply.client_id
    if found is None:
        return conversations.say(talk, reply.text, by=by, now=now, client_id=once, internal=reply.internal)
    promise = conversations.note_and_promise if reply.internal else conversations.say_and_promise
    return promise(talk, reply.text, found, by=by, now=now, client_id=once)
