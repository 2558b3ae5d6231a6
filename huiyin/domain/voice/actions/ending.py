"""How calls end. Whoever hangs up while waiting is called back in their place; what somebody talked in is wrapped up;
every caller's contact gets its one fate (CP15)."""

from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.voice.actions.arriving import Wait, Walked, note_walk, standing_of
from huiyin.domain.voice.actions.callbacks import drop, keep_place
from huiyin.domain.voice.actions.commanding import command
from huiyin.domain.voice.actions.locking import lock, talk_of, topics
from huiyin.domain.voice.actions.talking import QUIET
from huiyin.domain.voice.actions.whose import buyer_of, known_as
from huiyin.domain.voice.calls import IN_QUEUE, WITH_PERSON, Direction, Outcome, State, Verb, Who, outcome_of, target
from huiyin.domain.voice.commands import Verb as CommandVerb
from huiyin.domain.voice.events import CallEnded
from huiyin.domain.voice.models import Call, Callback, Ticket
from huiyin.domain.voice.queries import queue_of
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

_LONGEST_CAUSE = 32


@dataclass(frozen=True, slots=True)
class _Going:
    """Who hung up first, what the network says about it, when."""

    who: Who
    cause: str
    now: datetime


@verb
def hung_up(call: Call, who: Who, cause: str = "", *, walk: Walked | None = None, now: datetime) -> Call:
    """Somebody has hung up; right in every state, harmless to repeat. An agent who hangs up on a caller leaves them
    in `rating`: say it again with who ends that. The first who hung up stays on record."""
    ours, going = lock(call), _Going(Who(who), cause[:_LONGEST_CAUSE], now)
    if ours.state == State.ENDED:
        return ours
    note_walk(ours, walk, now=now)
    state = State(ours.state)
    if state in WITH_PERSON:
        return _talk_is_over(ours, going)
    outcome = Outcome(ours.outcome) if ours.outcome else _leave(ours, state, going)
    return _end(ours, outcome, going)


def lost(call: Call, *, now: datetime) -> Call:
    """The media server died, or knows this call no more. Who waited is called back, what was talked in is wrapped
    up."""
    return hung_up(call, Who.LOST, "engine_lost", now=now)


def _talk_is_over(call: Call, going: _Going) -> Call:
    assert call.agent is not None
    if (talk := talk_of(call)) is not None:
        by = {Who.BUYER: "buyer", Who.AGENT: call.agent.by}.get(going.who, "system")
        conversations.line_ended(talk, by=by, now=going.now)
    if going.who is Who.AGENT and call.direction == Direction.IN:
        state = target(Verb.ASK_RATING, State(call.state))
        often.change(call, state=state.value, ended_by=going.who.value, cause=going.cause, parked_until=None)
        nudge(*topics(call))
        return call
    return _end(call, Outcome.TALKED, going)


def _leave(call: Call, state: State, going: _Going) -> Outcome:
    """What becomes of a caller whom nobody has talked with yet."""
    if state in IN_QUEUE:
        return _leave_queue(call, going.now)
    was_ours = going.who is Who.LOST or bool(call.turned_away) or state is State.VOICEMAIL
    if state in {State.MENU, State.VOICEMAIL} and was_ours and not call.served:
        return _missed(call, going.now)
    outcome = outcome_of(state, was_served=call.served)
    if call.contact is not None and outcome is Outcome.SERVED:
        contacts.settle(call.contact, Fate.ANSWERED, now=going.now)
    if call.contact is not None and outcome is Outcome.LEFT_MENU:
        contacts.settle(call.contact, Fate.CLOSED, now=going.now, reason=outcome.value)
    return outcome


def _leave_queue(call: Call, now: datetime) -> Outcome:
    talk = talk_of(call)
    if talk is None:
        return Outcome.UNREACHABLE
    kept = keep_place(call, talk, now=now)
    if kept is not None:
        return kept
    conversations.given_up(talk, Outcome.UNREACHABLE.value, now=now)
    return Outcome.UNREACHABLE


