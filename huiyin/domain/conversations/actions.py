"""Writing on a matter."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from huiyin.domain.conversations.events import MessageWritten
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.lib.errors import Refusal

LONGEST = 4000


def write(matter: Matter, text: str, *, by: str, now: datetime, internal: bool = False) -> Message:
    """Add a message or, for staff, an internal note. Raises Refusal('nothing_written' | 'too_long')."""
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise Refusal("nothing_written")
    if len(plain) > LONGEST:
        raise Refusal("too_long", limit=LONGEST, length=len(plain))
    return _write(matter, Message(author=by, internal=internal, text=plain, at=now))


@transaction.atomic(savepoint=False)
def _write(matter: Matter, message: Message) -> Message:
    locked = journal.lock_one(matter.pk)
    message.matter, message.salt = locked, secrets.token_hex(16)
    message.save(force_insert=True)
    digest = hashlib.sha256((message.salt + message.text).encode()).hexdigest()
    written = MessageWritten(message=message.pk, internal=message.internal, text_hash=digest)
    journal.record(locked, written, by=message.author, now=message.at)
    matter.head_seq, matter.head_hash = locked.head_seq, locked.head_hash  # what the caller does next follows this
    return message
