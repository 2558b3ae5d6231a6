"""A person comes, hands over, takes over. Who takes what is decided in routing; here the conversation follows, as
reactions.py tells it, and people act on it."""

from datetime import datetime
from typing import cast

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations.actions.opening import count_marks, promise_answer
from huiyin.domain.conversations.actions.saying import NOTE, say_system
from huiyin.domain.conversations.actions.writing import Draft, append
from huiyin.domain.conversations.events import ConversationHandedOver, ConversationJoined
from huiyin.domain.conversations.events import MarkedUrgent as TalkUrgent
from huiyin.domain.conversations.lines import time_of
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.talk import State, Verb, target
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import current, verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import open_item, somebody_takes
from huiyin.domain.routing.states import Kind as ItemKind
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

LONGEST_SUMMARY = 2000


def joined(
    locked: Matter, agent_no: str, waited_s: int, *, by: str, now: datetime, kind: str = "chat"
) -> None:  # fmt: skip
    """An agent has the conversation of this locked matter now: greet, give the contact its fate; whoever is to be
    called back gets it when they are reached. A call is answered with that, a chat with a person's first word."""
    conversation = of_matter(locked)
    if conversation is None or conversation.state == State.ENDED:
        return
    agent, was_talking = Person.objects.get(agent_no=agent_no), conversation.state == State.TALKING
    target(Verb.JOIN if conversation.state == State.QUEUED else Verb.TAKE_OVER, State(conversation.state))
    state = State.WRAP_UP if conversation.state == State.WRAP_UP else State.TALKING
    often.change(conversation, state=state.value, agent=agent, answered_at=conversation.answered_at or now)
    if conversation.contact is not None and kind != "callback":
        contacts.settle(conversation.contact, Fate.ANSWERED, now=now, matter=locked)
    if kind != ItemKind.CHAT:
        promises.keep(locked, Kind.FIRST_ANSWER, by=by, now=now)
    journal.record(locked, ConversationJoined(agent_no=agent_no, waited_s=waited_s), by=by, now=now)
    if state is State.TALKING:
        say_system(conversation, locked, "took_over" if was_talking else "joined", now=now, agent_no=agent_no)
    nudge(f"talk:{locked.no}", "talks", f"agent:{agent_no}")


def handed(locked: Matter, new_item: int, to: str, why: str, *, by: str, now: datetime) -> None:
    """The conversation of this locked matter waits again, or goes straight to whoever takes it over."""
    conversation = of_matter(locked)
    if conversation is None or conversation.state != State.TALKING or why == "taken_over":
        return
    before = conversation.agent.agent_no if conversation.agent else ""
    item = Item.objects.select_related("queue").get(pk=new_item)
    often.change(conversation, state=State.QUEUED.value, agent=None, queue=item.queue.slug)
    journal.record(locked, ConversationHandedOver(before=before, to=to, why=why), by=by, now=now)
    promise = _promise_again(locked, item, why, now=now)
    line = "away" if why == "agent_away" else "handed_over"
    if item.kind == ItemKind.CHAT and not somebody_takes(item, now):
        later = "away_later" if line == "away" else "handed_later"
        say_system(conversation, locked, later, now=now, by=time_of(promise.due, conversation.language))
    else:
        say_system(conversation, locked, "handed_to_supervisor" if to == "queue:supervisor" else line, now=now)
    nudge(f"talk:{locked.no}", "talks", *([f"agent:{before}"] if before else []))


@verb
def hand_over(conversation: Conversation, to: str, summary: str, *, by: str, now: datetime) -> None:
    """Pass it on (`queue:vip`, `agent:1024`, `supervisor`) with a summary that the next one reads first.

    Raises Refusal: `say_why` (no summary), `talk_not_now`, `not_your_talk`, and those of routing.hand_over."""
    if not summary.strip():
        raise Refusal("say_why")
    locked = journal.lock_one(conversation.matter_id)
    conversation.refresh_from_db(fields=["state", "agent"])
    target(Verb.HAND_OVER, State(conversation.state))
    refuse_other(conversation, by)
    item = open_item(locked)
    if item is None:
        raise Refusal("item_over")
    append(locked, Draft(summary.strip()[:LONGEST_SUMMARY], by, internal=True), now=now, tell=())
    routing.hand_over(item, to, by=by, now=now, why="handed_over")
    conversation.refresh_from_db()