def _missed(call: Call, now: datetime) -> Outcome:
    """Turned away, or we failed: they are called back if there is a number."""
    talk = talk_of(call)
    if talk is not None and talk.state == "queued":
        return _leave_queue(call, now)
    kept = keep_place(call, None, now=now)
    if kept is None and call.contact is not None:
        contacts.settle(call.contact, Fate.CLOSED, now=now, reason=Outcome.UNREACHABLE.value)
    return kept or Outcome.UNREACHABLE


def _end(call: Call, outcome: Outcome, going: _Going) -> Call:
    told, ended_by = topics(call), call.ended_by or going.who.value
    agent = {"agent_channel": "", "bridge_id": "", "parked_until": None, "muted": False}
    quiet = agent if outcome in {Outcome.TALKED, Outcome.NOT_REACHED} else QUIET
    often.change(
        call, state=State.ENDED.value, outcome=outcome.value, ended_at=going.now, ended_by=ended_by,
        cause=call.cause or going.cause, **quiet,
    )  # fmt: skip
    if call.ticket_id:
        Ticket.objects.filter(pk=call.ticket_id).update(ended_at=going.now)
    talked = int((going.now - call.answered_at).total_seconds()) if call.answered_at else 0
    ended = CallEnded(who=ended_by, outcome=outcome.value, cause=call.cause, talked_s=talked)
    journal.record(call.matter, ended, by="system", now=going.now, tell=told)
    return call


@verb
def rate(call: Call, digits: str, *, now: datetime) -> Call:
    """HL8: 1 to 5 on the keypad after the call. Raises Refusal `rating_out_of_range`, `call_not_now`."""
    ours = lock(call)
    target(Verb.RATE, State(ours.state))
    rating = int(digits[:1]) if digits[:1].isdecimal() and digits[:1].isascii() else 0
    if not 1 <= rating <= 5:
        raise Refusal("rating_out_of_range")
    often.change(ours, rating=rating)
    if (talk := talk_of(ours)) is not None:
        conversations.rate(talk, rating, by="buyer", now=now)
    return ours


@verb
def begin_voicemail(call: Call, *, now: datetime) -> Call:
    """The caller speaks to a recorder now; a place in the queue is kept until something was said. Harmless to
    repeat."""
    ours = lock(call)
    state = target(Verb.VOICEMAIL, State(ours.state))
    often.change(ours, state=state.value)
    nudge(*topics(ours))
    return ours


@verb
def leave_voicemail(call: Call, *, now: datetime) -> Call:
    """Something was said to the recorder: it becomes a case with an owner and promises (reactions.py); its recording
    is closed already. Harmless to repeat. Raises Refusal `call_over`, `call_not_now`."""
    ours = lock(call)
    if ours.outcome == Outcome.VOICEMAIL:
        return ours
    target(Verb.VOICEMAIL, State(ours.state))
    often.change(ours, outcome=Outcome.VOICEMAIL.value, **known_as(ours, buyer_of(ours, now=now)))
    if (talk := talk_of(ours)) is not None:
        conversations.leave_word(talk, "voicemail", now=now)
    else:
        standing = standing_of(ours, Wait(queue_of(ours)), now)
        conversations.leave_on(ours.matter, standing, "voicemail", now=now)
    return ours


def talk_ended(locked: Matter, *, now: datetime) -> None:
    """Reaction: the conversation on this locked matter is over. Nobody is called back about it any more, and a line
    that is still open is closed."""
    for waiting in Callback.objects.filter(talk=locked, state="open"):
        drop(waiting, "talk_ended", now=now)
        contacts.settle_all(locked, Fate.CLOSED, now=now, reason="unreachable")
    live = Call.objects.filter(talk=locked, state__in=[*WITH_PERSON, State.DIALLING]).select_related("agent")
    for call in live:
        if call.agent is not None:
            command(call, CommandVerb.HANG_UP, {}, call.agent, now=now)
