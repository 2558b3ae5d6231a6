"""The life of a conversation (pure): which verb is possible in which state, and for whom.

Somebody waits, talks with one agent at a time, and it ends. What ended on the buyer's side is wrapped up by the agent:
no conversation ends without its number, the next step and by when (HL12).
"""

from collections.abc import Mapping
from enum import StrEnum

from huiyin.lib.errors import Refusal


class State(StrEnum):
    QUEUED = "queued"  # waits for a person
    TALKING = "talking"  # a person is here
    WRAP_UP = "wrap_up"  # the buyer has gone, the agent still says what comes next
    ENDED = "ended"


class Verb(StrEnum):
    SAY = "say"
    JOIN = "join"  # an agent accepts the offer
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    URGENT = "urgent"
    BUYER_ENDS = "buyer_ends"
    END = "end"
    LEAVE = "leave"  # nobody could come: the words become a case
    RATE = "rate"


class Side(StrEnum):
    BUYER = "buyer"
    AGENT = "agent"
    SYSTEM = "system"


class Outcome(StrEnum):
    ANSWERED = "answered"  # a person talked with the buyer to the end
    LEFT_MESSAGE = "left_message"  # closed, full or nobody came: it became a case
    BUYER_LEFT = "buyer_left"  # the buyer ended it before a person had said a word
    UNREACHABLE = "unreachable"  # over before a person had said a word, and no case


class Disposition(StrEnum):
    """What it was, by whoever wraps it up."""

    SOLVED = "solved"
    CASE_OPENED = "case_opened"
    CASE_JOINED = "case_joined"
    FOLLOW_UP = "follow_up"
    INFORMED = "informed"
    NO_ANSWER = "no_answer"  # the buyer did not come back
    ABUSE = "abuse"


class Proof(StrEnum):
    NONE = "none"
    SIGNED = "signed"  # the shop's own seal says who this is


_QUEUED, _TALKING, _WRAP_UP, _ENDED = State
TABLE: Mapping[State, Mapping[Verb, State]] = {
    _QUEUED: {
        Verb.SAY: _QUEUED, Verb.JOIN: _TALKING, Verb.HAND_OVER: _QUEUED, Verb.TAKE_OVER: _TALKING,
        Verb.URGENT: _QUEUED, Verb.BUYER_ENDS: _ENDED, Verb.LEAVE: _ENDED,
    },
    _TALKING: {
        Verb.SAY: _TALKING, Verb.HAND_OVER: _QUEUED, Verb.TAKE_OVER: _TALKING, Verb.JOIN: _TALKING,
        Verb.BUYER_ENDS: _WRAP_UP, Verb.END: _ENDED, Verb.RATE: _TALKING,
    },
    _WRAP_UP: {Verb.SAY: _WRAP_UP, Verb.END: _ENDED, Verb.TAKE_OVER: _WRAP_UP, Verb.RATE: _WRAP_UP},
    _ENDED: {Verb.RATE: _ENDED},
}  # fmt: skip


def why_not(verb: Verb, state: State) -> Refusal | None:
    """Why this cannot be done now, or None."""
    if verb in TABLE[state]:
        return None
    return Refusal("talk_ended" if state is State.ENDED else "talk_not_now", state=state.value, verb=verb.value)


def target(verb: Verb, state: State) -> State:
    """The state after a verb. Raises Refusal."""
    if (no := why_not(verb, state)) is not None:
        raise no
    return TABLE[state][verb]


def side_of(by: str) -> Side:
    """Whose word it is, from how facts name people. Programs bring what buyers gave them."""
    if by.startswith("staff:"):
        return Side.AGENT
    return Side.SYSTEM if by == "system" else Side.BUYER
