"""The verbs of what is said, and the only writers of messages, conversations and canned replies."""

from huiyin.domain.conversations.actions.ending import (
    buyer_ends,
    end,
    given_up,
    item_ended,
    leave_message,
    line_ended,
    nobody_came,
    rate,
)
from huiyin.domain.conversations.actions.filing import filed
from huiyin.domain.conversations.actions.joining import (
    hand_over,
    handed,
    joined,
    mark_urgent,
    of_matter,
    refuse_other,
    take_over,
)
from huiyin.domain.conversations.actions.opening import Opening, Started, start
from huiyin.domain.conversations.actions.promising import note_and_promise, promise_made, say_and_promise
from huiyin.domain.conversations.actions.saying import (
    MINUTE_S,
    MOST_A_MINUTE,
    attach,
    being_said,
    read_up_to,
    say,
    seen,
    typing,
    whisper,
)
from huiyin.domain.conversations.actions.small import Pasted, forget_canned, keep_canned, log_pasted
from huiyin.domain.conversations.actions.standing import (
    Standing,
    leave_on,
    leave_word,
    prove_order,
    start_on,
    wait_otherwise,
)
from huiyin.domain.conversations.actions.writing import LONGEST, SentFile, write

__all__ = [
    "LONGEST",
    "MINUTE_S",
    "MOST_A_MINUTE",
    "Opening",
    "Pasted",
    "SentFile",
    "Standing",
    "Started",
    "attach",
    "being_said",
    "buyer_ends",
    "end",
    "filed",
    "forget_canned",
    "given_up",
    "hand_over",
    "handed",
    "item_ended",
    "joined",
    "keep_canned",
    "leave_message",
    "leave_on",
    "leave_word",
    "line_ended",
    "log_pasted",
    "mark_urgent",
    "nobody_came",
    "note_and_promise",
    "of_matter",
    "promise_made",
    "prove_order",
    "rate",
    "read_up_to",
    "refuse_other",
    "say",
    "say_and_promise",
    "seen",
    "start",
    "start_on",
    "take_over",
    "typing",
    "wait_otherwise",
    "whisper",
    "write",
]
