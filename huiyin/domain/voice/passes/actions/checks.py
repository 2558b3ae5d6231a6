"""The buyer keys a secret during a talk: apart from the agent, unrecorded. Only what came of it is written down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.voice.actions.locking import lock, talk_of, topics
from huiyin.domain.voice.actions.whose import UNPROVEN, known_as, proven_by
from huiyin.domain.voice.calls import State, Verb, target
from huiyin.domain.voice.keyed import Result, Secret, Why
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes.events import SecretCheckBegun, SecretChecked
from huiyin.domain.voice.passes.models import SecretCheck
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it. A payment that matches says whose order the call is about, and how that is proven."""

    result: Result
    why: Why | None = None
    order_no: str = ""
    proof: str = ""


def stopped(why: Why) -> Checked:
    """Nothing was compared."""
    return Checked(Result.STOPPED, why)


@verb
def begin_check(call: Call, what: Secret, *, by: str, now: datetime) -> SecretCheck:
    """From now on the buyer keys, apart from the agent. Harmless to repeat. Raises Refusal `call_not_now`, `call_over`,
    `no_case_known` (a PIN belongs to a case)."""
    ours = lock(call)
    state = target(Verb.KEY, State(ours.state))
    known = SecretCheck.objects.filter(call=ours, result=Result.OPEN).first()
    if known is not None and ours.state == State.KEYING:
        return known
    if what is Secret.PIN and not case_no_of(ours):
        raise Refusal("no_case_known")
    _close(ours, known, stopped(Why.FAILED), now=now)  # of a talk that was cut off in the middle of it
    made = SecretCheck.objects.create(call=ours, what=what.value, asked_by=by, begun_at=now)
    often.change(ours, state=state.value)
    begun = SecretCheckBegun(check=made.pk, what=what.value)
    journal.record(ours.matter, begun, by=by, now=now, tell=topics(ours))
    return made


@verb
def end_check(call: Call, checked: Checked, *, now: datetime) -> None:
    """They are together again, or one of them is gone. Harmless to repeat: the first result stays."""
    ours = lock(call)
    _close(ours, SecretCheck.objects.filter(call=ours, result=Result.OPEN).first(), checked, now=now)
    values = {"state": target(Verb.KEYED, State.KEYING).value} if ours.state == State.KEYING else {}
    if checked.result is Result.MATCHES and checked.order_no:
        values |= {"order_no": checked.order_no, "proof": checked.proof} | _whose(ours, checked)
    if values:
        often.change(ours, **values)


def _whose(call: Call, checked: Checked) -> dict[str, Any]:
    """CH6: the conversation and the call are those of whoever has proven the order."""
    buyer = proven_by(call, checked.order_no, checked.proof)
    if (talk := talk_of(call)) is not None and checked.proof not in UNPROVEN:
        conversations.prove_order(talk, checked.order_no, buyer)
    return known_as(call, buyer)


def _close(call: Call, known: SecretCheck | None, checked: Checked, *, now: datetime) -> None:
    if known is None:
        return
    why = checked.why.value if checked.why else ""
    often.change(known, result=checked.result.value, why=why, ended_at=now)
    said = SecretChecked(check=known.pk, result=checked.result.value, why=why)
    journal.record(call.matter, said, by="system", now=now, tell=topics(call))


def case_no_of(call: Call) -> str:
    """The number of the case that this call is about, as far as we know one."""
    if call.case is not None:
        return call.case.no
    talk = talk_of(call)
    return talk.case.no if talk is not None and talk.case is not None else ""


def newest_check(call: Call) -> SecretCheck | None:
    """The last one of a call."""
    return SecretCheck.objects.filter(call=call).order_by("-begun_at", "-pk").first()
