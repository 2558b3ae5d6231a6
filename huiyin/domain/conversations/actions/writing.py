"""Writing on a matter: every message of every subject passes through here and gets its place."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huiyin.domain.conversations.events import MessageWritten
from huiyin.domain.conversations.models import Message
from huiyin.domain.conversations.talk import Side, side_of
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

LONGEST = 4000
LONGEST_CLIENT_ID = 64

# One statement instead of three (is it there? which place? write it); the matter's lock makes the place exact.
_INSERT = """
INSERT INTO conversations_message
    (matter_id, seq, client_id, kind, author, internal, text, salt, at, sha256, mime, size, name, evasions)
SELECT %s, coalesce(max(seq), 0) + 1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::varchar[]
FROM conversations_message WHERE matter_id = %s
ON CONFLICT (matter_id, client_id) WHERE NOT client_id = '' DO NOTHING
RETURNING id, seq, at
"""
# The same, and what the message changes in the row of its conversation.
_INSERT_AND_MARK = """
WITH said AS ({insert}), marked AS (
    UPDATE conversations_conversation AS talk SET last_seq = said.seq, last_at = said.at, {marks}
    FROM said WHERE talk.matter_id = %s
)
SELECT id, seq, at FROM said
"""
_MARKS = {
    Side.BUYER: "buyer_waits_since = coalesce(talk.buyer_waits_since, said.at), buyer_read = said.seq,"
    " buyer_seen_at = said.at",
    Side.AGENT: "buyer_waits_since = NULL, agent_read = said.seq",
    Side.SYSTEM: "agent_read = talk.agent_read",
}
_MARKED = {side: _INSERT_AND_MARK.format(insert=_INSERT, marks=marks) for side, marks in _MARKS.items()}


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file whose bytes lie in the file store already."""

    sha256: str
    mime: str
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be written. `client_id`: the sender's own name for it, so that sending twice writes once."""

    text: str
    by: str
    kind: str = "text"
    internal: bool = False
    client_id: str = ""
    file: SentFile | None = None
    evasions: tuple[str, ...] = ()
    marks: bool = False  # the conversation of the matter is marked with it


def write(matter: Matter, text: str, *, by: str, now: datetime, internal: bool = False) -> Message:
    """Add a message or, for staff, an internal note. Raises Refusal('nothing_written' | 'too_long')."""
    return _write(matter, Draft(readable(text), by, internal=internal), now)


def readable(text: str) -> str:
    """The text as it is kept. Raises Refusal('nothing_written' | 'too_long')."""
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise Refusal("nothing_written")
    if len(plain) > LONGEST:
        raise Refusal("too_long", limit=LONGEST, length=len(plain))
    return plain


@transaction.atomic(savepoint=False)
def _write(matter: Matter, draft: Draft, now: datetime) -> Message:
    locked = journal.lock_one(matter.pk)
    message, _ = append(locked, draft, now=now)
    matter.head_seq, matter.head_hash = locked.head_seq, locked.head_hash  # what the caller does next follows this
    return message


def append(locked: Matter, draft: Draft, *, now: datetime, tell: Sequence[str] = ("desk",)) -> tuple[Message, bool]:
    """Put a message behind the last one of a locked matter; True when it is new, False when this client_id was there.
    `tell`: topics to nudge beside the matter's own."""
    message = _row(locked, draft, now)
    values = [
        locked.pk, message.client_id, message.kind, message.author, message.internal, message.text, message.salt,
        now, message.sha256, message.mime, message.size, message.name, message.evasions, locked.pk,
    ]  # fmt: skip
    text = _MARKED[side_of(draft.by)] if draft.marks else _INSERT
    placed = often.run(text, [*values, locked.pk] if draft.marks else values)
    if not placed:
        return _known(locked, draft), False
    message.pk, message.seq, _ = placed[0]
    journal.record(locked, _written(message), by=draft.by, now=now, tell=tell)
    return message, True


def _known(locked: Matter, draft: Draft) -> Message:
    """What is there under this client_id. Raises Refusal `client_id_taken` where that is something else: a note of ours
    that somebody guesses, or other words."""
    known = Message.objects.get(matter=locked, client_id=draft.client_id)
    if not is_same(known, draft):
        raise Refusal("client_id_taken")
    return known


def is_same(known: Message, draft: Draft) -> bool:
    """Whether this is that message, sent again."""
    theirs = (known.author, known.internal, known.kind, known.sha256 or known.text)
    return theirs == (draft.by, draft.internal, draft.kind, draft.file.sha256 if draft.file else draft.text)


def _row(matter: Matter, draft: Draft, now: datetime) -> Message:
    if len(draft.client_id) > LONGEST_CLIENT_ID:
        raise Refusal("client_id_too_long", limit=LONGEST_CLIENT_ID)
    message = Message(
        matter=matter, kind=draft.kind, author=draft.by, internal=draft.internal, text=draft.text, at=now,
        salt=secrets.token_hex(16), client_id=draft.client_id, evasions=list(draft.evasions),
    )  # fmt: skip
    if draft.file is not None:
        sent = draft.file
        message.sha256, message.mime, message.size, message.name = sent.sha256, sent.mime, sent.size, sent.name[:120]
    return message


def _written(message: Message) -> MessageWritten:
    digest = hashlib.sha256((message.salt + message.text).encode()).hexdigest()
    return MessageWritten(
        message=message.pk, internal=message.internal, text_hash=digest, seq=message.seq, kind=message.kind,
        sha256=message.sha256, evasions=tuple(message.evasions),
    )  # fmt: skip