@verb
def take_over(conversation: Conversation, person: Person, *, now: datetime) -> None:
    """Somebody who leads takes it into their own hands. Raises Refusal `only_leads`, `kept_out`, `talk_ended`."""
    locked = journal.lock_one(conversation.matter_id)
    conversation.refresh_from_db(fields=["state"])
    target(Verb.TAKE_OVER, State(conversation.state))
    item = open_item(locked)
    if item is None:
        raise Refusal("item_over")
    routing.take_over(item, person, by=person.by, now=now)
    conversation.refresh_from_db()


@verb
def mark_urgent(conversation: Conversation, reason: str, *, by: str, now: datetime, address: str = "") -> None:
    """CH2: to somebody senior, sooner, for a reason; the answer is promised for then. `address`: as of an opening.

    Raises Refusal `say_why`, `urgent_often`, `urgent_crowded`, `talk_not_now`."""
    locked = journal.lock_one(conversation.matter_id)
    conversation.refresh_from_db(fields=["state", "urgent"])
    target(Verb.URGENT, State(conversation.state))
    item = open_item(locked)
    if item is None or conversation.urgent:
        return
    if by == "buyer":  # a known buyer is counted by routing
        count_marks("" if conversation.buyer_id else conversation.visitor, conversation.proof, address, now)
    item = routing.mark_urgent(item, reason, by=by, now=now)
    _promise_sooner(locked, item, now=now)
    often.change(conversation, urgent=True, urgent_reason=reason[:24])
    journal.record(locked, TalkUrgent(reason=reason), by=by, now=now)
    nudge(f"talk:{locked.no}", "talks")


def _promise_again(locked: Matter, item: Item, why: str, *, now: datetime) -> Promise:
    """Who has not heard a word yet keeps the time they were promised, unless it is sooner now, or nobody is here who
    could keep it."""
    owed = next(iter(promises.running(locked, Kind.FIRST_ANSWER)), None)
    if owed is not None and (item.due_at < owed.due or not somebody_takes(item, now)):
        promises.withdraw(locked, Kind.FIRST_ANSWER, why, by="system", now=now)
    return promise_answer(locked, item, now=now)


def _promise_sooner(locked: Matter, item: Item, *, now: datetime) -> None:
    """What is due sooner now is promised so; never later than it was."""
    owed = next(iter(promises.running(locked, Kind.FIRST_ANSWER)), None)
    if owed is None or item.due_at >= owed.due or not somebody_takes(item, now):
        return
    promises.withdraw(locked, Kind.FIRST_ANSWER, "urgent", by="system", now=now)
    promise_answer(locked, item, now=now)


def of_matter(matter: Matter) -> Conversation | None:
    """The conversation that this matter is, if it is one. Within a verb that has read it under its lock, that row."""
    chapter = current()
    if chapter is not None and (NOTE, matter.pk) in chapter.notes:
        return cast(Conversation, chapter.notes[NOTE, matter.pk])
    rows = Conversation.objects.select_related("agent", "contact", "case", "matter", "buyer").filter(matter=matter)
    return rows.first() if matter.topic == "talk" else None


def refuse_other(conversation: Conversation, by: str) -> None:
    """Only the agent who talks, or somebody who leads. Raises Refusal `not_your_talk`."""
    if conversation.agent is not None and conversation.agent.by == by:
        return
    person = Person.objects.filter(agent_no=by.removeprefix("staff:"), is_active=True).first()
    if not by.startswith("staff:") or person is None or not person.leads:
        raise Refusal("not_your_talk")
