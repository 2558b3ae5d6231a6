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


@transaction.atomic
def write(matter: Matter, text: str, *, by: str, now: datetime, internal: bool = False) -> Message:
    """Add a message or, for staff, an internal note. Raises Refusal('nothing_written' | 'too_long')."""
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise Refusal("nothing_written")
    if len(plain) > LONGEST:
        raise Refusal("too_long", limit=LONGEST, length=len(plain))
    locked = journal.lock_one(matter.pk)
    salt = secrets.token_hex(16)
    message = Message.objects.create(matter=locked, author=by, internal=internal, text=plain, salt=salt, at=now)
    digest = hashlib.sha256((salt + plain).encode()).hexdigest()
    journal.record(locked, MessageWritten(message=message.pk, internal=internal, text_hash=digest), by=by, now=now)
    return message
