"""HL5: calling back. A place in the queue is kept as an item of kind "callback"; when its turn comes somebody takes it
and the system dials. One at a time per number; numbers, hours and attempts are limited (phone.py)."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import queue_named
from huiyin.domain.routing.actions.handing import GONE_AFTER
from huiyin.domain.routing.models import Item, Lease
from huiyin.domain.routing.queries import is_open, next_opening, open_item
from huiyin.domain.routing.states import ItemState
from huiyin.domain.routing.states import Kind as ItemKind
from huiyin.domain.routing.terms import Precedence, term_s
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.actions.arriving import Wait, standing_of
from huiyin.domain.voice.actions.commanding import command
from huiyin.domain.voice.actions.locking import lock, talk_of, talk_on, topics
from huiyin.domain.voice.actions.whose import buyer_of, known_as
from huiyin.domain.voice.calls import LIVE, Direction, Outcome, State, Verb, Via, target
from huiyin.domain.voice.commands import Verb as CommandVerb
from huiyin.domain.voice.events import CallbackBooked, CallbackTried, CallDialled
from huiyin.domain.voice.models import Call, Callback
from huiyin.domain.voice.phone import Caller, next_time_to_call, why_not_dial, why_not_now
from huiyin.domain.voice.queries import queue_of
from huiyin.domain.voice.shipped import DEFAULT
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often


@dataclass(frozen=True, slots=True)
class Booked:
    """A call-back that is booked. `callback.code`: what we say when we call; `due`: by when."""

    call: Call
    callback: Callback
    due: datetime


@verb
def book_callback(call: Call, number: str = "", *, now: datetime) -> Booked:
    """The caller will be called back, from the place they have; without a place (closed, full, from the menu) when
    somebody is there. `number`: another one than they call from. Harmless to repeat.

    Raises Refusal `number_invalid`, `number_not_allowed`, `callback_known` (one at a time per number), `call_over`,
    `call_not_now`."""
    ours = lock(call)
    state = target(Verb.BOOK_CALLBACK, State(ours.state))
    known = Callback.objects.filter(talk=ours.talk_id, state="open").first()
    if known is not None:
        return Booked(ours, known, _told(ours.talk, open_item(ours.talk), now))
    wanted = _allowed(number or ours.caller)
    booked = _book(ours.talk, wanted, ours.language, asked=True, now=now)
    if booked is None:
        raise Refusal("callback_known")
    item = _keep(ours, talk_of(ours), "call_back", now=now)
    often.change(ours, state=state.value, agent=None, agent_channel="", bridge_id="")
    _say_booked(ours.talk, booked, item, topics(ours), now=now)
    return Booked(ours, booked, _told(ours.talk, item, now))


@verb
def book_callback_for(conversation: Conversation, number: str, *, by: str, now: datetime) -> Callback:
    """HL5 for whoever waits in a chat: they will be called and keep their place. Harmless to repeat. Raises Refusal as
    `book_callback`, and `talk_not_now`."""
    locked = journal.lock_one(conversation.matter_id)
    known = Callback.objects.filter(talk=locked, state="open").first()
    if known is not None:
        return known
    booked = _book(locked, _allowed(number), conversation.language, asked=True, now=now)
    if booked is None:
        raise Refusal("callback_known")
    item = conversations.wait_otherwise(conversation, ItemKind.CALLBACK, "call_back", by=by, now=now)
    _say_booked(locked, booked, item, (f"talk:{locked.no}", "talks"), now=now)
    return booked


def _allowed(text: str) -> str:
    if (no := why_not_dial(text, settings.DIAL_PREFIXES)) is not None:
        raise no
    return Caller.from_text(text).number


def _book(locked: Matter, number: str, language: str, *, asked: bool, now: datetime) -> Callback | None:
    """None where this number is called back already."""
    made = Callback(
        talk=locked, number=number, asked=asked, code=f"{secrets.randbelow(10**6):06d}", language=language,
        booked_at=now,
    )  # fmt: skip
    return made if often.insert_unless_there(made) else None


def _keep(call: Call, talk: Conversation | None, why: str, *, now: datetime) -> Item:
    """The place, or a new one where they had none; due when somebody is there."""
    if talk is not None:
        return conversations.wait_otherwise(talk, ItemKind.CALLBACK, why, by="buyer", now=now)
    often.change(call, queued_at=now, **known_as(call, buyer_of(call, now=now)))
    standing = standing_of(call, Wait(queue_of(call)), now)
    queue = queue_named(standing.queue)
    opens = now if is_open(queue, now) else next_opening(queue, now) or now
    term = timedelta(seconds=term_s(queue.terms, Precedence(standing.tier, standing.urgent, standing.elderly)))
    due = next_time_to_call(timezone.localtime(opens), now) + term
    standing = replace(standing, kind="callback", due_at=due)
    return conversations.start_on(call.matter, standing, by="buyer", now=now)[1]


def _say_booked(locked: Matter, booked: Callback, item: Item, told: tuple[str, ...], *, now: datetime) -> None:
    said = CallbackBooked(callback=booked.pk, asked=booked.asked, due=_told(locked, item, now))
    journal.record(locked, said, by="buyer", now=now, tell=told)


def _told(locked: Matter, item: Item | None, now: datetime) -> datetime:
    """By when we call: what the caller was promised, and no other time."""
    owed = next(iter(promises.running(locked, Kind.FIRST_ANSWER)), None)
    if owed is not None:
        return owed.due
    return item.due_at if item is not None else now


def keep_place(call: Call, talk: Conversation | None, *, now: datetime) -> Outcome | None:
    """Somebody hung up while waiting: they will be called back from their place. None where there is no number that
    we may call; ELSEWHERE where that number is called back already."""
    if why_not_dial(call.caller, settings.DIAL_PREFIXES) is not None:
        return None
    booked = _book(call.talk, call.caller, call.language, asked=False, now=now)
    if booked is None:
        return _join_other(call, talk, now=now)
    item = _keep(call, talk, "hung_up", now=now)
    _say_booked(call.talk, booked, item, topics(call), now=now)
    return Outcome.CALLBACK


def _join_other(call: Call, talk: Conversation | None, *, now: datetime) -> Outcome:
    other = Callback.objects.filter(number=call.caller, state="open").exclude(talk=call.talk_id).first()
    if call.contact is not None and other is not None:
        contacts.settle(call.contact, Fate.JOINED, now=now, matter=other.talk)
    if talk is not None:
        conversations.given_up(talk, "repeated", now=now)
    return Outcome.ELSEWHERE


def callback_taken(locked: Matter, agent_no: str, *, now: datetime) -> None:
    """Reaction: somebody has the call-back that waits on this locked matter: the system dials at once, where hours and
    attempts allow it. Else they see when."""
    waiting = Callback.objects.filter(talk=locked, state="open").first()
    if waiting is None or why_not_now(timezone.localtime(now), waiting.booked_at, waiting.attempts) is not None:
        return
    _dial_back(waiting, locked, Person.objects.get(agent_no=agent_no), now=now)


@verb
def call_again(conversation: Conversation, person: Person, *, now: datetime) -> Call:
    """Whoever has the conversation calls its call-back once more. Raises Refusal `tried_enough`, `too_late_to_call`,
    `not_your_talk`, `callback_over`, `call_on_already`."""
    locked = journal.lock_one(conversation.matter_id)
    talk, waiting = talk_on(locked), Callback.objects.filter(talk=locked, state="open").first()
    if talk is None or talk.agent_id != person.pk:
        raise Refusal("not_your_talk")
    if waiting is None:
        raise Refusal("callback_over")
    if Call.objects.filter(talk=locked).exclude(state=State.ENDED).exists():
        raise Refusal("call_on_already")
    if (no := why_not_now(timezone.localtime(now), waiting.booked_at, waiting.attempts)) is not None:
        raise no
    return _dial_back(waiting, locked, person, now=now)


def _dial_back(waiting: Callback, locked: Matter, person: Person, *, now: datetime) -> Call:
    often.change(waiting, attempts=waiting.attempts + 1, tried_at=now)
    talk = talk_on(locked)
    new = Call(
        talk=locked, dialled=waiting.number, caller=waiting.number, language=waiting.language,
        buyer=talk.buyer if talk else None,
    )  # fmt: skip
    call = _dial(new, locked, person, now=now)
    tried = CallbackTried(callback=waiting.pk, attempt=waiting.attempts, call=call.pk)
    journal.record(locked, tried, by=person.by, now=now, tell=(f"talk:{locked.no}", f"agent:{person.agent_no}"))
    return call


@verb
def call_buyer(case: Matter, number: str, person: Person, *, now: datetime) -> Call:
    """Click to call: the buyer of an open case. Whether the case is open and theirs, whoever asks has looked. Raises
    Refusal `number_invalid`, `number_not_allowed`, `call_on_already`."""
    wanted = _allowed(number)
    if Call.objects.filter(agent=person).exclude(state=State.ENDED).exists():
        raise Refusal("call_on_already")
    locked = journal.lock_one(case.pk)
    buyer = contacts.know({"phone": wanted}, now=now)
    return _dial(Call(case=locked, dialled=wanted, caller=wanted, buyer=buyer), locked, person, now=now)


def _dial(call: Call, about: Matter, person: Person, *, now: datetime) -> Call:
    """A call of ours, and the wish that the switchboard makes it: the agent's device first."""
    matter = journal.open_matter("talk", now)
    call.matter, call.direction, call.via, call.state = matter, Direction.OUT.value, Via.TRUNK.value, State.DIALLING
    if not call.talk_id:
        call.talk = matter
    call.line, call.channel_id, call.started_at = DEFAULT, f"hy.out.{matter.no}", now
    call.agent = person
    often.insert([call])
    dialled = CallDialled(call=call.pk, agent_no=person.agent_no, about_no=about.no)
    journal.record(matter, dialled, by=person.by, now=now, tell=(f"agent:{person.agent_no}", "talks"))
    command(call, CommandVerb.DIAL, {"number": call.dialled}, person, now=now)
    return call


