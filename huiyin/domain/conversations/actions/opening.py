"""Starting a conversation: a matter, a contact, the first words, a place in a queue; or, where nobody can come, a case
(reactions.py makes it from `MessageLeft`), so that nothing that was written is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.conversations.actions.saying import say_system
from huiyin.domain.conversations.actions.writing import Draft, append, readable
from huiyin.domain.conversations.events import ConversationStarted, MessageLeft, PersonWished
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.talk import Outcome, Proof, State
from huiyin.domain.conversations.tokens import digest_of, token_for
from huiyin.domain.conversations.wishes import wish_in
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.clocks import Clock, due_of
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind, Term, while_nobody_is_here
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Want
from huiyin.domain.routing.actions.waiting import URGENT_REASONS, count_urgent, count_urgent_from
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import somebody_takes
from huiyin.domain.staff.models import Person
from huiyin.lib.calendars import named
from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import Unit

NOBODY_THERE = frozenset({"queue_closed", "queue_full"})


@dataclass(frozen=True, slots=True)
class Opening:
    """How somebody turns to us. `identities`: kind → address, may be empty. `tier` and `order_proven` count where
    the shop's seal or a program of the platform says so. `prefers`, `barred`, `case`: who should come, who must not
    (CP21), what about. `address`: of their network, counted and never kept."""

    text: str
    channel: str = "chat"
    identities: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    visitor: str = ""
    address: str = ""
    client_id: str = ""
    proof: Proof = Proof.NONE
    tier: str = ""
    language: str = "zh-hans"
    urgent_reason: str = ""
    elderly: bool = False
    queue: str = "general"
    order_no: str = ""
    order_proven: bool = False
    page: str = ""
    prefers: Person | None = None
    barred: tuple[int, ...] = ()
    case: Matter | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A conversation and the token that opens it. `left`: why nobody can come now; then it is a case."""

    conversation: Conversation
    token: str
    left: str = ""


def start(opening: Opening, *, by: str, now: datetime) -> Started:
    """Begin a conversation. The same visitor's same `client_id` begins it once. Closed or full queues leave a message.

    Raises Refusal: `nothing_written`, `too_long`, `queue_unknown`, `say_why` (an urgent reason we do not know),
    `client_id_taken` (it has begun one with other words)."""
    if (before := _begun_before(opening)) is not None:
        return before
    try:
        return _start(opening, by=by, now=now)
    except Refusal as no:
        if no.code not in NOBODY_THERE:
            raise
        return _leave_at_once(opening, no.code, by=by, now=now)
    except IntegrityError:  # the same opening in the same instant: the other one has begun by now
        if (before := _begun_before(opening)) is None:
            raise
        return before


def _begun_before(opening: Opening) -> Started | None:
    if not opening.visitor or not opening.client_id:
        return None
    known = Conversation.objects.select_related("matter", "case", "agent").filter(
        visitor=opening.visitor, client_id=opening.client_id
    )
    found = known.first()
    if found is None:
        return None
    first = Message.objects.filter(matter=found.matter_id, client_id=opening.client_id).first()
    if first is not None and first.text != readable(opening.text):
        raise Refusal("client_id_taken")
    return Started(found, token_for(found.matter.no), "known" if found.outcome == Outcome.LEFT_MESSAGE else "")


@verb
def _start(opening: Opening, *, by: str, now: datetime) -> Started:
    conversation = _begin(opening, by=by, now=now)
    item = routing.enqueue(conversation.matter, _want(opening, conversation), by=by, now=now)
    Conversation.objects.filter(pk=conversation.pk).update(queue=item.queue.slug)
    conversation.queue = item.queue.slug
    promise_answer(conversation.matter, item, now=now)
    return Started(conversation, token_for(conversation.matter.no))


@verb
def _leave_at_once(opening: Opening, why: str, *, by: str, now: datetime) -> Started:
    conversation = _begin(opening, by=by, now=now)
    leave(conversation, conversation.matter, why, now=now)
    return Started(conversation, token_for(conversation.matter.no), why)


