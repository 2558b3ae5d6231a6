"""Somebody calls, walks through the menu and begins to wait. Forty of these a second are one machine's share, so each
verb takes few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.contacts.queries import managers_of
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.actions import Standing
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.promises.promises import Tier
from huiyin.domain.routing.actions.waiting import URGENT_A_DAY
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.actions.lines import line_for
from huiyin.domain.voice.actions.locking import lock, talk_of, topics
from huiyin.domain.voice.actions.tickets import use_ticket
from huiyin.domain.voice.actions.whose import UNPROVEN, buyer_of, known_as, proven_by
from huiyin.domain.voice.calls import IN_QUEUE, State, Verb, Via, target
from huiyin.domain.voice.events import CallArrived, CallTurnedAway, MenuWalked
from huiyin.domain.voice.models import Call, Line
from huiyin.domain.voice.phone import Caller
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.postgresql import often

NOBODY_THERE = frozenset({"queue_closed", "queue_full"})
MOST_PRESSED = 60  # keys that are kept of one call
_BY_CHANNEL = often.Read(lambda channel: Call.objects.filter(channel_id=channel).select_related("matter", "agent"))


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key and where it was pressed; what is secret comes as `*`."""

    node: str
    key: str


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of the menu so far. Empty values change nothing."""

    pressed: Sequence[Pressed] = ()
    language: str = ""
    elderly: bool = False
    served: bool = False  # it had an answer
    order_no: str = ""
    proof: str = ""
    notified: bool = False  # heard to its end that they are recorded


@dataclass(frozen=True, slots=True)
class Wait:
    """How a caller waits. Without a tier that of the line or of the number counts: a place in a queue is no secret.
    `prefers`, `barred`, `case`: who should come, who must not (CP21), what about."""

    queue: str
    tier: str = ""
    urgent: bool = False
    elderly: bool = False
    prefers: Person | None = None
    barred: tuple[int, ...] = ()
    case: Matter | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of waiting. `left`: why nobody can be waited for now (queue_closed, queue_full); then the caller is
    offered voicemail or a call-back. `opens_at`: ISO time or empty."""

    call: Call
    conversation: Conversation | None = None
    item: Item | None = None
    left: str = ""
    opens_at: str = ""


def arrive(
    channel_id: str, line: str, caller: str, *, via: Via = Via.TRUNK, ticket: str = "", now: datetime
) -> Call:  # fmt: skip
    """A call has come in on this channel; the same channel arrives once. `line`: what was dialled; `caller`: as the
    network says it; `ticket`: name of the endpoint of a portal's visitor, whose line counts whatever they dial.

    Raises Refusal `ticket_unknown`, `call_on_already` (a ticket calls once at a time)."""
    return _BY_CHANNEL.first(channel_id) or _arrive(channel_id, line_for(line), caller, ticket, (via, line), now)


@verb
def _arrive(channel_id: str, line: Line, caller: str, ticket: str, how: tuple[Via, str], now: datetime) -> Call:
    number, used = Caller.from_text(caller).number, use_ticket(ticket, now=now) if ticket else None
    known = contacts.KNOWN.first("phone", number) if number else None
    buyer = known.buyer if known else None
    if used is not None and used.line != line.number:
        line = line_for(used.line)
    matter = journal.open_matter("talk", now)
    contact = contacts.note("phone", "talk", now=now, buyer=buyer, matter=matter)
    call = Call(
        matter=matter, talk=matter, line=line.number, dialled=how[1][:40], caller=number, buyer=buyer, contact=contact,
        via=how[0].value, ticket=used, channel_id=channel_id, tier=line.tier or (buyer.tier if buyer else "ordinary"),
        language=used.language if used else "zh-hans", started_at=now,
    )  # fmt: skip
    often.insert([call])
    arrived = CallArrived(call=call.pk, line=line.number, via=call.via, contact=contact.pk)
    journal.record(matter, arrived, by="buyer", now=now, tell=("talks",))
    return call


@verb
def walked(call: Call, walk: Walked, *, now: datetime) -> Call:
    """What was pressed so far; may be said again with more, and rides along with `enter_queue` and `hung_up`."""
    ours = lock(call)
    target(Verb.WALK, State(ours.state))
    note_walk(ours, walk, now=now)
    return ours


def note_walk(call: Call, walk: Walked | None, *, now: datetime, **more: Any) -> None:
    """Keep what came of the menu, and what else changes with it, on a locked call: one statement."""
    values = more if walk is None else _values_of(call, walk, now) | more
    if "buyer" not in values:
        values |= known_as(call, _proven(call, walk))
    often.change(call, **values)
    if walk is not None:
        keys = tuple(f"{one.node}:{one.key}"[:65] for one in walk.pressed)
        said = MenuWalked(pressed=keys, served=call.served)
        journal.record(call.matter, said, by="buyer", now=now, tell=topics(call))


