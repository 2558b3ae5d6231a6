"""Conversations as the API tells them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from ninja import Schema

from huiyin.domain.conversations.actions import Started
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.queries import Said, Standing
from huiyin.domain.conversations.talk import Side, side_of
from huiyin.domain.promises.models import Promise
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import is_open, next_opening, open_item, place
from huiyin.domain.voice.models import Callback
from huiyin.lib import numbers
from huiyin.lib.phones import mask_phone
from huiyin.web.api.fields import iso
from huiyin.web.ui.words_promises import promise_text


class FileOut(Schema):
    """Bytes: `GET /conversations/{id}/files/{seq}`."""

    name: str
    mime: str
    size: int
    sha256: str


class MessageOut(Schema):
    """`author`: buyer | agent | system. `internal`: a note that no buyer sees."""

    seq: int
    client_id: str
    author: str
    agent_no: str | None
    kind: str
    text: str
    file: FileOut | None
    at: str
    internal: bool


class MessagesOut(Schema):
    messages: list[MessageOut]
    last_seq: int


class PromiseOut(Schema):
    kind: str
    what: str
    due: str
    state: str


class ConversationOut(Schema):
    """`position` and `expected_wait_s` while it waits: null where nobody can say; `is_measured` tells whether the guess
    rests on what was measured lately. `callback`: the number, masked, that we call when it is their turn."""

    id: str
    state: str
    queue: str
    position: int | None
    expected_wait_s: int | None
    is_measured: bool
    agent_no: str | None
    channel: str
    language: str
    urgent: bool
    elderly: bool
    outcome: str
    case_no: str | None
    last_seq: int
    buyer_read: int
    agent_read: int
    started_at: str
    answered_at: str | None
    ended_at: str | None
    next_step: str
    next_by: str | None
    rating: int | None
    callback: str | None = None
    promises: list[PromiseOut] = []


class LeftOut(Schema):
    """Nobody could come: the words are a case, opened by its number and secret; no secret where they joined a case that
    was there before. `opens_at`: when somebody is here."""

    why: str
    case_no: str
    secret: str
    opens_at: str | None


class StartedOut(ConversationOut):
    """`token` opens this conversation; `events` is its live stream. `urgent_refused`: too many marks today."""

    token: str
    urgent_refused: bool = False
    events: str
    left: LeftOut | None = None


class LineOut(Schema):
    """A conversation in a list."""

    id: str
    state: str
    queue: str
    agent_no: str | None
    channel: str
    urgent: bool
    started_at: str
    last_at: str
    last_seq: int
    waits_since: str | None


class LinesOut(Schema):
    conversations: list[LineOut]


def started(begun: Started, now: datetime) -> dict[str, Any]:
    """The answer to an opening."""
    conversation = begun.conversation
    told = whole(conversation, now) | {
        "token": begun.token, "events": f"/api/v1/conversations/{conversation.matter.no}/events", "left": None
    }  # fmt: skip
    if conversation.outcome == "left_message":
        told["left"] = _left(conversation, begun.left, now)
    return told


def _left(conversation: Conversation, why: str, now: datetime) -> dict[str, Any]:
    queue = Queue.objects.filter(slug=conversation.queue).first()
    opens = next_opening(queue, now) if queue is not None and not is_open(queue, now) else None
    no = conversation.case.no if conversation.case else conversation.matter.no
    is_own = no == conversation.matter.no
    secret = numbers.pin(settings.SECRET_KEY.encode(), no) if is_own else ""
    return {"why": why, "case_no": no, "secret": secret, "opens_at": iso(opens) if opens else None}


def whole(conversation: Conversation, now: datetime) -> dict[str, Any]:
    """How it stands."""
    promises = [_promise(one) for one in _promises(conversation)]
    return state(conversation, now) | {"callback": _callback(conversation), "promises": promises}


def _callback(conversation: Conversation) -> str | None:
    if conversation.state != "queued":
        return None
    waiting = Callback.objects.filter(talk=conversation.matter_id, state="open").first()
    return mask_phone(waiting.number) if waiting is not None else None


def state(conversation: Conversation, now: datetime) -> dict[str, Any]:
    """How it stands, without its promises."""
    item = open_item(conversation.matter) if conversation.state == "queued" else None
    here = place(item, now) if item is not None else None
    agent, case = conversation.agent, conversation.case
    return {
        "id": conversation.matter.no, "state": conversation.state, "queue": conversation.queue,
        "position": here.position if here else None, "expected_wait_s": here.expected_wait_s if here else None,
        "is_measured": bool(here and here.is_honest_guess), "agent_no": agent.agent_no if agent else None,
        "channel": conversation.channel, "language": conversation.language, "urgent": conversation.urgent,
        "elderly": conversation.elderly, "outcome": conversation.outcome, "case_no": case.no if case else None,
        "last_seq": conversation.last_seq, "buyer_read": conversation.buyer_read,
        "agent_read": conversation.agent_read, "started_at": iso(conversation.started_at),
        "answered_at": _maybe(conversation.answered_at), "ended_at": _maybe(conversation.ended_at),
        "next_step": conversation.next_step, "next_by": _maybe(conversation.next_by), "rating": conversation.rating,
    }  # fmt: skip


def line(conversation: Conversation) -> dict[str, Any]:
    """A line of a list."""
    return {
        "id": conversation.matter.no, "state": conversation.state, "queue": conversation.queue,
        "agent_no": conversation.agent.agent_no if conversation.agent else None, "channel": conversation.channel,
        "urgent": conversation.urgent, "started_at": iso(conversation.started_at), "last_at": iso(conversation.last_at),
        "last_seq": conversation.last_seq, "waits_since": _maybe(conversation.buyer_waits_since),
    }  # fmt: skip


def standing(now: Standing) -> dict[str, Any]:
    """How it stands, as the live stream tells it: nothing that changes with every message."""
    return {
        "id": now.no, "state": now.state, "queue": now.queue, "agent_no": now.agent_no, "urgent": now.urgent,
        "outcome": now.outcome, "case_no": now.case_no, "ended_at": _maybe(now.ended_at),
        "next_step": now.next_step, "next_by": _maybe(now.next_by), "rating": now.rating,
    }  # fmt: skip


def message(row: Message | Said) -> dict[str, Any]:
    """One message; the same in answers and in the live stream."""
    side = side_of(row.author)
    file = {"name": row.name, "mime": row.mime, "size": row.size, "sha256": row.sha256} if row.kind == "file" else None
    return {
        "seq": row.seq, "client_id": row.client_id, "author": side.value,
        "agent_no": row.author.removeprefix("staff:") if side is Side.AGENT else None, "kind": row.kind,
        "text": row.text, "file": file, "at": iso(row.at), "internal": row.internal,
    }  # fmt: skip


def _promises(conversation: Conversation) -> list[Promise]:
    matters = {conversation.matter_id, conversation.case_id} - {None}
    return list(Promise.objects.filter(matter__in=matters, obligor="us").exclude(kind="acknowledge").order_by("due"))


def _promise(row: Promise) -> dict[str, Any]:
    return {"kind": row.kind, "what": promise_text(row), "due": iso(row.due), "state": row.state}


def _maybe(at: datetime | None) -> str | None:
    return iso(at) if at else None
