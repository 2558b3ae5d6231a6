"""A conversation becomes a case on its own matter (same number, same record), or joins one that there is."""

from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.cases.actions import promising
from huiyin.domain.cases.actions.filing import begin_case
from huiyin.domain.cases.actions.items import name_items
from huiyin.domain.cases.actions.lifecycle import came
from huiyin.domain.cases.actions.owning import accused_in, ids_of, keep_out_these, kept_out, may_accuse, named_in
from huiyin.domain.cases.actions.steps import keep_words, new_salt
from huiyin.domain.cases.demand import wanted_in
from huiyin.domain.cases.events import CaseAnswered
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.triage import classify
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.lines import line
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.queries import words_of_buyer
from huiyin.domain.conversations.wrap_up import WrapUp, leaves_something
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order
from huiyin.domain.promises.promises import Kind
from huiyin.domain.routing import actions as routing
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal

LONGEST_ACCOUNT = 10_000
WRAPPED = "wrapped_up"  # the conversation that is being wrapped up


@dataclass(frozen=True, slots=True)
class FromTalk:
    """What the agent adds when a conversation becomes a case; without words of theirs the buyer's own count."""

    what_happened: str = ""
    demand: str = ""
    category: str = ""
    order_no: str = ""


@verb
def from_conversation(
    conversation: Conversation, filing: FromTalk | None = None, *, by: str, now: datetime, why: str = ""
) -> Case:  # fmt: skip
    """Make it a case, or give the one it is already. Its transcript and files become evidence a moment later (job
    `keep_talk`). Raises Refusal `talk_has_case` where it has joined another one, `not_your_talk` to staff who neither
    have it nor lead."""
    locked = journal.lock_one(conversation.matter_id)
    conversation.refresh_from_db()
    _refuse_others(conversation, by)
    known = Case.objects.filter(matter=locked).select_related("matter", "owner").first()
    if known is not None:
        return known
    if conversation.case_id not in {None, locked.pk}:
        raise Refusal("talk_has_case", no=conversation.case.no if conversation.case else "")
    case = _row(conversation, locked, filing or FromTalk(), why, by=by, now=now)
    keep_words(case)
    items = name_items(case, wanted_in(case.demand))
    begin_case(case, locked, items, by=by, now=now, owner=_owner(conversation, case))
    if conversation.contact is not None:
        contacts.settle(conversation.contact, Fate.JOINED, now=now, matter=locked)
    conversations.filed(conversation, locked, locked, by=by, now=now)
    routing.keep_away(locked, kept_out(case), now=now)
    return case


@verb
def wrap_up(
    conversation: Conversation, wrapped: WrapUp, *, by: str, now: datetime, as_case: bool | None = None
) -> Case | None:  # fmt: skip
    """HL12: end it; what leaves something to do becomes a case in the same step, with whoever talked as its owner and
    the recording as evidence. `as_case`: as they say; None: where they talked on the phone. Gives that case. Raises
    Refusal as `conversations.end`."""
    wanted = conversation.channel == "phone" if as_case is None else as_case
    case = None
    if wanted and conversation.case_id is None and leaves_something(wrapped.disposition):
        chapter = journal.current()
        assert chapter is not None
        chapter.notes[WRAPPED, conversation.matter_id] = conversation
        case = from_conversation(conversation, _told(conversation, wrapped), by=by, now=now)
    conversations.end(conversation, wrapped, by=by, now=now)
    return case


def _told(conversation: Conversation, wrapped: WrapUp) -> FromTalk | None:
    """Whoever wrote has said it in their own words; what was said on the phone is heard in the recording."""
    if conversation.channel != "phone":
        return None
    return FromTalk(what_happened=line("told_by_phone", conversation.language, what=wrapped.next_step.strip()))


def _row(
    conversation: Conversation, locked: Matter, filing: FromTalk, why: str, *, by: str, now: datetime
) -> Case:  # fmt: skip
    theirs = words_of_buyer(conversation)[:LONGEST_ACCOUNT]
    said = filing.what_happened.strip() or theirs
    order_no = filing.order_no.strip() or conversation.order_no
    order = Order.objects.filter(order_no=order_no).first() if order_no else None
    is_ours = by.startswith(("staff:", "api:"))  # a visitor who has not proven an order learns nothing of it
    seen = classify(f"{said}\n{filing.demand}", order.situation if order and is_ours else "")
    category, named = filing.category or seen.category, accused_in(theirs)
    return Case.objects.create(
        matter=locked, order=order, order_no=order_no, buyer=conversation.buyer, category=category,
        urgency="urgent" if conversation.urgent else seen.urgency,
        channel=conversation.channel, why=why, what_happened=said, demand=filing.demand.strip(), filed_at=now,
        salt=new_salt(), about_agents=sorted({*named_in(category, said, filing.demand), *named}),
    )  # fmt: skip


