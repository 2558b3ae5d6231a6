"""What people do to a call, and who may (pure). The one who talks does what concerns their own call; who leads may
listen, whisper, join and take over, but never in a call whose case is about themselves (CP21)."""

from dataclasses import dataclass
from enum import StrEnum

from huiyin.domain.voice.calls import WITH_PERSON, State
from huiyin.lib.errors import Refusal


class Verb(StrEnum):
    HOLD = "hold"
    UNHOLD = "unhold"
    MUTE = "mute"
    UNMUTE = "unmute"
    SECRET = "secret"  # {what: "payment" | "pin"}: the buyer keys it, apart from the agent and unrecorded
    KEYPAD = "keypad"  # digits sent to the other side
    TRANSFER = "transfer"  # {to: "agent:1025" | "queue:vip" | "supervisor", warm: bool}
    COMPLETE = "complete"  # of a warm transfer: the colleague has the caller now
    CANCEL = "cancel"  # of a warm transfer, or of a secret that is being keyed
    HANG_UP = "hang_up"
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    TAKE_OVER = "take_over"
    STOP = "stop"  # of listening, whispering, barging
    DIAL = "dial"  # a call that we make: ring the agent's device, then the buyer


class CommandState(StrEnum):
    ASKED = "asked"
    CLAIMED = "claimed"
    DONE = "done"
    REFUSED = "refused"


LEADS_ONLY = frozenset({Verb.LISTEN, Verb.WHISPER, Verb.BARGE, Verb.TAKE_OVER, Verb.STOP})
_ANY_TIME = frozenset({Verb.HANG_UP, Verb.STOP, Verb.TAKE_OVER})
_WHILE_KEYING = frozenset({Verb.CANCEL, Verb.LISTEN, Verb.WHISPER, Verb.BARGE})
_KEYS = frozenset("0123456789*#ABCD")
MOST_KEYS = 32


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and what they have to do with the call."""

    has_call: bool
    leads: bool
    is_kept_out: bool = False


def verb_of(text: str) -> Verb:
    """Raises Refusal `verb_unknown`."""
    try:
        return Verb(text)
    except ValueError:
        raise Refusal("verb_unknown", verb=text[:24]) from None


def why_not(verb: Verb, state: State, who: Asker) -> Refusal | None:
    """Why this person cannot have this done to a call in this state, or None."""
    if state is State.ENDED:
        return Refusal("call_over", state=state.value, verb=verb.value)
    if who.is_kept_out:
        return Refusal("kept_out")
    if verb in LEADS_ONLY and not who.leads:
        return Refusal("only_leads")
    if verb not in LEADS_ONLY and not who.has_call and not (verb is Verb.HANG_UP and who.leads):
        return Refusal("not_your_talk")
    if verb is Verb.DIAL:
        return None if state is State.DIALLING else Refusal("call_not_now", state=state.value, verb=verb.value)
    if verb in _ANY_TIME or (state in WITH_PERSON and _fits(verb, state)):
        return None
    return Refusal("call_not_now", state=state.value, verb=verb.value)


def _fits(verb: Verb, state: State) -> bool:
    """What is possible while somebody answers for the caller."""
    if state is State.KEYING:
        return verb in _WHILE_KEYING
    return verb is not Verb.SECRET or state is State.TALKING


def check_keys(keys: str) -> None:
    """What is sent as tones. Raises Refusal `keys_invalid`."""
    if not 0 < len(keys) <= MOST_KEYS or not set(keys) <= _KEYS:
        raise Refusal("keys_invalid")
