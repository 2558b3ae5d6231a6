"""The buyer says what they want on a matter that is theirs: where a person answers for it already, or from now on."""

from dataclasses import dataclass, field
from datetime import datetime

from huiyin.domain.cases.actions.filing import open_on
from huiyin.domain.cases.actions.lifecycle import came, next_item
from huiyin.domain.cases.actions.owning import keep_out
from huiyin.domain.cases.actions.steps import keep_words, new_salt, words_hash
from huiyin.domain.cases.demand import Item, wanted_in
from huiyin.domain.cases.events import DemandNamed, ItemNamed, NextStepChosen
from huiyin.domain.cases.letter import NextStep
from huiyin.domain.cases.lifecycle import State
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.triage import classify
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.actions.searches import CATEGORY
from huiyin.domain.orders.models import Order
from huiyin.domain.orders.situations import Situation
from huiyin.domain.promises.promises import Category
from huiyin.lib.errors import Refusal

BEFORE_AN_OFFER = frozenset({
    State.ACKNOWLEDGED, State.ASSESSED, State.INVESTIGATING, State.WAITING_FOR_BUYER, State.NEGOTIATING,
    State.ESCALATED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the buyer wants and what happened, in their words. `identities`: a contact, where we know none."""

    items: tuple[Item, ...] = ()
    what_happened: str = ""
    demand: str = ""
    identities: dict[str, str] = field(default_factory=dict)


@verb
def want(matter: Matter, wanted: Wanted, *, by: str, now: datetime) -> Case:
    """Name demand items on the matter's case, which is opened where there is none. Raises Refusal: `case_closed`,
    `wrong_state` once offers are on the table, `nothing_written`."""
    if not wanted.items and not f"{wanted.what_happened}{wanted.demand}".strip():
        raise Refusal("nothing_written")
    ours = journal.lock_one(matter.pk)
    case = _case_on(ours, wanted, by=by, now=now)
    if case.state not in BEFORE_AN_OFFER:
        raise Refusal("case_closed" if case.state == State.CLOSED else "wrong_state", verb="add", state=case.state)
    items = _items(case, wanted)
    rows = [next_item(case, item.kind, item.text, amount=item.amount, to=item.to, by=item.by) for item in items]
    _write_down(case, ours, wanted, by=by, now=now)
    named = tuple(ItemNamed(row.no, row.kind, row.amount, row.by) for row in rows)
    event = DemandNamed(items=named, text_hash=words_hash(case))
    journal.record(ours, event, by=by, now=now)
    keep_out(case, ours, f"{wanted.what_happened}\n{wanted.demand}", by=by, now=now)
    came(ours, by=by, now=now)
    case.refresh_from_db()
    return case


@verb
def choose_next_step(case: Case, step: NextStep, *, by: str, now: datetime) -> None:
    """Where the buyer turns when the deadline of their letter is missed; the letter says so from now on. The same again
    changes nothing."""
    matter = journal.lock_one(case.matter_id)
    if Case.objects.filter(pk=case.pk).exclude(next_step=step.value).update(next_step=step.value):
        journal.record(matter, NextStepChosen(step=step.value), by=by, now=now)
    case.next_step = step.value


def _items(case: Case, wanted: Wanted) -> tuple[Item, ...]:
    """Where nothing is wanted yet, words alone say it, so that there is something to offer for."""
    if wanted.items or case.items.exists():
        return wanted.items
    return wanted_in(wanted.demand) or wanted_in(wanted.what_happened)


def _case_on(matter: Matter, wanted: Wanted, *, by: str, now: datetime) -> Case:
    known = Case.objects.filter(matter=matter).first()
    if known is not None:
        return known
    order = Order.objects.filter(matter=matter).first()
    seen = classify(f"{wanted.what_happened}\n{wanted.demand}", order.situation if order else "").category
    situation = Situation(order.situation) if order and order.situation else Situation.DELIVERED
    by_order = CATEGORY.get(situation, Category.RECHARGE_DELAYED) if order else seen
    category = by_order if seen is Category.OTHER else seen
    return open_on(matter, "buyer_complains", category=str(category), channel="web", now=now, by=by)


def _write_down(case: Case, matter: Matter, wanted: Wanted, *, by: str, now: datetime) -> None:
    """The first words become the account of the case; later ones are a message. What is there is never replaced."""
    said = wanted.what_happened.strip()
    if said and case.what_happened:
        conversations.write(matter, said, by=by, now=now)
    case.what_happened = case.what_happened or said
    case.demand = "\n".join(text for text in (case.demand, wanted.demand.strip()) if text)[:4000]
    if case.buyer is None and wanted.identities:
        case.buyer = contacts.know(wanted.identities, now=now)
    case.salt = case.salt or new_salt()
    case.save(update_fields=["what_happened", "demand", "buyer", "salt"])
    keep_words(case)
