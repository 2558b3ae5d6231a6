"""What people do with a case as a whole: take it over, assess it, write, ask, escalate, close, take it up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from huiyin.domain.cases import lifecycle, silence
from huiyin.domain.cases.actions import promising
from huiyin.domain.cases.actions.owning import LONGEST_REASON, hand_to, keep_out, owner_above, owner_again
from huiyin.domain.cases.actions.steps import (
    Doer,
    begin,
    locked,
    move,
    refuse_impossible,
    refuse_stale,
    salted_hash,
    set_item,
)
from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.demand_words import still_wanted
from huiyin.domain.cases.events import (
    CaseAnswered,
    CaseAssessed,
    CaseClosed,
    CaseEscalated,
    CaseReopened,
    FindingContested,
    MaterialAsked,
    MaterialCame,
    WentOn,
)
from huiyin.domain.cases.lifecycle import Outcome, Party, State, Verb
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.places import party_of
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.queries import said_about
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Category, Kind, Severity
from huiyin.domain.promises.queries import is_running
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql.often import change


@dataclass(frozen=True, slots=True)
class Assessment:
    """What we find: who is responsible and why; the category and urgency where they were wrong."""

    responsible: Responsible
    reason: str = ""
    category: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing we ask the buyer for: a slug of evidence.What, and the words."""

    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """What makes a message of a program an answer: that it names the next step and until when."""

    until: datetime
    step: str = "named"


@verb
def assign(case: Case, person: Person, reason: str, *, by: str, now: datetime, seen: int | None = None) -> None:
    """Hand a case over, visibly. The second line and the risk team get a clock of their own."""
    matter = locked(case, now, seen)
    refuse_impossible(case, Verb.ASSIGN, Doer(by), (), now)
    if person.agent_no in case.about_agents:
        raise Refusal("complained_about", agent_no=person.agent_no)
    if case.owner_id != person.pk:
        hand_to(case, matter, person, reason, by=by, now=now)
        promising.handed_to(case, matter, person, by=by, now=now)


@verb
def assess(case: Case, found: Assessment, doer: Doer, *, now: datetime) -> None:
    """State who is responsible; right the category and urgency. A shorter promise that follows starts at once."""
    begun = begin(case, Verb.ASSESS, doer, now=now)
    category, urgency = found.category or case.category, found.urgency or case.urgency
    if category not in set(Category) or urgency not in set(Severity):
        raise Refusal("not_an_option", category=category, urgency=urgency)
    is_other = (category, urgency) != (case.category, case.urgency)
    state = move(
        case, Verb.ASSESS, responsible=found.responsible.value, responsible_reason=found.reason.strip()[:200],
        category=category, urgency=urgency,
    )  # fmt: skip
    assessed = CaseAssessed(responsible=case.responsible, category=category, urgency=urgency, state=state.value)
    journal.record(begun.matter, assessed, by=doer.by, now=now)
    keep_out(case, begun.matter, f"{case.what_happened}\n{case.demand}", by=doer.by, now=now)
    if is_other and is_running(begun.matter, Kind.RESULT):
        promises.withdraw(begun.matter, Kind.RESULT, "assessed", by=doer.by, now=now)
        promising.promise(case, begun.matter, Kind.RESULT, by=doer.by, now=now)
        promising.answer_by_the_result(case, begun.matter, by=doer.by, now=now)


@verb
def contest(case: Case, text: str, doer: Doer, *, now: datetime) -> None:
    """The buyer contradicts our finding, in one tap; words are welcome and not needed."""
    matter = locked(case, now)
    refuse_impossible(case, Verb.ADD, doer, (), now)
    said = text.strip()[:2000]
    Case.objects.filter(pk=case.pk).update(buyer_disagrees=said or "-")
    case.buyer_disagrees = said or "-"
    contested = FindingContested(responsible=case.responsible, text_hash=salted_hash(said))
    journal.record(matter, contested, by=doer.by, now=now)


@verb
def answer(case: Case, person: Person | Doer, text: str, *, now: datetime, ahead: Ahead | None = None) -> None:
    """Write to the buyer. The first one keeps the promise of a first answer; every one is an update. Of a program only
    what names a step and a time (`ahead`) counts, see `_tell`."""
    matter = locked(case, now)
    refuse_impossible(case, Verb.ANSWER, Doer(person.by), (), now)
    _tell(case, matter, text, ahead, by=person.by, now=now)
    state = lifecycle.target(Verb.ANSWER, State(case.state))
    if state != case.state:
        move(case, Verb.ANSWER)


@verb
def answer_by_itself(case: Case, text: str, step: str, until: datetime, *, now: datetime) -> None:
    """A complete automatic answer: it names the next step and a time, and so counts as the first answer."""
    if not step.strip() or until <= now:
        raise Refusal("not_complete")
    matter = locked(case, now)
    refuse_impossible(case, Verb.ANSWER, Doer("system"), (), now)
    _tell(case, matter, text, Ahead(until, step), by="system", now=now)


