"""How conversations end: wrapped up by the agent, left by the buyer, or kept as a case because nobody came."""

from datetime import datetime

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations.actions.joining import of_matter, refuse_other
from huiyin.domain.conversations.actions.locking import lock_with_case
from huiyin.domain.conversations.actions.opening import leave
from huiyin.domain.conversations.actions.promising import is_promised, promise_on
from huiyin.domain.conversations.actions.saying import say_system
from huiyin.domain.conversations.commitments import Commitment
from huiyin.domain.conversations.events import BuyerEnded, ConversationEnded, ConversationRated
from huiyin.domain.conversations.lines import time_of
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.talk import Outcome, Side, State, Verb, side_of, target
from huiyin.domain.conversations.wrap_up import LONGEST_STEP, WrapUp, check
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import open_item
from huiyin.domain.routing.states import Kind as ItemKind
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

LONGEST_RATING = 1000


@verb
def end(conversation: Conversation, wrap_up: WrapUp, *, by: str, now: datetime) -> None:
    """Wrap it up. What comes next is a promise on the matter (on its case, if it has one).

    Raises Refusal: `wrap_up_incomplete` with what is missing, `talk_ended`, `talk_not_now`, `not_your_talk`."""
    locked = lock_with_case(conversation)
    target(Verb.END, State(conversation.state))
    refuse_other(conversation, by)
    check(wrap_up, now=now)
    step = wrap_up.next_step.strip()[:LONGEST_STEP]
    often.change(
        conversation, disposition=wrap_up.disposition, next_step=step, next_by=wrap_up.next_by, wrapped_at=now
    )  # fmt: skip
    _end(conversation, locked, _outcome(conversation, locked), wrap_up, by=by, now=now)  # `talk_was_wrapped_up`
    if step and wrap_up.next_by is not None:
        if not is_promised(conversation, step, wrap_up.next_by):
            promise_on(conversation, locked, Commitment(what=step, until=wrap_up.next_by, words=step), by=by, now=now)
        by_when = time_of(wrap_up.next_by, conversation.language)
        say_system(conversation, locked, "ended_next", now=now, what=step, by=by_when)
    else:
        say_system(conversation, locked, "ended", now=now)


def _outcome(conversation: Conversation, locked: Matter) -> Outcome:
    """A chat that ends without one word of a person has not been answered, whoever had taken it."""
    is_chat = conversation.queue and not Item.objects.filter(matter=locked).exclude(kind=ItemKind.CHAT).exists()
    said = Message.objects.filter(matter=locked, author__startswith="staff:", internal=False)
    if not is_chat or said.exists():
        return Outcome.ANSWERED
    is_theirs = conversation.ended_by and side_of(conversation.ended_by) is Side.BUYER
    return Outcome.BUYER_LEFT if is_theirs else Outcome.UNREACHABLE


@verb
def buyer_ends(conversation: Conversation, *, by: str, now: datetime) -> None:
    """The buyer has what they wanted, or goes. An agent who was there still wraps it up. Harmless to repeat."""
    locked = lock_with_case(conversation)
    if conversation.state in {State.ENDED, State.WRAP_UP}:
        return
    agent = [f"agent:{conversation.agent.agent_no}"] if conversation.agent else []
    journal.record(locked, BuyerEnded(), by=by, now=now, tell=(f"talk:{locked.no}", "talks", *agent))
    if conversation.state == State.TALKING:
        often.change(conversation, state=State.WRAP_UP.value, ended_by=by, buyer_waits_since=None)
        promises.withdraw(locked, Kind.FIRST_ANSWER, Outcome.BUYER_LEFT.value, by=by, now=now)
        return
    if conversation.contact is not None:
        contacts.settle(conversation.contact, Fate.CLOSED, now=now, reason="buyer_ended", matter=locked)
    _end(conversation, locked, Outcome.BUYER_LEFT, None, by=by, now=now)


@verb
def nobody_came(conversation: Conversation, *, now: datetime) -> None:
    """The buyer has gone while waiting. What they wrote becomes a case where we can reach them; else the contact is
    closed as unreachable. Harmless to repeat."""
    locked = lock_with_case(conversation)
    if conversation.state != State.QUEUED or _is_called_back(locked):
        return
    if conversation.buyer is not None:
        _give_up_place(conversation, locked, "gone", now=now)
        return
    if conversation.contact is not None:
        contacts.settle(conversation.contact, Fate.CLOSED, now=now, reason="unreachable", matter=locked)
    _end(conversation, locked, Outcome.UNREACHABLE, None, by="system", now=now)


