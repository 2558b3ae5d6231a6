"""Filing cases, and everything a person does with one."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from huiyin.domain.cases.events import CaseAnswered, CaseAssigned, CaseClosed, CaseEscalated, CaseFiled, CaseReopened
from huiyin.domain.cases.models import Case, Replay
from huiyin.domain.cases.triage import classify
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Category, Kind, Severity, Tier, promised
from huiyin.domain.staff import queries as staff
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.lib.errors import Refusal

NEED_RISK = {Category.ACCOUNT_STOLEN, Category.FRAUD}


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


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key and the SHA-256 of the body it came with."""

    api_key: ApiKey
    key: str
    body_hash: str


@transaction.atomic
def file(filing: Filing, *, by: str, now: datetime, once: Once | None = None) -> Case:
    """A complaint becomes a case with an owner and promises, acknowledged at once. A repeated Idempotency-Key returns
    the first case. It gets a matter of its own: who has not proven an order does not join its matter."""
    if once and (before := _replayed(once)) is not None:
        return before
    seen = classify(f"{filing.what_happened}\n{filing.demand}")
    buyer = contacts.know(filing.identities, now=now, name=filing.name)
    order = Order.objects.filter(order_no=filing.order_no).first() if filing.order_no else None
    matter = journal.lock_one(journal.open_matter("case", now).pk)
    case = Case.objects.create(
        matter=matter, order=order, order_no=filing.order_no, buyer=buyer, category=filing.category or seen.category,
        urgency=seen.urgency, channel=filing.channel, what_happened=filing.what_happened, demand=filing.demand,
        external_ref=filing.external_ref, occurred_at=filing.occurred_at, filed_at=now,
    )  # fmt: skip
    contact = contacts.note(filing.channel, "complaint", now=now, buyer=buyer)
    contacts.settle(contact, Fate.JOINED, now=now, matter=matter)
    _open(case, matter, by=by, now=now)
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


def link_order(order: Order) -> None:
    """Cases that named this order before we knew it now point at it."""
    Case.objects.filter(order__isnull=True, order_no=order.order_no).update(order=order)


@transaction.atomic
def open_on(matter: Matter, why: str, *, category: str, channel: str, now: datetime, by: str = "system") -> Case:
    """A person is needed on a matter nobody complained about yet: a case on the same matter, or the one there is."""
    known = Case.objects.filter(matter=matter).first()
    if known is not None:
        return _again(known, matter, why, by=by, now=now)
    order = Order.objects.filter(matter=matter).first()
    case = Case.objects.create(
        matter=matter, order=order, order_no=order.order_no if order else "", buyer=order.buyer if order else None,
        category=category, urgency="normal", channel=channel, why=why, filed_at=now,
    )  # fmt: skip
    _open(case, matter, by=by, now=now)
    return case


def _again(case: Case, matter: Matter, why: str, *, by: str, now: datetime) -> Case:
    if case.state == "closed":
        reopen(case, why, by=by, now=now)
    return case


def _open(case: Case, matter: Matter, *, by: str, now: datetime) -> None:
    digest = hashlib.sha256(f"{secrets.token_hex(16)}{case.what_happened}{case.demand}".encode()).hexdigest()
    filed = CaseFiled(
        category=case.category, urgency=case.urgency, channel=case.channel, why=case.why, text_hash=digest
    )
    journal.record(matter, filed, by=by, now=now)
    _assign(case, matter, _first_owner(case, now), "first_contact", by="system", now=now)
    _promise(case, matter, now)
    Case.objects.filter(pk=case.pk).update(state="acknowledged")
    case.state = "acknowledged"


def _first_owner(case: Case, now: datetime) -> Person | None:
    """CP7: one owner from the first contact. Stolen accounts and fraud start with risk."""
    wanted = ("risk",) if case.category in NEED_RISK else ("L1", "L2")
    return staff.least_busy(wanted, now) or staff.least_busy(("L1", "L2", "risk", "supervisor"), now)


def _promise(case: Case, matter: Matter, now: datetime) -> None:
    """CP8: the clocks, told at once. They count opening hours when nobody is there, so that we promise what we can."""
    severity = Severity(case.urgency)
    tier = Tier(case.buyer.tier) if case.buyer and case.buyer.tier in set(Tier) else Tier.ORDINARY
    calendar = settings.SERVICE_CALENDAR
    for kind in (Kind.ACKNOWLEDGE, Kind.FIRST_ANSWER, Kind.RESULT, Kind.NEXT_UPDATE):
        term = promised(kind, case.category, severity, tier)
        if kind in {Kind.FIRST_ANSWER, Kind.RESULT} and calendar != "always":
            term = term.by_a_person()
        promises.make(matter, kind, term, by="system", now=now, calendar=calendar)
    promises.keep(matter, Kind.ACKNOWLEDGE, by="system", now=now)


