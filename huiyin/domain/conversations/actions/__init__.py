"""The verbs of what is said, and the only writers of messages, conversations and canned replies."""

from huiyin.domain.conversations.actions.ending import buyer_ends, end, item_ended, leave_message, nobody_came, rate
from huiyin.domain.conversations.actions.filing import filed
from huiyin.domain.conversations.actions.joining import hand_over, handed, joined, mark_urgent, of_matter, take_over
from huiyin.domain.conversations.actions.opening import Opening, Started, start
from huiyin.domain.conversations.actions.promising import promise_made, say_and_promise
from huiyin.domain.conversations.actions.saying import (
    MINUTE_S,
    MOST_A_MINUTE,
    attach,
    read_up_to,
    say,
    seen,
    typing,
    whisper,
)
from huiyin.domain.conversations.actions.small import Pasted, forget_canned, keep_canned, log_pasted
from huiyin.domain.conversations.actions.writing import LONGEST, SentFile, write

__all__ = [
    "LONGEST",
    "MINUTE_S",
    "MOST_A_MINUTE",
    "Opening",
    "Pasted",
    "SentFile",
    "Started",
    "attach",
    "buyer_ends",
    "end",
    "filed",
    "forget_canned",
    "hand_over",
    "handed",
    "item_ended",
    "joined",
    "keep_canned",
    "leave_message",
    "log_pasted",
    "mark_urgent",
    "nobody_came",
    "of_matter",
    "promise_made",
    "rate",
    "read_up_to",
    "say",
    "say_and_promise",
    "seen",
    "start",
    "take_over",
    "typing",
    "whisper",
    "write",
]
