"""An agent's device rings, somebody talks, holds, parks, hands over. Each verb says what has happened at the media
server; the row follows, and what it means for queue and conversation happens with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Offer
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.actions.arriving import Wait, standing_of
from huiyin.domain.voice.actions.callbacks import drop_callbacks_of, reached
from huiyin.domain.voice.actions.locking import lock, topics
from huiyin.domain.voice.calls import IN_QUEUE, WITH_PERSON, Direction, State, Verb, target
from huiyin.domain.voice.events import CallChanged, CallConnected
from huiyin.domain.voice.models import Call
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

_ANSWERED = "call_answered"
QUIET = {"agent": None, "agent_channel": "", "bridge_id": "", "muted": False, "parked_until": None}


@dataclass(frozen=True, slots=True)
class Legs:
    """What of a call is the agent's, at the media server. `device`: which of their devices it is."""

    agent_channel: str = ""
    bridge_id: str = ""
    device: str = "phone"


@verb
def ringing(call: Call, person: Person, agent_channel: str = "", *, now: datetime) -> Call:
    """This person's device rings. Harmless to repeat. Raises Refusal `call_over`, `call_not_now`."""
    ours = lock(call)
    state = target(Verb.RING, State(ours.state))
    often.change(ours, state=state.value, agent=person, agent_channel=agent_channel)
    nudge(*topics(ours))
    return ours


@verb
def stopped_ringing(call: Call, *, now: datetime) -> Call:
    """It rings no more and nobody answered: the caller waits on. The offer is ended by `routing.decline`, or ends by
    itself. Harmless to repeat, and when somebody else has the call by now."""
    ours = lock(call)
    if ours.state == State.RINGING:
        told = topics(ours)
        often.change(ours, state=State.WAITING.value, **QUIET)
        nudge(*told)
    return ours


def talking(call: Call, person: Person, offer_id: int | None, legs: Legs, *, now: datetime) -> Call:
    """Buyer and agent hear each other. With an offer it is accepted with it; without one the person has the call
    already (it was parked, we dialled), or leads and takes it over. Harmless to repeat.

    Raises Refusal: those of routing.accept (`offer_gone`, `not_yours`, `offer_taken_here`), of routing.take_over
    (`only_leads`, `kept_out`), `call_over`, `call_not_now`."""
    ours = _talking(call, person, offer_id, legs, now=now)
    if ours.caller:  # in a transaction of its own: it locks an older matter
        drop_callbacks_of(ours.caller, ours, now=now)
    return ours


@verb
def _talking(call: Call, person: Person, offer_id: int | None, legs: Legs, *, now: datetime) -> Call:
    ours = lock(call, person.matter_id)
    if ours.state == State.TALKING and ours.agent_id == person.pk and ours.agent_channel == legs.agent_channel:
        return ours
    state, was_theirs = target(Verb.TALK, State(ours.state)), ours.state in WITH_PERSON and ours.agent_id == person.pk
    if not was_theirs:
        _take(ours, person, offer_id, legs.device, now=now)
    often.change(
        ours, state=state.value, agent=person, agent_channel=legs.agent_channel, bridge_id=legs.bridge_id, muted=False,
        parked_until=None, answered_at=ours.answered_at or now, talking_at=ours.talking_at if was_theirs else now,
    )  # fmt: skip
    connected = CallConnected(agent_no=person.agent_no)
    journal.record(ours.matter, connected, by=person.by, now=now, tell=topics(ours))
    return ours


def _take(call: Call, person: Person, offer_id: int | None, device: str, *, now: datetime) -> None:
    """Make it theirs: the queue, the conversation, the contact's fate (reactions.py)."""
    chapter = journal.current()
    assert chapter is not None
    chapter.notes[_ANSWERED, call.talk_id] = True
    if offer_id is not None:
        routing.accept(offer_id, person, device, now=now)
    elif call.direction == Direction.OUT:
        _reached(call, person, now=now)
    elif (item := open_item(call.talk)) is None:
        raise Refusal("item_over")
    else:
        routing.take_over(item, person, by=person.by, now=now)


def must_ring(locked: Matter) -> None:
    """Reaction: the call on this locked matter was taken. Only who answers their phone has a call: a click alone would
    leave the caller with music. Raises Refusal `answer_on_phone`."""
    chapter = journal.current()
    if chapter is not None and (_ANSWERED, locked.pk) in chapter.notes:
        return
    if Call.objects.filter(talk=locked, state__in=[*IN_QUEUE, *WITH_PERSON]).exists():
        raise Refusal("answer_on_phone")


def _reached(call: Call, person: Person, *, now: datetime) -> None:
    """Somebody whom we call has answered: those who waited for it have their answer, others begin to talk now."""
    if call.talk_id != call.matter_id:
        reached(call.talk, now=now)
        contacts.settle_all(call.talk, Fate.CALLED_BACK, now=now)
        return
    standing = standing_of(call, Wait("general", case=call.case), now)
    _, item = conversations.start_on(call.matter, _as_callback(standing), by=person.by, now=now)
    routing.take_at_once(item, person, by=person.by, now=now)