def _is_called_back(locked: Matter) -> bool:
    """Whoever will be called need not stay (HL5)."""
    item = open_item(locked)
    return item is not None and item.kind == ItemKind.CALLBACK


@verb
def line_ended(conversation: Conversation, *, by: str, now: datetime) -> None:
    """HL12: a call that somebody talked in is over; whoever talked says what comes next. `by`: who hung up first.
    Harmless to repeat."""
    locked = lock_with_case(conversation)
    if conversation.state != State.TALKING:
        return
    often.change(conversation, state=State.WRAP_UP.value, ended_by=by, buyer_waits_since=None)
    if side_of(by) is Side.BUYER:
        journal.record(locked, BuyerEnded(), by=by, now=now, tell=(f"talk:{locked.no}", "talks"))
    agent = [f"agent:{conversation.agent.agent_no}"] if conversation.agent else []
    nudge(f"talk:{locked.no}", "talks", *agent)


@verb
def given_up(conversation: Conversation, fate_reason: str, *, now: datetime) -> None:
    """Nobody waits here any more and nobody can be reached: the contact is closed with this reason. Harmless to
    repeat."""
    locked = lock_with_case(conversation)
    if conversation.state != State.QUEUED:
        return
    if conversation.contact is not None:
        contacts.settle(conversation.contact, Fate.CLOSED, now=now, reason=fate_reason, matter=locked)
    often.change(conversation, state=State.ENDED.value, outcome=Outcome.UNREACHABLE.value)
    if (item := open_item(locked)) is not None:  # they gave up: the figures say so
        routing.leave_queue(item, "gone", by="system", now=now)
    _end(conversation, locked, Outcome.UNREACHABLE, None, by="system", now=now)


@verb
def leave_message(conversation: Conversation, *, by: str, now: datetime) -> None:
    """The buyer does not want to wait any longer and leaves it as a message. Raises Refusal `talk_not_now`, and
    `not_your_talk` to staff: nobody is sent away by us."""
    _refuse_staff(by)
    locked = lock_with_case(conversation)
    target(Verb.LEAVE, State(conversation.state))
    _give_up_place(conversation, locked, "left_message", now=now)


@verb
def rate(conversation: Conversation, rating: int, words: str = "", *, by: str, now: datetime) -> None:
    """How it was, 1 to 5; said again it counts anew. Raises Refusal `rating_out_of_range`, `talk_not_now`, and
    `not_your_talk` to staff, who do not rate themselves."""
    _refuse_staff(by)
    if not 1 <= rating <= 5:
        raise Refusal("rating_out_of_range")
    locked = lock_with_case(conversation)
    target(Verb.RATE, State(conversation.state))
    often.change(conversation, rating=rating, rating_words=words.replace("\x00", "").strip()[:LONGEST_RATING])
    agent_no = conversation.agent.agent_no if conversation.agent else ""
    rated = ConversationRated(rating=rating, agent_no=agent_no)
    journal.record(locked, rated, by=by, now=now, tell=(f"talk:{locked.no}",))


def item_ended(locked: Matter, *, now: datetime) -> None:
    """The place in the queue is gone for another reason than ours: what was said becomes a case."""
    conversation = of_matter(locked)
    if conversation is not None and conversation.state == State.QUEUED:
        leave(conversation, locked, "nobody_came", now=now)


def _refuse_staff(by: str) -> None:
    if side_of(by) is Side.AGENT:
        raise Refusal("not_your_talk")


def _end(
    conversation: Conversation, locked: Matter, outcome: Outcome, wrap_up: WrapUp | None, *, by: str, now: datetime
) -> None:  # fmt: skip
    often.change(
        conversation, state=State.ENDED.value, outcome=outcome.value, ended_at=now,
        ended_by=conversation.ended_by or by, buyer_waits_since=None,
    )  # fmt: skip
    promises.withdraw(locked, Kind.FIRST_ANSWER, outcome.value, by=by, now=now)
    ended = ConversationEnded(
        outcome=outcome.value, disposition=wrap_up.disposition if wrap_up else "",
        next_by=wrap_up.next_by if wrap_up else None,
    )  # fmt: skip
    journal.record(locked, ended, by=by, now=now)
    if (item := open_item(locked)) is not None:
        routing.wrapped(item, by=by, now=now)
    agent = [f"agent:{conversation.agent.agent_no}"] if conversation.agent else []
    nudge(f"talk:{locked.no}", "talks", *agent)


def _give_up_place(conversation: Conversation, locked: Matter, why: str, *, now: datetime) -> None:
    item = open_item(locked)
    if item is None:
        leave(conversation, locked, "nobody_came", now=now)
        return
    routing.leave_queue(item, why, by="system", now=now)  # reactions.py: `item_ended`
