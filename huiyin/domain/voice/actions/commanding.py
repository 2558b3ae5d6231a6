"""What people do to a call: asked here, carried out by the switchboard, answered within a moment."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from huiyin.domain.conversations.seeing import is_kept_out
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.events import Look
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.actions.locking import lock, talk_of, topics
from huiyin.domain.voice.calls import State
from huiyin.domain.voice.commands import Asker, CommandState, Verb, check_keys, verb_of, why_not
from huiyin.domain.voice.events import CommandAsked
from huiyin.domain.voice.keyed import Secret
from huiyin.domain.voice.models import Call, Command
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

STALE = timedelta(seconds=5)  # nobody listens: whoever asked learns so
_TO = ("queue:", "agent:")


@verb
def ask(call: Call, what: str, params: Mapping[str, Any], person: Person, *, now: datetime) -> Command:
    """Have something done to a call (commands.py).

    Raises Refusal `verb_unknown`, `call_over`, `call_not_now`, `not_your_talk`, `only_leads`, `kept_out`,
    `handed_nowhere`, `keys_invalid`, `secret_unknown`."""
    wanted, ours = verb_of(what), lock(call)
    talk = talk_of(ours)
    kept_out = talk is not None and is_kept_out(person, talk.pk)
    who = Asker(ours.agent_id == person.pk, person.leads, kept_out or not person.is_active)
    if (no := why_not(wanted, State(ours.state), who)) is not None:
        raise no
    return command(ours, wanted, _params(wanted, params), person, now=now)


def _params(what: Verb, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a verb needs, and nothing else that somebody sends along."""
    if what is Verb.KEYPAD:
        keys = str(given.get("keys", ""))
        check_keys(keys)
        return {"keys": keys}
    if what is Verb.SECRET:
        asked = str(given.get("what") or Secret.PAYMENT)
        if asked not in {one.value for one in Secret}:
            raise Refusal("secret_unknown", what=asked[:24])
        return {"what": asked}
    if what is Verb.TRANSFER:
        to = str(given.get("to", ""))[:40]
        if to != "supervisor" and not (to.startswith(_TO) and to.split(":", 1)[1]):
            raise Refusal("handed_nowhere")
        return {"to": to, "warm": given.get("warm") is True, "summary": str(given.get("summary", ""))[:2000]}
    return {}


def listens(call: Call, how: Verb, person: Person, *, now: datetime) -> None:
    """Somebody who leads hears this call from now on: every listening in is in the access ledger, before the first
    word. `how`: listen, whisper, barge, take_over."""
    item = "call" if how is Verb.LISTEN else f"call_{how}"
    journal.note_access(call.talk_id, f"{item}:{call.pk}", Look.LISTENED, by=person.by, now=now)


def command(call: Call, what: Verb, params: dict[str, Any], person: Person, *, now: datetime) -> Command:
    """Put it before the switchboard, on a locked matter."""
    made = Command(call=call, verb=what.value, params=params, by=person.by, person=person, asked_at=now)
    often.insert([made])
    asked = CommandAsked(command=made.pk, verb=what.value)
    journal.record(journal.lock_one(call.matter_id), asked, by=person.by, now=now, tell=("calls", *topics(call)))
    return made


_CLAIM = "UPDATE voice_command SET state = 'claimed', claimed_at = %s WHERE id = %s AND state = 'asked'"
_ANSWER = """
UPDATE voice_command SET state = %s, reason = %s, answered_at = %s WHERE id = %s AND state IN ('asked', 'claimed')
"""


def claim_command(command_id: int, *, now: datetime) -> bool:
    """Whether it is ours to carry out: each is claimed once."""
    return bool(often.count(_CLAIM, [now, command_id]))


@verb
def answer_command(asked: Command, reason: str = "", *, now: datetime) -> None:
    """Done, or refused with a reason (a code). Harmless to repeat: the first answer stays."""
    state = CommandState.REFUSED if reason else CommandState.DONE
    if often.count(_ANSWER, [state.value, reason[:32], now, asked.pk]):
        nudge(f"talk:{asked.call.talk.no}", f"agent:{asked.by.removeprefix('staff:')}")


def over_unasked(call: Call, what: Verb, person: Person, *, now: datetime) -> None:
    """What a command began has ended without one: the colleague is gone (`cancel`), who listened hung up (`stop`). A
    row like that of a command which is done already, so that whoever reads the commands sees the same."""
    made = Command(call=call, verb=what.value, by=person.by, person=person, state=CommandState.DONE.value)
    made.asked_at = made.claimed_at = made.answered_at = now
    often.insert([made])
    nudge("calls", *topics(call), f"agent:{person.agent_no}")


def expire_commands(now: datetime) -> int:
    """What nobody answered within five seconds is refused: the switchboard is away."""
    stale = Command.objects.filter(state__in=["asked", "claimed"], asked_at__lt=now - STALE)
    late = list(stale.select_related("call__talk")[:100])
    for one in late:
        answer_command(one, "no_switchboard", now=now)
    return len(late)