def _values_of(call: Call, walk: Walked, now: datetime) -> dict[str, Any]:
    pressed = [*call.pressed, *({"node": one.node[:32], "key": one.key[:32]} for one in walk.pressed)]
    return {
        "pressed": pressed[:MOST_PRESSED], "language": walk.language or call.language,
        "elderly": walk.elderly or call.elderly, "served": walk.served or call.served,
        "order_no": walk.order_no[:64] or call.order_no, "proof": walk.proof[:16] or call.proof,
        "notified_at": call.notified_at or (now if walk.notified else None),
    }  # fmt: skip


def _proven(call: Call, walk: Walked | None) -> Buyer | None:
    return proven_by(call, walk.order_no[:64], walk.proof) if walk is not None else None


def enter_queue(call: Call, wait: Wait, *, walk: Walked | None = None, now: datetime) -> Entered:
    """Wait for a person: a conversation, a place in the queue, a promise by when somebody answers (CP8). Harmless to
    repeat. Raises Refusal `queue_unknown`, `call_over`, `call_not_now`."""
    try:
        return _enter(call, wait, walk, now=now)
    except Refusal as no:
        if no.code not in NOBODY_THERE:
            raise
        return _turned_away(call, wait.queue, walk, no, now=now)


@verb
def _enter(call: Call, wait: Wait, walk: Walked | None, *, now: datetime) -> Entered:
    ours = lock(call)
    if ours.state in IN_QUEUE:
        return Entered(ours, talk_of(ours), open_item(ours.talk))
    state = target(Verb.QUEUE, State(ours.state))
    if ours.state == State.VOICEMAIL and (talk := talk_of(ours)) is not None:
        return _back_from_recorder(ours, talk)
    elderly = wait.elderly or ours.elderly or (walk is not None and walk.elderly)
    who = known_as(ours, _proven(ours, walk) or buyer_of(ours, now=now))
    note_walk(
        ours, walk, now=now, state=state.value, queued_at=now, elderly=elderly,
        urgent=wait.urgent and _may_be_urgent(ours, now), **who | ({"tier": wait.tier} if wait.tier else {}),
    )  # fmt: skip
    talk, item = conversations.start_on(ours.matter, standing_of(ours, wait, now), by="buyer", now=now)
    return Entered(ours, talk, item)


def _back_from_recorder(call: Call, talk: Conversation) -> Entered:
    """Whoever waited before has kept the place; whoever has left word has no more to wait for."""
    item = open_item(call.talk)
    if talk.state != "queued" or item is None:
        raise Refusal("call_not_now", state=call.state, verb=Verb.QUEUE.value)
    often.change(call, state=State.WAITING.value)
    nudge(*topics(call))
    return Entered(call, talk, item)


def standing_of(call: Call, wait: Wait, now: datetime) -> Standing:
    """How a locked call waits."""
    return Standing(
        contact=call.contact, buyer=call.buyer, language=call.language, queue=wait.queue, tier=call.tier,
        urgent=call.urgent, elderly=call.elderly, order_no=call.order_no, case=wait.case, barred=wait.barred,
        order_proven=bool(call.order_no) and call.proof not in UNPROVEN,
        prefers=wait.prefers or _manager_of(call.buyer, now),
    )  # fmt: skip


def _manager_of(buyer: Buyer | None, now: datetime) -> Person | None:
    """MB1: a diamond member's own manager first; while that one is away, the deputy."""
    is_theirs = buyer is not None and buyer.tier == Tier.DIAMOND
    return next(iter(managers_of(buyer, now)), None) if buyer is not None and is_theirs else None


def _may_be_urgent(call: Call, now: datetime) -> bool:
    """Who marks everything urgent marks nothing: three a day count, as in routing."""
    who = call.buyer_id or call.ticket_id or call.caller
    return not who or limits.count(f"urgent:{who}", 86_400, now) <= URGENT_A_DAY


@verb
def _turned_away(call: Call, queue: str, walk: Walked | None, no: Refusal, *, now: datetime) -> Entered:
    ours = lock(call)
    note_walk(ours, walk, now=now, turned_away=no.code)
    away = CallTurnedAway(why=no.code, queue=queue)
    journal.record(ours.matter, away, by="system", now=now, tell=topics(ours))
    nudge("queue")
    return Entered(ours, left=no.code, opens_at=str(no.params.get("opens_at", "")))