def _owner(conversation: Conversation, case: Case) -> Person | None:
    """CP7: whoever talks with the buyer has it first; never whoever it is about (CP21)."""
    agent = conversation.agent
    return agent if agent is not None and agent.agent_no not in case.about_agents else None


@verb
def join_conversation(conversation: Conversation, case: Case, *, by: str, now: datetime) -> None:
    """The conversation belongs to a case that there is. Raises Refusal `talk_has_case`, `complained_about` (CP21),
    `not_your_talk` to staff who neither have it nor lead."""
    locked = {one.pk: one for one in journal.lock(conversation.matter_id, case.matter_id)}
    conversation.refresh_from_db()
    _refuse_others(conversation, by)
    case.refresh_from_db(fields=["about_agents", "state"])
    agent_no = by.removeprefix("staff:")
    if agent_no in case.about_agents:
        raise Refusal("complained_about", agent_no=agent_no)
    if conversation.contact is not None:
        contacts.settle(conversation.contact, Fate.JOINED, now=now, matter=locked[case.matter_id])
    talk, ours = locked[conversation.matter_id], locked[case.matter_id]
    conversations.filed(conversation, talk, ours, by=by, now=now)
    routing.keep_away(talk, kept_out(case), now=now)


def _refuse_others(conversation: Conversation, by: str) -> None:
    if by.startswith("staff:"):
        conversations.refuse_other(conversation, by)


def keep_talks_away(matter_id: int, *, now: datetime) -> None:
    """CP21: whom the case on this matter is about is kept out of the conversations that have joined it too, one after
    the other: their matters are locked apart from the case's. Harmless to repeat."""
    case = Case.objects.filter(matter=matter_id).first()
    if case is None:
        return
    for talk in Matter.objects.filter(conversation__case=matter_id).exclude(pk=matter_id).order_by("pk"):
        routing.keep_away(talk, kept_out(case), now=now)


def buyer_said(talk: Conversation, locked: Matter, text: str, *, by: str, now: datetime) -> None:
    """CP21: whoever is complained about in a conversation (locked) that goes on is kept away from it with that word,
    also from the offer that rings, and from the case that it is."""
    named = accused_in(words_of_buyer(talk)) if may_accuse(text) else []
    if not named:
        return
    routing.keep_away(locked, ids_of(named), now=now)
    case = Case.objects.filter(matter=locked).select_related("matter", "owner").first()
    if case is not None:
        keep_out_these(case, locked, named, by=by, now=now)


@verb
def heard_elsewhere(matter_id: int, talk_id: int, *, by: str, now: datetime) -> None:
    """As `heard`, in a conversation that has joined this case: whom the buyer complains about there (CP21) stays out of
    the case, too."""
    heard(matter_id, by=by, now=now)
    case = Case.objects.filter(matter=matter_id).select_related("matter", "owner").first()
    talk = Conversation.objects.filter(matter=talk_id).first()
    if case is not None and talk is not None and not by.startswith("staff:"):
        named = accused_in(words_of_buyer(talk))
        keep_out_these(case, journal.lock_one(matter_id), named, by=by, now=now)


@verb
def heard(matter_id: int, *, by: str, now: datetime) -> None:
    """Something was said in a conversation of this case: the buyer's word is what we may have waited for, ours is an
    answer. Does nothing where there is no case any more."""
    case = Case.objects.filter(matter=matter_id).exclude(state="closed").select_related("matter").first()
    if case is None:
        return
    if not by.startswith("staff:"):
        came(case.matter, by=by, now=now)
        return
    locked = journal.lock_one(matter_id)
    if case.answered_at is None:
        Case.objects.filter(pk=case.pk).update(answered_at=now)
        answered = CaseAnswered(agent_no=by.removeprefix("staff:"))
        journal.record(locked, answered, by=by, now=now)
    promising.answered(locked, by=by, now=now)
    promising.promise(case, locked, Kind.NEXT_UPDATE, by=by, now=now)
