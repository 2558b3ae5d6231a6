"""Filing cases: what comes in becomes a matter with an owner, demand items and promises."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huiyin.domain.cases.actions import promising
from huiyin.domain.cases.actions.items import name_items
from huiyin.domain.cases.actions.lifecycle import reopen
from huiyin.domain.cases.actions.linking import finding_on
from huiyin.domain.cases.actions.owning import first_owner, named_in, say_owner, wait_unless_here
from huiyin.domain.cases.actions.steps import Doer, keep_in_mind, keep_words, move, new_salt, words_hash
from huiyin.domain.cases.demand import Item, wanted_in
from huiyin.domain.cases.events import AgentsKeptOut, CaseFiled, ItemNamed
from huiyin.domain.cases.lifecycle import Verb
from huiyin.domain.cases.models import Case, Replay
from huiyin.domain.cases.triage import classify
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often


@dataclass(frozen=True, slots=True)
class Filing:
    """A complaint as it came in. `identities`: kind → address, at least one."""

    what_happened: str
    demand: str = ""
    identities: dict[str, str] = field(default_factory=dict)
    name: str = ""
    order_no: str = ""
    category: str = ""
    channel: str = "api"
    external_ref: str = ""
    occurred_at: datetime | None = None
    items: tuple[Item, ...] = ()  # what is wanted; read from `demand` where none is named


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key and the SHA-256 of the body it came with."""

    api_key: ApiKey
    key: str
    body_hash: str


@verb
def file(filing: Filing, *, by: str, now: datetime, once: Once | None = None) -> Case:
    """A complaint becomes a case with an owner and promises, acknowledged at once. A repeated Idempotency-Key returns
    the first case. It gets a matter of its own: who has not proven an order does not join its matter."""
    if once and (before := _replayed(once)) is not None:
        return before
    buyer = contacts.know(filing.identities, now=now, name=filing.name)
    order = Order.objects.filter(order_no=filing.order_no).first() if filing.order_no else None
    shown = order.situation if order and by != "buyer" else ""  # who has not proven an order learns nothing of it
    seen = classify(f"{filing.what_happened}\n{filing.demand}", shown)
    category = filing.category or seen.category
    matter = journal.open_matter("case", now)  # nobody else can see it before the end of this transaction
    case = Case(
        matter=matter, order=order, order_no=filing.order_no, buyer=buyer, category=category,
        urgency=seen.urgency, channel=filing.channel, what_happened=filing.what_happened, demand=filing.demand,
        external_ref=filing.external_ref, occurred_at=filing.occurred_at, filed_at=now, salt=new_salt(),
        about_agents=named_in(category, filing.what_happened, filing.demand), **finding_on(order),
    )  # fmt: skip
    often.insert([case])
    keep_in_mind(case, matter)
    keep_words(case)
    items = name_items(case, wanted_in(filing.demand, filing.items))
    contacts.joined(filing.channel, "complaint", now=now, buyer=buyer, matter=matter)
    begin_case(case, matter, items, by=by, now=now)
    if once:
        Replay.objects.create(
            api_key=once.api_key, key=once.key, body_hash=once.body_hash, case=case, answer={}, at=now
        )
    return case


def _replayed(once: Once) -> Case | None:
    known = Replay.objects.filter(api_key=once.api_key, key=once.key).select_related("case__matter").first()
    if known is None:
        return None
    if known.body_hash != once.body_hash:
        raise Refusal("idempotency_key_reused")
    return known.case


@verb
def open_on(matter: Matter, why: str, *, category: str, channel: str, now: datetime, by: str = "system") -> Case:
    """A person is needed on a matter nobody complained about yet: a case on the same matter, or the one there is."""
    known = Case.objects.filter(matter=matter).first()
    if known is not None:
        return _again(known, matter, why, by=by, now=now)
    order = Order.objects.filter(matter=matter).first()
    case = Case.objects.create(
        matter=matter, order=order, order_no=order.order_no if order else "", buyer=order.buyer if order else None,
        category=category, urgency="normal", channel=channel, why=why, filed_at=now, salt=new_salt(),
        **finding_on(order),
    )  # fmt: skip
    begin_case(case, matter, (), by=by, now=now)
    return case


def _again(case: Case, matter: Matter, why: str, *, by: str, now: datetime) -> Case:
    if case.state == "closed":
        reopen(case, why, Doer("system"), now=now)
    return case


def begin_case(
    case: Case, matter: Matter, items: tuple[ItemNamed, ...], *, by: str, now: datetime, owner: Person | None = None
) -> None:  # fmt: skip
    """A new row on a locked matter becomes a case: its first fact, its owner (`owner`, where somebody has it in hand
    already), its promises."""
    filed = CaseFiled(
        category=case.category,
        urgency=case.urgency,
        channel=case.channel,
        why=case.why,
        text_hash=words_hash(case),
        items=items,
    )
    journal.record(matter, filed, by=by, now=now)
    if case.about_agents:
        journal.record(matter, AgentsKeptOut(agent_nos=tuple(case.about_agents)), by=by, now=now)
    move(case, Verb.ACKNOWLEDGE, owner=owner or first_owner(case, now))
    say_owner(case, matter, now=now)
    promising.promise(case, matter, Kind.ACKNOWLEDGE, *promising.OURS, now=now)
    promises.keep(matter, Kind.ACKNOWLEDGE, by="system", now=now)
    wait_unless_here(case, matter, now=now)


@verb
def remember_answer(once: Once, answer: dict[str, Any]) -> None:
    """Keep what was answered, without the secret, so that a repeat gets the same to the letter: as text, because
    `jsonb` forgets the order of the fields."""
    said = json.dumps(answer, ensure_ascii=False)
    Replay.objects.filter(api_key=once.api_key, key=once.key).update(answer=said)
