"""Asking for a remedy, approving it, carrying it out exactly once."""

import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.brakes import Act, Stop, authority, breaker_trips, stop
from huiyin.domain.orders.events import (
    BreakerTripped,
    RemedyApproved,
    RemedyAsked,
    RemedyDone,
    RemedyFailed,
    RemedyNeedsPerson,
    RemedyStarted,
)
from huiyin.domain.orders.models import LIVE, Breaker, ManualTask, Order, Remedy
from huiyin.domain.orders.plans import Plan
from huiyin.domain.orders.queries import breaker_is_open, given, limits, member_tier, paid_for
from huiyin.domain.orders.shop import Receipt, ReceiptState, RemedyKind, RemedyRequest
from huiyin.domain.orders.steps import steps_for
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from huiyin.lib.seal import seal

BRAKES_LOCK = 4_817_001  # one decision about money at a time: two together could both fit under a limit


@transaction.atomic
def ask_remedy(
    order: Order, plan: Plan, *, by: str, now: datetime, person: Person | None = None, reason: str = ""
) -> Remedy:  # fmt: skip
    """Ask for a remedy; it is approved at once when no brake stops it. The same purpose twice returns the first one.

    `person` is the member of staff who gives it; without one the machine gives it and the breaker applies.
    """
    matter = journal.lock_one(order.matter_id)
    live = Remedy.objects.filter(order=order, purpose=plan.purpose, state__in=LIVE).first()
    if live is not None:
        return live
    why = _brake(order, plan, by, person, now)
    remedy = Remedy.objects.create(
        matter=matter, order=order, key=f"hy-{matter.no}-{secrets.token_hex(6)}", purpose=plan.purpose,
        kind=plan.kind.value, request=_request_json(plan), amount=plan.cost, asked_by=by, reason=reason[:200],
        state="requested" if why else "approved", approved_by="" if why else (by if person else "rules"), asked_at=now,
    )  # fmt: skip
    asked = RemedyAsked(remedy=remedy.pk, kind=remedy.kind, amount=plan.cost, automatic=person is None, stop=why.value)
    journal.record(matter, asked, by=by, now=now)
    if not why:
        journal.record(matter, RemedyApproved(remedy=remedy.pk), by=remedy.approved_by, now=now)
    return remedy


def _brake(order: Order, plan: Plan, by: str, person: Person | None, now: datetime) -> Stop:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BRAKES_LOCK])
    if person is None:
        _watch_the_breaker(order.matter, now)
    act = Act(
        cost=plan.cost, paid=paid_for(order), tier=person.tier if person else "", breaker_open=breaker_is_open(),
        member_tier=member_tier(order),
    )  # fmt: skip
    return stop(act, given(order, by, now), limits())


def _watch_the_breaker(matter: Matter, now: datetime) -> None:
    usual, times = int(settings.BRAKES["usual_per_hour"]), int(settings.BRAKES["breaker_times"])
    recent = Remedy.objects.filter(asked_at__gte=now - timedelta(hours=1))
    asked = recent.exclude(asked_by__startswith="staff:").count() + 1
    if not breaker_trips(asked, usual, times) or breaker_is_open():
        return
    since = Breaker.objects.filter(opened_at__isnull=True, closed_by__gt="").order_by("-pk").first()
    if since and since.asked and asked <= since.asked:
        return  # a supervisor has seen this many and let it go on
    Breaker.objects.create(opened_at=now, reason="too_many", asked=asked, usual=usual)
    journal.record(matter, BreakerTripped(asked=asked, usual=usual), by="system", now=now)


@transaction.atomic
def close_breaker(person: Person, *, now: datetime) -> None:
    """A supervisor has looked: automatic remedies go on. Trips again only above what was seen."""
    if not person.leads:
        raise Refusal("supervisors_only")
    asked = Remedy.objects.filter(asked_at__gte=now - timedelta(hours=1)).count()
    Breaker.objects.filter(opened_at__isnull=False).update(opened_at=None, closed_by=person.by, asked=asked * 2)


def _request_json(plan: Plan) -> dict[str, Any]:
    data = asdict(plan)
    return data | {"kind": plan.kind.value, "cost": str(plan.cost), "amount": str(plan.amount)}


def request_of(remedy: Remedy) -> RemedyRequest:
    """What the shop is asked, always with the same key."""
    asked = remedy.request
    return RemedyRequest(
        key=remedy.key, order_no=remedy.order.order_no, kind=RemedyKind(remedy.kind),
        amount=Money.parse(asked["amount"]), quantity=asked["quantity"], bill_no=asked["bill_no"],
        replaces=tuple(asked["replaces"]), sku=asked["sku"], reason=remedy.reason or "huiyin",
    )  # fmt: skip