def _as_callback(standing: conversations.Standing) -> conversations.Standing:
    """No queue is too full or too late for a call that we have made."""
    return replace(standing, kind="callback")


@verb
def hold(call: Call, *, now: datetime) -> Call:
    """The caller hears music now. Harmless to repeat."""
    return _change(call, Verb.HOLD, State.HELD, now=now)


@verb
def unhold(call: Call, *, now: datetime) -> Call:
    """They hear each other again. Harmless to repeat."""
    return _change(call, Verb.UNHOLD, State.TALKING, now=now)


@verb
def mute(call: Call, *, muted: bool, now: datetime) -> Call:
    """The caller does not hear the agent, or does again. Harmless to repeat."""
    ours = lock(call)
    if ours.muted == muted:
        return ours
    target(Verb.MUTE, State(ours.state))
    often.change(ours, muted=muted)
    _say(ours, "mute" if muted else "unmute", now=now)
    return ours


@verb
def park(call: Call, until: datetime, *, now: datetime) -> Call:
    """The agent's device is gone for a moment: the caller is kept for them until then. Harmless to repeat."""
    return _change(call, Verb.PARK, State.PARKED, now=now, parked_until=until, agent_channel="")


@verb
def unpark(call: Call, legs: Legs, *, now: datetime) -> Call:
    """The same agent is back. Harmless to repeat."""
    ours = _change(call, Verb.UNPARK, State.TALKING, now=now, parked_until=None)
    often.change(ours, agent_channel=legs.agent_channel, bridge_id=legs.bridge_id)
    return ours


def _change(call: Call, done: Verb, state: State, *, now: datetime, **values: Any) -> Call:
    ours = lock(call)
    if ours.state == state:
        return ours
    target(done, State(ours.state))
    often.change(ours, state=state.value, **values)
    _say(ours, done.value, now=now)
    return ours


def _say(call: Call, what: str, *, now: datetime) -> None:
    by = call.agent.by if call.agent else "system"
    journal.record(call.matter, CallChanged(verb=what), by=by, now=now, tell=topics(call))


@verb
def wait_again(call: Call, why: str, *, now: datetime) -> Call:
    """The agent did not come back, or the media server lost them: the caller waits again, at once due. `why`:
    `agent_away` or another code. Harmless to repeat."""
    ours = lock(call)
    if ours.state not in WITH_PERSON:
        return ours
    if (item := open_item(ours.talk)) is None:
        raise Refusal("item_over")
    routing.hand_over(item, f"queue:{item.queue.slug}", by="system", now=now, why=why)  # reactions.py: `handed`
    ours.refresh_from_db(fields=["state", "agent", "agent_channel", "bridge_id", "parked_until"])
    return ours


@verb
def pass_on(call: Call, person: Person, legs: Legs, why: str = "handed_over", *, now: datetime) -> Call:
    """A colleague who was asked first has the caller now (warm transfer). Raises Refusal `agent_away` where they
    cannot take it, `agent_unknown`, `call_not_now`."""
    ours = lock(call, person.matter_id)
    before, item = ours.agent, open_item(ours.talk)
    if ours.state not in WITH_PERSON or before is None or item is None:
        raise Refusal("call_not_now", state=ours.state, verb=Verb.TALK.value)
    new = routing.hand_over(item, f"agent:{person.agent_no}", by=before.by, now=now, why=why)
    held = routing.offer(new.pk, person.pk, [{"code": "handed_over"}], now=now)
    if held is None:
        raise Refusal("agent_away", agent=person.agent_no)
    return _talking(ours, person, held.pk, legs, now=now)


def handed(locked: Matter, *, by: str, now: datetime) -> None:
    """Reaction: the conversation on this locked matter waits for somebody else; so does the call in it."""
    call = Call.objects.filter(talk=locked, state__in=[*WITH_PERSON]).select_related("agent", "matter", "talk").first()
    if call is None:
        return
    told = topics(call)
    often.change(call, state=State.WAITING.value, **QUIET)
    journal.record(journal.lock_one(call.matter_id), CallChanged(verb=Verb.WAIT_AGAIN.value), by=by, now=now, tell=told)
    nudge("calls")


def declined(offer_id: int, person: Person, reason: str, *, now: datetime) -> None:
    """A device said no, is not there, or rang in vain (`declined`, `unreachable`, `no_answer`): somebody else is asked.
    An offer that is over already stays so."""
    try:
        routing.decline(offer_id, person, reason, now=now)
    except (Refusal, Offer.DoesNotExist) as gone:
        if isinstance(gone, Refusal) and gone.code != "offer_gone":
            raise