def _tell(case: Case, matter: Matter, text: str, ahead: Ahead | None, *, by: str, now: datetime) -> None:
    """Write to the buyer on a locked case. The words of a program that name no step and no time are sent all the same,
    and what we owe stays owed: a person, or a complete message, answers (CP8)."""
    if ahead is None and party_of(by) is Party.PROGRAM:
        conversations.write(matter, text, by=by, now=now)
        return
    write(case, matter, text, by=by, now=now, ahead=ahead)
    promising.promise(case, matter, Kind.NEXT_UPDATE, by=by, now=now)


def write(case: Case, matter: Matter, text: str, *, by: str, now: datetime, ahead: Ahead | None = None) -> None:
    """A message of ours on a locked case, with everything that follows from having written."""
    conversations.write(matter, text, by=by, now=now)
    if case.answered_at is None:
        who = by.removeprefix("staff:") if by.startswith("staff:") else ""
        said = CaseAnswered(who, ahead.step, ahead.until) if ahead else CaseAnswered(who)
        _answered(case, matter, said, by=by, now=now)
    promising.answered(matter, by=by, now=now)
    contacts.settle_all(matter, Fate.ANSWERED, now=now)


def _answered(case: Case, matter: Matter, answered: CaseAnswered, *, by: str, now: datetime) -> None:
    change(case, answered_at=now)
    journal.record(matter, answered, by=by, now=now)


@verb
def note(case: Case, person: Person | Doer, text: str, *, now: datetime) -> None:
    """An internal note."""
    conversations.write(case.matter, text, by=person.by, now=now, internal=True)


@verb
def add(matter: Matter, text: str, *, by: str, now: datetime) -> None:
    """The buyer adds something, at any time until the end (CP12)."""
    conversations.write(matter, text, by=by, now=now)
    came(matter, by=by, now=now)
    Case.objects.filter(matter=matter, silent_at__isnull=False).update(silent_at=silence.next_at(now, 0), reminded=0)
    if (case := Case.objects.filter(matter=matter, category=Category.SERVICE_ATTITUDE).first()) is not None:
        keep_out(case, journal.lock_one(matter.pk), text, by=by, now=now)


@verb
def came(matter: Matter, *, by: str, now: datetime) -> None:
    """The buyer sent words or evidence: where we waited for it, it is our turn again."""
    ours = journal.lock_one(matter.pk)
    case = Case.objects.filter(matter=ours, state=State.WAITING_FOR_BUYER.value).first()
    if case is None:
        return
    state = move(case, Verb.ADD)
    promising.go_on(ours, by=by, now=now, came=True)
    journal.record(ours, MaterialCame(state=state.value), by=by, now=now)


@verb
def ask(
    case: Case, question: Question, doer: Doer, *, now: datetime, ahead: Ahead | None = None
) -> Refusal | None:  # fmt: skip
    """Ask the buyer for one thing. Our clocks stand still where CP8 allows it; else the reason why they go on is
    returned. What we hold already is never asked for. `ahead` as in `answer`."""
    begun = begin(case, Verb.ASK, doer, now=now)
    if question.item in promising.held_of(case):
        raise Refusal("pause_already_held", item=question.item)
    _tell(case, begun.matter, question.text, ahead, by=doer.by, now=now)
    no = promising.wait_for(case, begun.matter, question.item, by=doer.by, now=now)
    state = move(case, Verb.ASK, *_still_ours(case, no))
    asked = MaterialAsked(
        item=question.item[:24], paused=no is None, running_because=no.code if no else "", state=state.value
    )
    journal.record(begun.matter, asked, by=doer.by, now=now)
    return no


def _still_ours(case: Case, no: Refusal | None) -> tuple[State, ...]:
    """While our clock runs on it is still our turn; who waits already goes on waiting."""
    targets = lifecycle.TABLE[State(case.state)][Verb.ASK]
    return (targets[-1],) if no is not None else ()


@verb
def go_on(case: Case, doer: Doer, *, now: datetime) -> None:
    """Decide with what we have: the thing we asked for did not come. Never closes the case."""
    begun = begin(case, Verb.GO_ON, doer, now=now)
    _go_on(case, begun.matter, by=doer.by, now=now)


@verb
def wait_is_over(matter: Matter, *, now: datetime) -> None:
    """The longest we wait is over. Where the case has left that state by itself, nothing is left to do."""
    ours = journal.lock_one(matter.pk)
    case = Case.objects.filter(matter=ours, state=State.WAITING_FOR_BUYER.value).first()
    if case is not None:
        _go_on(case, ours, by="system", now=now)