@transaction.atomic
def approve(remedy_id: int, person: Person, *, now: datetime) -> Remedy:
    """Four eyes: somebody else than who asked, with authority over this amount."""
    remedy, matter = _locked(remedy_id)
    if remedy.state != "requested":
        raise Refusal("remedy_is", state=remedy.state)
    if remedy.asked_by == person.by:
        raise Refusal("four_eyes")
    limit = authority(person.tier, member_tier(remedy.order))
    if remedy.amount > limit:
        raise Refusal("above_authority", limit=str(limit))
    others = given(remedy.order, person.by, now, but_not=remedy.pk).order
    if remedy.amount + others > paid_for(remedy.order) and not person.leads:
        raise Refusal("supervisors_only")
    _set(remedy, state="approved", approved_by=person.by)
    journal.record(matter, RemedyApproved(remedy=remedy.pk), by=person.by, now=now)
    return remedy


@transaction.atomic
def decline(remedy_id: int, person: Person, reason: str, *, now: datetime) -> Remedy:
    """Not this remedy. The case stays open: "no" is not an end."""
    remedy, matter = _locked(remedy_id)
    if remedy.state not in {"requested", "needs_person"}:
        raise Refusal("remedy_is", state=remedy.state)
    if not reason.strip():
        raise Refusal("say_why")
    _set(remedy, state="failed", detail=reason.strip()[:200], ended_at=now)
    failed = RemedyFailed(remedy=remedy.pk, kind=remedy.kind, reason="declined")
    journal.record(matter, failed, by=person.by, now=now)
    return remedy


@transaction.atomic
def begin(remedy_id: int, *, now: datetime) -> RemedyRequest | None:
    """Commit *executing* before the shop is called. None when there is nothing left to do."""
    remedy, matter = _locked(remedy_id)
    if remedy.state not in {"approved", "executing"}:
        return None
    if remedy.state == "approved":
        _set(remedy, state="executing", executing_at=now, tries=remedy.tries + 1)
        journal.record(matter, RemedyStarted(remedy=remedy.pk, tries=remedy.tries), by="system", now=now)
    return request_of(remedy)


@transaction.atomic
def finish(remedy_id: int, receipt: Receipt, *, now: datetime) -> None:
    """The shop has answered. Keys are sealed; a second answer changes nothing."""
    remedy, matter = _locked(remedy_id)
    if remedy.state != "executing":
        return None
    if receipt.state is ReceiptState.FAILED:
        return fail(remedy_id, receipt.detail or "shop_failed", now=now)
    sealed = seal(settings.SECRET_KEY.encode(), "\n".join(receipt.keys)) if receipt.keys else ""
    pending = receipt.state is ReceiptState.PENDING
    detail = "on_its_way" if pending else receipt.detail[:200]
    _set(remedy, state="done", sealed_keys=sealed, detail=detail, ended_at=now)
    journal.record(matter, RemedyDone(remedy=remedy.pk, kind=remedy.kind, pending=pending), by="shop", now=now)


@transaction.atomic
def fail(remedy_id: int, reason: str, *, now: datetime) -> None:
    """The shop tried and could not. Another remedy may be chosen; a person is told."""
    remedy, matter = _locked(remedy_id)
    if remedy.state != "executing":
        return
    _set(remedy, state="failed", detail=reason[:200], ended_at=now)
    failed = RemedyFailed(remedy=remedy.pk, kind=remedy.kind, reason=reason[:48])
    journal.record(matter, failed, by="shop", now=now)


@transaction.atomic
def hand_to_person(remedy_id: int, reason: str, *, now: datetime) -> None:
    """The shop's software cannot do it, or cannot say whether it did: a manual task with exact steps (RM12)."""
    remedy, matter = _locked(remedy_id)
    if remedy.state not in {"approved", "executing"}:
        return
    _set(remedy, state="needs_person", detail=reason[:200])
    ManualTask.objects.create(remedy=remedy, why=reason[:48], steps=steps_for(request_of(remedy), reason))
    needed = RemedyNeedsPerson(remedy=remedy.pk, kind=remedy.kind, reason=reason[:48])
    journal.record(matter, needed, by="system", now=now)


def _locked(remedy_id: int) -> tuple[Remedy, Matter]:
    matter = journal.lock_one(Remedy.objects.only("matter_id").get(pk=remedy_id).matter_id)
    return Remedy.objects.select_related("order", "order__matter").get(pk=remedy_id), matter


def _set(remedy: Remedy, **changes: object) -> None:
    for name, value in changes.items():
        setattr(remedy, name, value)
    remedy.save(update_fields=list(changes))
