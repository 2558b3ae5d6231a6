"""CP14: what somebody says they will do until when becomes a promise that the buyer sees."""

import hashlib
import secrets
from datetime import datetime, timedelta

from huiyin.domain.conversations.actions.locking import lock_with_case
from huiyin.domain.conversations.actions.saying import say, say_system
from huiyin.domain.conversations.commitments import Commitment
from huiyin.domain.conversations.events import CommitmentMade
from huiyin.domain.conversations.lines import time_of
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind, State
from huiyin.lib.errors import Refusal

MINUTE = timedelta(minutes=1)


@verb
def say_and_promise(
    conversation: Conversation, text: str, commitment: Commitment, *, by: str, now: datetime, client_id: str = ""
) -> Message:  # fmt: skip
    """Say it, and what it promises is one: both or neither. The same `client_id` again is the message there is, and
    promises nothing anew. Raises Refusal as `say` and `promise_made`."""
    lock_with_case(conversation)
    sent = say(conversation, text, by=by, now=now, client_id=client_id)
    return _promised_with(sent, conversation, commitment, by=by, now=now)


@verb
def note_and_promise(
    conversation: Conversation, text: str, commitment: Commitment, *, by: str, now: datetime, client_id: str = ""
) -> Message:  # fmt: skip
    """As `say_and_promise`, for what was promised by word of mouth: the words are a note."""
    lock_with_case(conversation)
    sent = say(conversation, text, by=by, now=now, client_id=client_id, internal=True)
    return _promised_with(sent, conversation, commitment, by=by, now=now)


def _promised_with(
    sent: Message, conversation: Conversation, commitment: Commitment, *, by: str, now: datetime
) -> Message:  # fmt: skip
    if sent.at == now:
        promise_made(conversation, commitment, by=by, now=now)
    return sent


@verb
def promise_made(conversation: Conversation, commitment: Commitment, *, by: str, now: datetime) -> Promise:
    """A commitment the agent has confirmed: a promise on the conversation's case or, without one, on itself; the buyer
    reads it in the conversation. Raises Refusal `time_is_past`, `nothing_written`."""
    locked = lock_with_case(conversation)
    promise = promise_on(conversation, locked, commitment, by=by, now=now)
    until = time_of(commitment.until, conversation.language)
    say_system(conversation, locked, "promised", now=now, what=promise.words, by=until)
    return promise


def is_promised(conversation: Conversation, what: str, until: datetime) -> bool:
    """Whether this was promised here in the same words already, for that minute: the form to wrap up offers it."""
    matters = [conversation.matter_id, conversation.case_id or conversation.matter_id]
    same = Promise.objects.filter(matter__in=matters, kind=Kind.COMMITMENT, state=State.RUNNING, words=what)
    return same.filter(due__gt=until - MINUTE, due__lt=until + MINUTE).exists()


def promise_on(
    conversation: Conversation, locked: Matter, commitment: Commitment, *, by: str, now: datetime
) -> Promise:  # fmt: skip
    """As `promise_made`, on matters that are locked already and without a line in the conversation."""
    if commitment.until <= now:
        raise Refusal("time_is_past")
    if not commitment.what.strip():
        raise Refusal("nothing_written")
    matter = conversation.case or locked
    about = f"c{conversation.pk % 10**9}.{conversation.last_seq}"[:16]
    promise = promises.commit(matter, commitment.what.strip()[:200], commitment.until, about, by=by, now=now)
    digest = hashlib.sha256((secrets.token_hex(16) + commitment.words).encode()).hexdigest()
    made = CommitmentMade(about=about, due=commitment.until, text_hash=digest)
    journal.record(locked, made, by=by, now=now, tell=(f"talk:{locked.no}",))
    return promise
