"""What the switchboard asks of the domain: verbs and queries of `voice` as one call needs them. Runs in threads."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from huiyin.adapters.asterisk.events import Channel
from huiyin.adapters.sound.waves import measure, until_written
from huiyin.daemons.calls.signals import Asked, Checked, Offered
from huiyin.daemons.calls.steps import Step
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.promises.queries import next_owed
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import Place, open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.actions import Legs
from huiyin.domain.voice.actions.commanding import listens, over_unasked
from huiyin.domain.voice.calls import State, Via, Who, target
from huiyin.domain.voice.calls import Verb as Done
from huiyin.domain.voice.commands import Verb
from huiyin.domain.voice.keyed import Why
from huiyin.domain.voice.models import Call, Command, Recording
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.phone import RecordingKind
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
STEPS: Mapping[State, Step | None] = {
    State.MENU: Step.MENU, State.DIALLING: Step.DIALLING, State.WAITING: Step.WAITING, State.RINGING: Step.WAITING,
    State.TALKING: Step.TALKING, State.HELD: Step.TALKING, State.KEYING: Step.KEYING, State.PARKED: Step.PARKED,
    State.RATING: Step.RATING,
    State.VOICEMAIL: Step.VOICEMAIL, State.CALLBACK_BOOKED: Step.GOODBYE, State.CHANGED: Step.CHANGED,
    State.ENDED: None,
}  # fmt: skip
VIAS = {"web": Via.WEB, "phone": Via.PHONE}


# ---- arriving and leaving


def arrive(channel: Channel, dialled: str, via: str, now: datetime) -> Call:
    """The row of a call that came in on this channel. Raises Refusal as `voice.arrive`."""
    ticket = channel.name.removeprefix("PJSIP/").rpartition("-")[0] if via == "web" else ""
    how = VIAS.get(via, Via.TRUNK)
    return voice.arrive(channel.id, dialled, channel.caller, via=how, ticket=ticket, now=now)


def hung_up(call: Call, who: Who, cause: int, now: datetime, walk: voice.Walked | None = None) -> None:
    """Somebody has hung up; `cause`: Q.850."""
    voice.hung_up(call, who, f"q850_{cause}", walk=walk, now=now)


def lost(call: Call, now: datetime) -> None:
    """Asterisk died with it."""
    voice.lost(call, now=now)


# ---- waiting and being answered


def place(call: Call, now: datetime) -> Place | None:
    """Where the caller stands; None once they wait no more."""
    return queries.place_of(fresh(call), now)


def step_of(call: Call) -> Step | None:
    """Where the row says the call is now; None when it is over."""
    return STEPS[State(fresh(call).state)]


def step_of_row(call: Call) -> Step | None:
    """As `step_of`, by this row."""
    return STEPS[State(call.state)]


def safe_step(call: Call, now: datetime) -> Step | None:
    """Where a call goes on after a bug in one of its steps: with its agent, else in the queue; None when it is over."""
    step = step_of(call)
    if step is Step.KEYING:
        passes.end_check(call, passes.stopped(Why.FAILED), now=now)
        return Step.TALKING
    return step if step in {Step.TALKING, Step.PARKED, Step.RATING, Step.GOODBYE, Step.CHANGED, None} else Step.WAITING


def fresh(call: Call) -> Call:
    """The row as it stands."""
    return queries.call_by_channel(call.channel_id) or call


def ringing(call: Call, offer: Offered, leg: str, now: datetime) -> None:
    """Devices of whoever is asked ring."""
    voice.ringing(call, offer.person, leg, now=now)


def not_answered(call: Call, offer: Offered, why: str, now: datetime) -> None:
    """They ring no more. An offer whose time is up ends by itself: that the person did not answer counts there."""
    if why in {"declined", "unreachable"}:
        voice.declined(offer.offer_id, offer.person, why, now=now)
    voice.stopped_ringing(call, now=now)


def talking(call: Call, offer: Offered, legs: Legs, now: datetime) -> Call:
    """Somebody has answered: the offer is theirs. Raises Refusal where it is not any more."""
    return voice.talking(call, offer.person, offer.offer_id, legs, now=now)


def talking_again(call: Call, person: Person, legs: Legs, now: datetime) -> Call:
    """They have it already, or take it over: no offer."""
    return voice.talking(call, person, None, legs, now=now)


def park(call: Call, seconds: float, now: datetime) -> datetime:
    """Until when the caller is kept for the agent who was lost."""
    until = now + timedelta(seconds=seconds)
    kept = voice.park(call, until, now=now)
    return kept.parked_until or until


# ---- commands


def claim(command_id: int, now: datetime) -> Command | None:
    """The command, if it is ours to carry out."""
    if not voice.claim_command(command_id, now=now):
        return None
    return Command.objects.select_related("person", "call__matter", "call__talk").get(pk=command_id)


def person_to(to: str) -> Person:
    """Whom a warm transfer is for. Raises Refusal `agent_unknown`, `handed_nowhere`."""
    kind, _, number = to.partition(":")
    if kind != "agent":
        raise Refusal("handed_nowhere")
    found = Person.objects.filter(agent_no=number, is_active=True).first()
    if found is None:
        raise Refusal("agent_unknown", agent=number[:8])
    return found


def hand_over(call: Call, command: Command, now: datetime) -> None:
    """The conversation waits for somebody else, with the words of whoever hands it over. Raises Refusal."""
    talk = Conversation.objects.select_related("matter", "agent").get(matter=call.talk_id)
    summary = command.params.get("summary") or str(command.params["to"])
    conversations.hand_over(talk, command.params["to"], summary, by=command.by, now=now)


def over_by_itself(call: Call, verb: Verb, person: Person, now: datetime) -> None:
    """The colleague whom this person asked is out of it, or they listen no more, without anybody having said so."""
    over_unasked(call, verb, person, now=now)


def hears(call: Call, how: Verb, person: Person, now: datetime) -> None:
    """Somebody who leads is about to hear the call."""
    listens(call, how, person, now=now)


def is_held(call: Call) -> bool:
    """Whether the agent has put the caller on hold."""
    return fresh(call).state == State.HELD


def refuse_untalkable(call: Call) -> None:
    """Raises Refusal `call_not_now`, `call_over` where nobody can begin to talk with the caller."""
    target(Done.TALK, State(fresh(call).state))


def item_of(call: Call) -> Item | None:
    """The place in a queue that belongs to a call."""
    return open_item(call.talk)


# ---- recordings


def start_recording(call: Call, kind: RecordingKind, ending: str, now: datetime) -> Recording:
    """A file of its own for what is said from now on."""
    path = f"{call.matter.no}-{secrets.token_hex(4)}.{ending}"
    return voice.start_recording(call, path, kind, now=now)


def close_recording(recording_id: int, folder: str, now: datetime, *, is_cut_off: bool = False) -> Recording:
    """The file is complete: measured, hashed. `is_cut_off`: whoever wrote it died, its last moment may be missing."""
    row = Recording.objects.select_related("call__matter", "call__talk").get(pk=recording_id)
    talked = max(0.0, (now - row.started_at).total_seconds())
    file = Path(folder) / row.path
    if not until_written(file):
        log.warning("call %s: %s is still written to, and closed as it is", row.call_id, row.path)
    recorded = measure(file)
    recorded = replace(recorded, is_repaired=recorded.is_repaired or is_cut_off)
    return voice.close_recording(row, recorded, talked_s=talked, now=now)


def close_open_recordings(call: Call, folder: str, now: datetime, *, is_cut_off: bool = False) -> None:
    """What was being recorded when something died."""
    for row in queries.open_recordings():
        if row.call_id == call.pk:
            close_recording(row.pk, folder, now, is_cut_off=is_cut_off)


@dataclass(frozen=True, slots=True)
class Kept:
    """HL12: under which number what was left on the recorder goes on, and by when it is answered."""

    number: str
    by: datetime


def keep_message(call: Call, recording_id: int, folder: str, now: datetime) -> Kept | None:
    """Words on the recorder become a case. None where there were none."""
    row = close_recording(recording_id, folder, now)
    if row.seconds < 1.0:
        return None
    voice.leave_voicemail(call, now=now)
    talk = Conversation.objects.select_related("case").get(matter=call.talk_id)
    matter = talk.case or call.talk
    owed = next_owed(matter)
    return Kept(matter.no, timezone.localtime(owed.due if owed else now))


# ---- what there is to do


@dataclass(frozen=True, slots=True)
class News:
    """Offers and commands (with the key of their call), calls to be made, names of visitors' phones; where all calls
    are by their rows, if that was asked for."""

    offers: list[tuple[int, Offered]]
    commands: list[tuple[int, Asked]]
    dials: list[tuple[Call, int]]
    visitors: frozenset[str]
    states: dict[int, Step | None] | None


def news(now: datetime, *, with_states: bool) -> News:
    """Everything that waits for the switchboard. `with_states` reads every call, which is not for each nudge."""
    offers = [(one.call.pk, Offered(one.offer_id, one.person, one.expires_at)) for one in queries.pending_offers()]
    open_commands = queries.open_commands()
    asked = [(one.call_id, Asked(one.pk)) for one in open_commands if one.verb != Verb.DIAL]
    dials = [(one.call, one.pk) for one in open_commands if one.verb == Verb.DIAL]
    visitors = frozenset(one.name for one in queries.open_tickets(now))
    states = {one.pk: step_of_row(one) for one in queries.live_calls()} if with_states else None
    return News(offers, asked, dials, visitors, states)


def live() -> tuple[list[Call], dict[int, int]]:
    """Calls that are under way by their rows, and which of them is recorded by which row."""
    return queries.live_calls(), {row.call_id: row.pk for row in queries.open_recordings()}


def looked_again(states: Mapping[int, Step | None], call: int, step: Step | None) -> Checked | None:
    """A signal for a call whose row says something else than what it does."""
    said = states.get(call)
    same = {Step.RINGING: Step.WAITING, Step.CALLBACK: Step.WAITING, Step.PARKED: Step.TALKING}
    if step is None or same.get(step, step) == same.get(said, said) if said else False:
        return None
    return Checked()


def values_of(call: Call) -> dict[str, Any]:
    """What a flow keeps in hand of a row."""
    return {"language": call.language, "elderly": call.elderly, "notified": call.notified_at is not None}
