"""A conversation on a matter that there is already: a call begins to wait for a person, or leaves word for one."""

from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.contacts.models import Buyer, Contact
from huiyin.domain.conversations.actions.opening import leave, promise_answer, promise_call
from huiyin.domain.conversations.actions.saying import say_system
from huiyin.domain.conversations.events import ConversationStarted
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.talk import State
from huiyin.domain.conversations.tokens import digest_of, token_for
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Want
from huiyin.domain.routing.actions.handing import change_kind
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import open_item
from huiyin.domain.routing.states import Kind as ItemKind
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often


@dataclass(frozen=True, slots=True)
class Standing:
    """Who begins to talk on a matter, and how they wait: `kind` call | callback. `prefers`, `barred`, `case`: who
    should come, who must not (CP21), what about. `due_at`: where something else than the queue says by when."""

    contact: Contact | None = None
    buyer: Buyer | None = None
    channel: str = "phone"
    language: str = "zh-hans"
    queue: str = "general"
    kind: str = "call"
    tier: str = "ordinary"
    urgent: bool = False
    elderly: bool = False
    order_no: str = ""
    order_proven: bool = False
    case: Matter | None = None
    prefers: Person | None = None
    barred: tuple[int, ...] = ()
    due_at: datetime | None = None

    @property
    def want(self) -> Want:
        """What it asks of routing."""
        return Want(
            kind=self.kind, queue=self.queue, buyer=self.buyer, tier=self.tier, urgent=self.urgent,
            elderly=self.elderly, prefers=self.prefers, barred=self.barred, due_at=self.due_at,
        )  # fmt: skip


@verb
def start_on(matter: Matter, standing: Standing, *, by: str, now: datetime) -> tuple[Conversation, Item]:
    """Wait for a person on this matter, with a promise by when one comes (CP8).

    Raises Refusal `queue_closed` (with `opens_at`), `queue_full`, `queue_unknown`; then nothing has begun."""
    locked = journal.lock_one(matter.pk)
    item = routing.enqueue(locked, standing.want, by=by, now=now)
    talk = _begin(locked, standing, item.queue.slug, by=by, now=now)
    promise_answer(locked, item, now=now)
    return talk, item


@verb
def leave_on(matter: Matter, standing: Standing, why: str, *, now: datetime) -> Conversation:
    """Nobody comes: what was left on this matter becomes a case (reactions.py). `why`: `voicemail`."""
    locked = journal.lock_one(matter.pk)
    talk = _begin(locked, standing, standing.queue, by="buyer", now=now)
    leave(talk, locked, why, now=now)
    return talk


def _begin(locked: Matter, standing: Standing, queue: str, *, by: str, now: datetime) -> Conversation:
    contact = standing.contact
    started = ConversationStarted(
        channel=standing.channel, proof="none", contact=contact.pk if contact else 0, queue=queue,
        urgent=standing.urgent, elderly=standing.elderly,
    )  # fmt: skip
    journal.record(locked, started, by=by, now=now, tell=("talks", f"talk:{locked.no}"))
    return often.insert([Conversation(
        matter=locked, channel=standing.channel, queue=queue, buyer=standing.buyer, contact=contact,
        token_digest=digest_of(token_for(locked.no)), language=standing.language, elderly=standing.elderly,
        urgent=standing.urgent, case=standing.case, order_no=standing.order_no, order_proven=standing.order_proven,
        started_at=now, last_at=now, buyer_waits_since=now,
    )])[0]  # fmt: skip


@verb
def prove_order(conversation: Conversation, order_no: str, buyer: Buyer | None) -> None:
    """CH6: whoever talks here has proven that this order is theirs; whose it is, where that is news."""
    journal.lock_one(conversation.matter_id)
    often.change(conversation, order_no=order_no, order_proven=True, buyer=buyer or conversation.buyer)


@verb
def leave_word(conversation: Conversation, why: str, *, now: datetime) -> None:
    """Whoever waits here has left word instead: their place is given up and it becomes a case. Harmless to repeat."""
    locked = journal.lock_one(conversation.matter_id)
    conversation.refresh_from_db(fields=["state"])
    if conversation.state != State.QUEUED:
        return
    leave(conversation, locked, why, now=now)
    if (item := open_item(locked)) is not None:
        routing.leave_queue(item, why, by="buyer", now=now)


@verb
def wait_otherwise(conversation: Conversation, kind: ItemKind, why: str, *, by: str, now: datetime) -> Item:
    """HL5, HL16: wait on as a call-back or a chat, from the same place; `why` is one of routing.KEPT. Raises Refusal
    `talk_not_now`."""
    locked = journal.lock_one(conversation.matter_id)
    conversation.refresh_from_db(fields=["state", "channel"])
    item = open_item(locked)
    if conversation.state != State.QUEUED or item is None:
        raise Refusal("talk_not_now", state=conversation.state, verb="wait")
    kept = change_kind(item, kind, why, by=by, now=now)
    if kind is ItemKind.CALLBACK:
        promise_call(locked, kept, now=now)
    if kind is ItemKind.CHAT and conversation.channel != "chat":
        often.change(conversation, channel="chat", buyer_seen_at=now)
    if conversation.channel == "chat":  # elsewhere nobody reads along
        say_system(conversation, locked, "callback" if kind is ItemKind.CALLBACK else "now_chat", now=now)
    return kept