@transaction.atomic
def assign(case: Case, person: Person, reason: str, *, by: str, now: datetime) -> None:
    """Hand a case over, visibly."""
    matter = journal.lock_one(case.matter_id)
    case.refresh_from_db()
    _refuse_closed(case)
    _assign(case, matter, person, reason, by=by, now=now)


def _assign(case: Case, matter: Matter, person: Person | None, reason: str, *, by: str, now: datetime) -> None:
    if person is None or case.owner_id == person.pk:
        return
    before = case.owner.agent_no if case.owner else ""
    Case.objects.filter(pk=case.pk).update(owner=person)
    case.owner = person
    assigned = CaseAssigned(agent_no=person.agent_no, before=before, reason=reason[:80])
    journal.record(matter, assigned, by=by, now=now)


@transaction.atomic
def answer(case: Case, person: Person, text: str, *, now: datetime) -> None:
    """Write to the buyer. The first one keeps the promise of a first answer; every one is an update."""
    matter = journal.lock_one(case.matter_id)
    case.refresh_from_db()
    _refuse_closed(case)
    conversations.write(matter, text, by=person.by, now=now)
    if case.answered_at is None:
        Case.objects.filter(pk=case.pk).update(answered_at=now, state="investigating")
        promises.keep(matter, Kind.FIRST_ANSWER, by=person.by, now=now)
        journal.record(matter, CaseAnswered(agent_no=person.agent_no), by=person.by, now=now)
    promises.keep(matter, Kind.NEXT_UPDATE, by=person.by, now=now)
    term = promised(Kind.NEXT_UPDATE, case.category, Severity(case.urgency), Tier.ORDINARY)
    promises.make(matter, Kind.NEXT_UPDATE, term, by=person.by, now=now)
    contacts.settle_all(matter, Fate.ANSWERED, now=now)


@transaction.atomic
def note(case: Case, person: Person, text: str, *, now: datetime) -> None:
    """An internal note."""
    conversations.write(case.matter, text, by=person.by, now=now, internal=True)


@transaction.atomic
def add(matter: Matter, text: str, *, by: str, now: datetime) -> None:
    """The buyer adds something, at any time until the end (CP12)."""
    conversations.write(matter, text, by=by, now=now)


@transaction.atomic
def escalate(case: Case, reason: str, *, by: str, now: datetime) -> None:
    """One step up: owner → supervisor → operations. On demand of the buyer, or by itself after a broken promise."""
    matter = journal.lock_one(case.matter_id)
    case.refresh_from_db()
    if case.state == "closed" or case.level >= 2:
        return
    level = case.level + 1
    Case.objects.filter(pk=case.pk).update(level=level)
    case.level = level
    journal.record(matter, CaseEscalated(level=level, reason=reason[:80]), by=by, now=now)
    skip = (case.owner_id,) if case.owner_id else ()
    _assign(case, matter, staff.least_busy(staff.step_up(level), now, but_not=skip), reason, by="system", now=now)


@transaction.atomic
def close(case: Case, outcome: str, *, by: str, now: datetime) -> None:
    """The matter is settled: `confirmed` by the buyer, or `settled` by what we did and said."""
    matter = journal.lock_one(case.matter_id)
    case.refresh_from_db()
    _refuse_closed(case)
    if by.startswith("staff:") and case.answered_at is None:
        raise Refusal("answer_first")
    if matter.remedies.filter(state__in=["requested", "approved", "executing", "needs_person"]).exists():
        raise Refusal("remedy_open")
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=now, outcome=outcome[:24])
    promises.keep(matter, Kind.RESULT, by=by, now=now)
    promises.withdraw_all(matter, "closed", by=by, now=now)
    journal.record(matter, CaseClosed(outcome=outcome[:24]), by=by, now=now)


@transaction.atomic
def reopen(case: Case, reason: str, *, by: str, now: datetime) -> None:
    """Not solved after all: same matter, same owner, new clocks."""
    matter = journal.lock_one(case.matter_id)
    Case.objects.filter(pk=case.pk).update(state="acknowledged", closed_at=None, outcome="", answered_at=None)
    case.refresh_from_db()
    journal.record(matter, CaseReopened(reason=reason[:80]), by=by, now=now)
    _promise(case, matter, now)


def _refuse_closed(case: Case) -> None:
    if case.state == "closed":
        raise Refusal("case_closed")


@transaction.atomic
def remember_answer(once: Once, answer: dict[str, Any]) -> None:
    """Keep what was answered, without the secret, so that a repeat gets the same."""
    Replay.objects.filter(api_key=once.api_key, key=once.key).update(answer=answer)