def _begin(opening: Opening, *, by: str, now: datetime) -> Conversation:
    text = readable(opening.text)
    if opening.urgent_reason and opening.urgent_reason not in URGENT_REASONS:
        raise Refusal("say_why")
    buyer = contacts.know(dict(opening.identities), now=now, name=opening.name, tier=_tier(opening))
    if buyer is not None and (opening.proof is Proof.SIGNED or opening.tier):
        contacts.vouch(buyer, opening.identities, tier=opening.tier, name=opening.name)
    matter = journal.lock_one(journal.open_matter("talk", now).pk)
    is_urgent = _may_be_urgent(opening, buyer, by, now)
    contact = contacts.note(opening.channel, "talk", now=now, buyer=buyer, matter=matter)
    conversation = Conversation.objects.create(
        matter=matter, channel=opening.channel, buyer=buyer, contact=contact, visitor=opening.visitor,
        client_id=opening.client_id if opening.visitor else "", proof=opening.proof.value, name=opening.name,
        token_digest=digest_of(token_for(matter.no)), language=opening.language, elderly=opening.elderly,
        urgent=is_urgent, urgent_reason=opening.urgent_reason if is_urgent else "", case=opening.case,
        order_no=opening.order_no, order_proven=opening.order_proven, page=opening.page, queue=opening.queue,
        started_at=now, last_at=now, last_seq=1, buyer_waits_since=now, buyer_read=1, buyer_seen_at=now,
    )  # fmt: skip
    started = ConversationStarted(
        channel=opening.channel, proof=opening.proof.value, contact=contact.pk, queue=opening.queue,
        urgent=conversation.urgent, elderly=opening.elderly,
    )  # fmt: skip
    journal.record(matter, started, by=by, now=now)
    append(matter, Draft(text, by, client_id=opening.client_id), now=now, tell=(f"talk:{matter.no}", "talks"))
    if (wish := wish_in(text)) is not None:
        journal.record(matter, PersonWished(wish=wish.value), by=by, now=now, tell=())
    return conversation


def _tier(opening: Opening) -> str:
    """What anybody may write into a form counts for nothing."""
    return opening.tier or "ordinary"


def _may_be_urgent(opening: Opening, buyer: Buyer | None, by: str, now: datetime) -> bool:
    """Who marks everything urgent marks nothing: three a day count, as in routing. Staff and programs know why."""
    if not opening.urgent_reason or by != "buyer":
        return bool(opening.urgent_reason)
    try:
        count_marks(buyer.pk if buyer else opening.visitor, opening.proof, opening.address, now)
    except Refusal:
        return False
    return True


def count_marks(who: int | str, proof: str, address: str, now: datetime) -> None:
    """A buyer says that it is urgent. `who`: as we know them, where we do; what they say of themselves is free, so that
    their address counts, too, unless the shop vouches for them. Raises Refusal `urgent_often`, `urgent_crowded`."""
    if who:
        count_urgent(str(who), now)
    if address and proof != Proof.SIGNED:
        count_urgent_from(address, now)


def _want(opening: Opening, conversation: Conversation) -> Want:
    buyer = conversation.buyer
    tier = opening.tier or (buyer.tier if buyer and opening.proof is Proof.SIGNED else "ordinary")
    return Want(
        kind="chat", queue=opening.queue, buyer=buyer, tier=tier, urgent=conversation.urgent,
        elderly=opening.elderly, prefers=opening.prefers, barred=opening.barred,
    )  # fmt: skip


def promise_answer(matter: Matter, item: Item, *, now: datetime) -> Promise:
    """CP8: by when a person answers is promised when the place in the queue is given; while nobody is here who could
    take it, the time that our pages name, or when the place itself is due where that is later."""
    if not somebody_takes(item, now):
        later = while_nobody_is_here()
        clock = Clock(now, later.amount, later.unit, named(settings.SERVICE_CALENDAR))
        if due_of(clock).at >= item.due_at:
            return _promise_later(matter, now)
    seconds = max(1, int((item.due_at - now).total_seconds()))
    return promises.make(matter, Kind.FIRST_ANSWER, Term(seconds, Unit.SECONDS, "chat_answer"), by="system", now=now)


def promise_call(matter: Matter, item: Item, *, now: datetime) -> None:
    """HL5: whoever waits otherwise as a call-back keeps what they were promised, where it can still be kept: nobody is
    told a time that has passed, or one within the minute while nobody is here."""
    owed = next(iter(promises.running(matter, Kind.FIRST_ANSWER)), None)
    if owed is not None and now < owed.due and (owed.due > item.due_at or somebody_takes(item, now)):
        return
    if owed is not None and owed.due <= now:
        promises.break_due(owed.pk, now=now)
    promises.withdraw(matter, Kind.FIRST_ANSWER, "call_back", by="system", now=now)
    _promise_later(matter, now)


def _promise_later(matter: Matter, now: datetime) -> Promise:
    later, calendar = while_nobody_is_here(), settings.SERVICE_CALENDAR
    return promises.make(matter, Kind.FIRST_ANSWER, later, by="system", now=now, calendar=calendar)


def leave(conversation: Conversation, locked: Matter, why: str, *, now: datetime) -> None:
    """Nobody comes: what was said becomes a case, and the buyer reads so. The matter is locked."""
    values = {"state": State.ENDED.value, "outcome": Outcome.LEFT_MESSAGE.value, "ended_at": now, "ended_by": "system"}
    for name, value in values.items():
        setattr(conversation, name, value)
    Conversation.objects.filter(pk=conversation.pk).update(**values)
    promises.withdraw(locked, Kind.FIRST_ANSWER, why, by="system", now=now)
    journal.record(locked, MessageLeft(why=why), by="system", now=now)  # reactions.py: it becomes a case
    say_system(conversation, locked, why, now=now)
    nudge("queue")
