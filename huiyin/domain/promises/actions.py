"""Making promises, keeping them, noticing when they break."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.promises.clocks import Clock, ClockEvent, ClockVerb, due_of, warn_at
from huiyin.domain.promises.events import (
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseNearBreach,
    PromisePaused,
    PromiseResumed,
    PromiseWithdrawn,
)
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import OBLIGORS, Kind, Obligor, Term
from huiyin.domain.promises.queries import RUNS
from huiyin.lib.calendars import named
from huiyin.lib.working_time import Unit


def clock_of(promise: Promise) -> Clock:
    """The pure clock behind a row."""
    return Clock(
        started=promise.started, amount=promise.amount, unit=Unit(promise.unit), calendar=named(promise.calendar),
        events=tuple(ClockEvent.read(event) for event in promise.events), obligor=Obligor(promise.obligor),
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def make(
    matter: Matter, kind: Kind, term: Term, *, by: str, now: datetime, calendar: str = "always"
) -> Promise:  # fmt: skip
    """Promise something on a locked matter. While one of this kind runs, it stands: promising twice changes nothing."""
    running = Promise.objects.filter(matter=matter, kind=kind.value, state__in=RUNS, about="").first()
    return running or _make(matter, kind, term, Maker(by, now, calendar))


@transaction.atomic(savepoint=False)
def make_about(matter: Matter, kind: Kind, term: Term, about: str, *, by: str, now: datetime) -> Promise:
    """As `make`, for one of several things on a matter, each with a clock of its own."""
    running = Promise.objects.filter(matter=matter, kind=kind.value, state__in=RUNS, about=about).first()
    return running or _make(matter, kind, term, Maker(by, now), about)


@transaction.atomic(savepoint=False)
def make_all(
    matter: Matter, terms: Mapping[Kind, Term], *, by: str, now: datetime, calendars: Mapping[Kind, str]
) -> None:  # fmt: skip
    """As `make`, for several kinds at once; `calendars`: which one each is counted in, `always` where none is named."""
    running = set(Promise.objects.filter(matter=matter, state__in=RUNS, about="").values_list("kind", flat=True))
    new = [
        _new(matter, kind, term, Maker(by, now, calendars.get(kind, "always")))
        for kind, term in terms.items() if kind.value not in running
    ]  # fmt: skip
    Promise.objects.bulk_create(new)
    journal.record_all(matter, [_made(promise) for promise in new], by=by, now=now)


@transaction.atomic(savepoint=False)
def keep_all(matter: Matter, kinds: Sequence[Kind], *, by: str, now: datetime) -> None:
    """As `keep`, for several kinds at once."""
    wanted = [kind.value for kind in kinds]
    running = list(Promise.objects.filter(matter=matter, kind__in=wanted, state__in=RUNS, about=""))
    for late in [promise for promise in running if now > promise.due and promise.obligor == "us"]:
        running.remove(late)
        _break(late, matter, now)
    if running:
        Promise.objects.filter(pk__in=[promise.pk for promise in running]).update(state="kept", ended_at=now)
        running.sort(key=lambda promise: wanted.index(promise.kind))
        events = [PromiseKept(kind=promise.kind, due=promise.due, about="") for promise in running]
        journal.record_all(matter, events, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Maker:
    """Who promises, when, and in which calendar."""

    by: str
    now: datetime
    calendar: str = "always"


def _make(matter: Matter, kind: Kind, term: Term, maker: Maker, about: str = "") -> Promise:
    promise = _new(matter, kind, term, maker, about)
    promise.save(force_insert=True)
    journal.record(matter, _made(promise), by=maker.by, now=maker.now)
    return promise


def _new(matter: Matter, kind: Kind, term: Term, maker: Maker, about: str = "") -> Promise:
    now, calendar = maker.now, maker.calendar
    clock = Clock(started=now, amount=term.amount, unit=term.unit, calendar=named(calendar))
    due = due_of(clock)
    return Promise(
        matter=matter, kind=kind.value, about=about, obligor=OBLIGORS.get(kind, Obligor.US).value,
        reason=term.reason_code, started=now, amount=term.amount,
        unit=term.unit.value, calendar=calendar, warn_at=warn_at(clock), due=due.at, estimated=due.estimated,
    )  # fmt: skip


def _made(promise: Promise) -> PromiseMade:
    return PromiseMade(
        kind=promise.kind, due=promise.due, reason=promise.reason, estimated=promise.estimated, about=promise.about
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def keep(matter: Matter, kind: Kind, *, by: str, now: datetime, about: str = "") -> bool:
    """What was promised is done. True when a promise of this kind was running; a broken one stays broken."""
    promise = Promise.objects.filter(matter=matter, kind=kind.value, state__in=RUNS, about=about).first()
    if promise is None:
        return False
    if now > promise.due and promise.obligor == "us":
        _break(promise, matter, now)
        return False
    Promise.objects.filter(pk=promise.pk).update(state="kept", ended_at=now)
    journal.record(matter, PromiseKept(kind=kind.value, due=promise.due, about=about), by=by, now=now)
    return True


@transaction.atomic(savepoint=False)
def withdraw(matter: Matter, kind: Kind, reason: str, *, by: str, now: datetime, about: str | None = None) -> None:
    """The promise has no object any more: the matter ended another way. Without `about` all of this kind."""
    running = Promise.objects.filter(matter=matter, kind=kind.value, state__in=RUNS)
    for promise in running if about is None else running.filter(about=about):
        Promise.objects.filter(pk=promise.pk).update(state="withdrawn", ended_at=now)
        withdrawn = PromiseWithdrawn(kind=kind.value, reason=reason, about=promise.about)
        journal.record(matter, withdrawn, by=by, now=now)


@transaction.atomic(savepoint=False)
def withdraw_all(matter: Matter, reason: str, *, by: str, now: datetime) -> None:
    """End every running promise of a matter that is settled."""
    running = list(Promise.objects.filter(matter=matter, state__in=RUNS))
    if running:
        Promise.objects.filter(pk__in=[promise.pk for promise in running]).update(state="withdrawn", ended_at=now)
    events = [PromiseWithdrawn(kind=promise.kind, reason=reason, about=promise.about) for promise in running]
    journal.record_all(matter, events, by=by, now=now)


@transaction.atomic
def pause(promise: Promise, item: str, *, by: str, now: datetime) -> None:
    """Wait for one thing from the buyer. Whether that is allowed, `clocks.may_pause` has said."""
    matter = journal.lock_one(promise.matter_id)
    _append(promise, ClockEvent(now, ClockVerb.PAUSED, item), "paused")
    journal.record(matter, PromisePaused(kind=promise.kind, item=item), by=by, now=now)


@transaction.atomic
def resume(promise: Promise, *, by: str, now: datetime) -> None:
    """The thing came, or the wait was long enough: it is our turn again."""
    matter = journal.lock_one(promise.matter_id)
    _append(promise, ClockEvent(now, ClockVerb.RESUMED), "running")
    journal.record(matter, PromiseResumed(kind=promise.kind, due=promise.due), by=by, now=now)


def _append(promise: Promise, event: ClockEvent, state: str) -> None:
    clock = clock_of(promise)
    clock = replace(clock, events=(*clock.events, event))
    promise.events = [known.as_json() for known in clock.events]
    promise.state, promise.due, promise.warn_at = state, due_of(clock).at, warn_at(clock)
    promise.save(update_fields=["events", "state", "due", "warn_at"])


@transaction.atomic
def warn(promise_id: int, *, now: datetime) -> None:
    """The last fifth has begun: say so once."""
    promise = Promise.objects.get(pk=promise_id)
    matter = journal.lock_one(promise.matter_id)
    unwarned = Promise.objects.filter(pk=promise_id, state__in=RUNS, warned_at__isnull=True, warn_at__lte=now)
    if unwarned.update(warned_at=now):
        journal.record(matter, PromiseNearBreach(kind=promise.kind, due=promise.due), by="system", now=now)


@transaction.atomic
def break_due(promise_id: int, *, now: datetime) -> None:
    """Time is up. A promise of ours breaks and is counted; one of the buyer or an authority just ends."""
    matter = journal.lock_one(Promise.objects.only("matter_id").get(pk=promise_id).matter_id)
    promise = Promise.objects.filter(pk=promise_id, state__in=RUNS, due__lte=now).first()
    if promise is None:
        return None
    if promise.obligor == "us":
        return _break(promise, matter, now)
    Promise.objects.filter(pk=promise.pk).update(state="withdrawn", ended_at=now)
    over = PromiseWithdrawn(kind=promise.kind, reason="not_ours", about=promise.about)
    journal.record(matter, over, by="system", now=now)


def break_overdue(matter: Matter, *, now: datetime) -> None:
    """Break what is late on a locked matter before anything else is done there, so that what follows from it is not
    mixed with what somebody is about to do."""
    late = Promise.objects.filter(matter=matter, state__in=RUNS, due__lt=now).order_by("due")
    for promise_id in list(late.values_list("pk", flat=True)):
        break_due(promise_id, now=now)


def _break(promise: Promise, matter: Matter, now: datetime) -> None:
    Promise.objects.filter(pk=promise.pk).update(state="broken", ended_at=now)
    journal.record(matter, PromiseBroken(kind=promise.kind, due=promise.due, about=promise.about), by="system", now=now)


def mark_told(promise_ids: list[int], *, now: datetime) -> int:
    """Somebody was told that these broke; returns how many were news. Not a fact: the breach itself is one."""
    return Promise.objects.filter(pk__in=promise_ids, state="broken", told_at__isnull=True).update(told_at=now)