def _go_on(case: Case, matter: Matter, *, by: str, now: datetime) -> None:
    state = move(case, Verb.GO_ON)
    promising.go_on(matter, by=by, now=now, came=False)
    journal.record(matter, WentOn(state=state.value), by=by, now=now)


@verb
def escalate(case: Case, reason: str, *, by: str, now: datetime, seen: int | None = None) -> None:
    """One step up: owner → supervisor → operations. On demand of the buyer, or by itself after a broken promise. Goes
    to somebody who has not decided on it before. At the top, or closed, it changes nothing."""
    matter = journal.lock_one(case.matter_id)
    refuse_stale(matter, seen)
    case.refresh_from_db()
    if case.state == State.CLOSED or case.level >= lifecycle.HIGHEST:
        return
    was_waiting = case.state == State.WAITING_FOR_BUYER
    state = move(case, Verb.ESCALATE, level=case.level + 1)
    if was_waiting:
        promising.go_on(matter, by=by, now=now, came=False)
    event = CaseEscalated(level=case.level, reason=reason[:LONGEST_REASON], state=state.value)
    journal.record(matter, event, by=by, now=now)
    hand_to(case, matter, owner_above(case, now), reason, by="system", now=now)
    if state is State.ESCALATED and by != "system":  # what broke by itself stays on the desk as broken
        promising.our_turn(case, matter, by=by, now=now)


@verb
def close(
    case: Case, outcome: str, *, by: str, now: datetime, behalf: str = "", seen: int | None = None
) -> None:  # fmt: skip
    """The matter is settled: `confirmed` by the buyer, or by what we did and said. What the buyer refused and nobody
    improved ends as `no_agreement`."""
    begun = begin(case, Verb.CLOSE, Doer(by, seen, behalf), now=now)
    if outcome == Outcome.CONFIRMED:
        _nothing_more(begun.items, now)
    elif any(item.state == ItemState.REFUSED for item in begun.items):
        outcome = Outcome.NO_AGREEMENT.value
    end(case, begun.matter, Outcome(outcome), Doer(by, behalf=behalf), now=now)


def _nothing_more(items: Sequence[DemandItem], now: datetime) -> None:
    """The buyer says that it is solved: what nobody gave is not wanted any more, and what they refused stays refused.
    What is offered to them they accept or refuse first (`offer_waits`)."""
    for item in items:
        if item.state == ItemState.OPEN:
            set_item(item, ItemState.WITHDRAWN, decided_at=now)


def end(case: Case, matter: Matter, outcome: Outcome, doer: Doer, *, now: datetime, verb: Verb = Verb.CLOSE) -> None:
    """Close a locked case. The last clocks end with it."""
    move(case, verb, State.CLOSED, closed_at=now, outcome=outcome.value)
    promises.keep(matter, Kind.RESULT, by=doer.by, now=now)
    promises.withdraw_all(matter, "closed", by=doer.by, now=now)
    closed = CaseClosed(outcome=outcome.value, behalf=doer.behalf[:LONGEST_REASON])
    journal.record(matter, closed, by=doer.by, now=now)


@verb
def reopen(case: Case, reason: str, doer: Doer, *, now: datetime, text: str = "") -> None:
    """Not solved after all: same matter, new clocks, and an owner who has not decided on it. `reason`: a code or, of a
    colleague, a short sentence; `text`: the buyer's words. Where everything had arrived, what is still wanted becomes
    an item, so that the next result answers it."""
    matter = locked(case, now, doer.seen)
    items = list(case.items.order_by("no"))
    refuse_impossible(case, Verb.REOPEN, doer, items, now)
    if items and all(item.state in {ItemState.ARRIVED, ItemState.WITHDRAWN} for item in items):
        next_item(case, ItemKind.OTHER, text.strip() or _said_since(case) or still_wanted())
    again = owner_again(case, now)
    move(case, Verb.REOPEN, closed_at=None, outcome="", answered_at=None, reopened=case.reopened + 1)
    event = CaseReopened(reason=reason[:LONGEST_REASON], times=case.reopened, behalf=doer.behalf[:LONGEST_REASON])
    journal.record(matter, event, by=doer.by, now=now)
    if text.strip():
        conversations.write(matter, text, by=doer.by, now=now)
    hand_to(case, matter, again, "not_decided_before", by="system", now=now)
    promising.promise(case, matter, *promising.OURS, now=now)


def _said_since(case: Case) -> str:
    """What the buyer wrote last after the end: it stands with the case already, and is what is still wanted."""
    said = said_about(case.matter).filter(author="buyer", internal=False, at__gte=case.closed_at).last()
    return said.text if said is not None else ""


def next_item(case: Case, kind: ItemKind, text: str, **values: object) -> DemandItem:
    """One more demand item of a locked case."""
    last = case.items.aggregate(last=Max("no"))["last"] or 0
    return DemandItem.objects.create(case=case, no=last + 1, kind=kind.value, text=text.strip()[:2000], **values)