def reached(locked: Matter, *, now: datetime) -> None:
    """The call-back on this locked matter is done."""
    for waiting in Callback.objects.filter(talk=locked, state="open"):
        often.change(waiting, state="reached", ended_at=now)


def drop(waiting: Callback, why: str, *, now: datetime) -> None:
    """Nobody is called any more, on a locked matter."""
    often.change(waiting, state="dropped", why=why, ended_at=now)


def drop_callbacks_of(number: str, call: Call, *, now: datetime) -> None:
    """Whoever talks with us now need not be called back about what they hung up on."""
    for waiting in Callback.objects.filter(number=number, state="open").exclude(talk=call.talk_id):
        _drop_answered(waiting, call, now=now)


@verb
def _drop_answered(waiting: Callback, call: Call, *, now: datetime) -> None:
    locked = journal.lock_one(waiting.talk_id)
    waiting.refresh_from_db()
    item, talk = open_item(locked), talk_on(locked)
    if waiting.state != "open" or item is None or item.agent_id is not None or talk is None:
        return  # somebody is about to call
    drop(waiting, "answered_elsewhere", now=now)
    contacts.settle_all(locked, Fate.JOINED, now=now)
    conversations.given_up(talk, "repeated", now=now)
    nudge("calls")


def return_lost(now: datetime) -> list[Item]:
    """Call-backs in the hands of somebody who has been gone for a minute on every device, and who is not on the phone
    about it, wait again for somebody who calls."""
    theirs = Lease.objects.filter(person=OuterRef("agent"))
    gone = Exists(theirs) & ~Exists(theirs.filter(expires_at__gt=now - GONE_AFTER))
    calling = Exists(Call.objects.filter(talk=OuterRef("matter"), state__in=LIVE))
    owed = Exists(Callback.objects.filter(talk=OuterRef("matter"), state="open"))
    taken = Item.objects.filter(gone, owed, ~calling, kind=ItemKind.CALLBACK, state=ItemState.TAKEN)
    again = [_return(one, now=now) for one in taken.select_related("queue", "agent", "buyer")[:100]]
    return [one for one in again if one is not None]


@verb
def _return(item: Item, *, now: datetime) -> Item | None:
    locked = journal.lock_one(item.matter_id)
    item.refresh_from_db(fields=["state"])
    if item.state != ItemState.TAKEN or Call.objects.filter(talk=locked, state__in=LIVE).exists():
        return None
    return routing.hand_over(item, f"queue:{item.queue.slug}", by="system", now=now, why="agent_away")
