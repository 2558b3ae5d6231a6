"""The life of a call (pure): which verb is possible in which state.

Somebody calls, hears the menu, waits for a person, talks, says how it was, and is gone. A call we make ourselves begins
with dialling. Whatever goes wrong, hanging up is possible everywhere, and an ended call stays ended.
"""

from collections.abc import Mapping
from enum import StrEnum

from huiyin.lib.errors import Refusal


class State(StrEnum):
    MENU = "menu"  # the machine speaks
    DIALLING = "dialling"  # we call: the agent's device or the buyer's phone rings
    WAITING = "waiting"  # waits for a person, with music
    RINGING = "ringing"  # an agent's device rings
    TALKING = "talking"
    HELD = "held"  # the agent put the caller on hold
    KEYING = "keying"  # the buyer keys a secret: apart from the agent, and nothing is recorded
    PARKED = "parked"  # the agent's device is gone for a moment; the caller is kept for them
    RATING = "rating"  # the agent has hung up, the caller says how it was
    VOICEMAIL = "voicemail"  # nobody can come: the caller speaks to a recorder
    CALLBACK_BOOKED = "callback_booked"  # the caller will be called; the last words are being spoken
    CHANGED = "changed"  # waits in a chat now (HL16); the last words are being spoken
    ENDED = "ended"


class Verb(StrEnum):
    WALK = "walk"  # through the menu
    QUEUE = "queue"
    RING = "ring"
    STOP_RINGING = "stop_ringing"
    TALK = "talk"
    HOLD = "hold"
    UNHOLD = "unhold"
    MUTE = "mute"
    KEY = "key"  # a secret, with the recording off
    KEYED = "keyed"
    PARK = "park"
    UNPARK = "unpark"
    WAIT_AGAIN = "wait_again"  # handed over, or the agent did not come back
    BOOK_CALLBACK = "book_callback"
    CHANGE = "change"  # to a chat
    VOICEMAIL = "voicemail"
    ASK_RATING = "ask_rating"
    RATE = "rate"
    HANG_UP = "hang_up"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Via(StrEnum):
    TRUNK = "trunk"  # a telephone
    WEB = "web"  # the portal's button
    PHONE = "phone"  # a SIP phone that we know


class Who(StrEnum):
    """Who hung up first."""

    BUYER = "buyer"
    AGENT = "agent"
    SYSTEM = "system"
    LOST = "lost"  # the line or the media server died


class Outcome(StrEnum):
    TALKED = "talked"  # a person talked with the buyer
    SERVED = "served"  # the menu had the answer
    LEFT_MENU = "left_menu"  # hung up before asking for anything
    CALLBACK = "callback"  # will be called back, the place is kept
    VOICEMAIL = "voicemail"  # spoke to the recorder: it became a case
    UNREACHABLE = "unreachable"  # gone while waiting, and there is no number to call
    ELSEWHERE = "elsewhere"  # waits in a chat now, or in a call-back that there was already
    NOT_REACHED = "not_reached"  # we called and nobody answered


_S, _V = State, Verb
_ENDS: Mapping[Verb, State] = {_V.HANG_UP: _S.ENDED}
TABLE: Mapping[State, Mapping[Verb, State]] = {
    _S.MENU: {
        _V.WALK: _S.MENU, _V.QUEUE: _S.WAITING, _V.VOICEMAIL: _S.VOICEMAIL, _V.BOOK_CALLBACK: _S.CALLBACK_BOOKED,
        **_ENDS,
    },
    _S.DIALLING: {_V.TALK: _S.TALKING, **_ENDS},
    _S.WAITING: {
        _V.RING: _S.RINGING, _V.TALK: _S.TALKING, _V.WAIT_AGAIN: _S.WAITING, _V.BOOK_CALLBACK: _S.CALLBACK_BOOKED,
        _V.VOICEMAIL: _S.VOICEMAIL, _V.CHANGE: _S.CHANGED, **_ENDS,
    },
    _S.RINGING: {
        _V.RING: _S.RINGING, _V.STOP_RINGING: _S.WAITING, _V.TALK: _S.TALKING, _V.WAIT_AGAIN: _S.WAITING,
        _V.BOOK_CALLBACK: _S.CALLBACK_BOOKED, _V.VOICEMAIL: _S.VOICEMAIL, _V.CHANGE: _S.CHANGED, **_ENDS,
    },
    _S.TALKING: {
        _V.TALK: _S.TALKING, _V.HOLD: _S.HELD, _V.MUTE: _S.TALKING, _V.KEY: _S.KEYING, _V.PARK: _S.PARKED,
        _V.WAIT_AGAIN: _S.WAITING, _V.ASK_RATING: _S.RATING, **_ENDS,
    },
    _S.KEYING: {
        _V.TALK: _S.TALKING, _V.KEY: _S.KEYING, _V.KEYED: _S.TALKING, _V.PARK: _S.PARKED, _V.WAIT_AGAIN: _S.WAITING,
        _V.ASK_RATING: _S.RATING, **_ENDS,
    },
    _S.HELD: {
        _V.TALK: _S.TALKING, _V.UNHOLD: _S.TALKING, _V.MUTE: _S.HELD, _V.PARK: _S.PARKED, _V.WAIT_AGAIN: _S.WAITING,
        _V.ASK_RATING: _S.RATING, **_ENDS,
    },
    _S.PARKED: {
        _V.TALK: _S.TALKING, _V.UNPARK: _S.TALKING, _V.PARK: _S.PARKED, _V.WAIT_AGAIN: _S.WAITING,
        _V.ASK_RATING: _S.RATING, **_ENDS,
    },
    _S.RATING: {_V.RATE: _S.RATING, **_ENDS},
    _S.VOICEMAIL: {_V.VOICEMAIL: _S.VOICEMAIL, _V.BOOK_CALLBACK: _S.CALLBACK_BOOKED, _V.QUEUE: _S.WAITING, **_ENDS},
    _S.CALLBACK_BOOKED: {_V.BOOK_CALLBACK: _S.CALLBACK_BOOKED, **_ENDS},
    _S.CHANGED: {_V.CHANGE: _S.CHANGED, **_ENDS},
    _S.ENDED: {},
}  # fmt: skip

LIVE = tuple(state.value for state in State if state is not State.ENDED)
WITH_PERSON = frozenset({State.TALKING, State.HELD, State.KEYING, State.PARKED})  # somebody answers for the caller
IN_QUEUE = frozenset({State.WAITING, State.RINGING})


def why_not(verb: Verb, state: State) -> Refusal | None:
    """Why this cannot be done now, or None."""
    if verb in TABLE[state]:
        return None
    return Refusal("call_over" if state is State.ENDED else "call_not_now", state=state.value, verb=verb.value)


def target(verb: Verb, state: State) -> State:
    """The state after a verb. Raises Refusal `call_over`, `call_not_now`."""
    if (no := why_not(verb, state)) is not None:
        raise no
    return TABLE[state][verb]


def outcome_of(state: State, *, was_served: bool) -> Outcome:
    """How a call that ends in this state ended, where nothing else has been said about it."""
    if state in WITH_PERSON or state is State.RATING:
        return Outcome.TALKED
    if state is State.CALLBACK_BOOKED:
        return Outcome.CALLBACK
    if state is State.CHANGED:
        return Outcome.ELSEWHERE
    if state is State.DIALLING:
        return Outcome.NOT_REACHED
    if was_served:
        return Outcome.SERVED
    return Outcome.LEFT_MENU if state is State.MENU else Outcome.UNREACHABLE
