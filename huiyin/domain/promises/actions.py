"""Making promises, keeping them, noticing when they break."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import current, verb
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
from huiyin.domain.promises.queries import RUNS, of_matter
from huiyin.lib.calendars import named
from huiyin.lib.postgresql.often import change_all, insert
from huiyin.lib.working_time import Unit

_NOTE = "promises"


def of(matter: Matter) -> list[Promise]:
    """All promises of a matter, oldest first. Within a verb that has locked it they are read once."""
    chapter = current()
    if chapter is None or matter.pk not in chapter.matters:
        return of_matter(matter.pk)
    if (_NOTE, matter.pk) not in chapter.notes:
        chapter.notes[_NOTE, matter.pk] = [] if matter.pk in chapter.opened else of_matter(matter.pk)
    found: list[Promise] = chapter.notes[_NOTE, matter.pk]
    return found


def running(matter: Matter, *kinds: Kind, about: str | None = None) -> list[Promise]:
    """Those that run or stand still, of these kinds and about this thing, where they are named."""
    return [
        one for one in of(matter)
        if one.state in RUNS and (not kinds or one.kind in kinds) and about in (None, one.about)
    ]  # fmt: skip


def clock_of(promise: Promise) -> Clock:
    """The pure clock behind a row."""
    return Clock(
        started=promise.started, amount=promise.amount, unit=Unit(promise.unit), calendar=named(promise.calendar),
        events=tuple(ClockEvent.read(event) for event in promise.events), obligor=Obligor(promise.obligor),
    )  # fmt: skip


@verb
def make(
    matter: Matter, kind: Kind, term: Term, *, by: str, now: datetime, calendar: str = "always"
) -> Promise:  # fmt: skip
    """Promise something on a locked matter. While one of this kind runs, it stands: promising twice changes nothing."""
    stands = next(iter(running(matter, kind, about="")), None)
    return stands or _make(matter, [_new(matter, kind, term, Maker(by, now, calendar))], by, now)[0]


@verb
def make_about(matter: Matter, kind: Kind, term: Term, about: str, *, by: str, now: datetime) -> Promise:
    """As `make`, for one of several things on a matter, each with a clock of its own."""
    stands = next(iter(running(matter, kind, about=about)), None)
    return stands or _make(matter, [_new(matter, kind, term, Maker(by, now), about)], by, now)[0]


@verb
def commit(matter: Matter, what: str, until: datetime, about: str, *, by: str, now: datetime) -> Promise:
    """CP14: somebody said what they will do until when. Each has a clock of its own; `what` is told in their words."""
    seconds = max(1, ceil((until - now).total_seconds()))  # up: 18:00 must not be shown as 17:59
    term = Term(seconds, Unit.SECONDS, "commitment")
    promise = _new(matter, Kind.COMMITMENT, term, Maker(by, now), about)
    promise.words = what[:200]
    return _make(matter, [promise], by, now)[0]


@verb
def make_all(
    matter: Matter, terms: Mapping[Kind, Term], *, by: str, now: datetime, calendars: Mapping[Kind, str]
) -> None:  # fmt: skip
    """As `make`, for several kinds at once; `calendars`: which one each is counted in, `always` where none is named."""
    stand = {promise.kind for promise in running(matter, about="")}
    new = [
        _new(matter, kind, term, Maker(by, now, calendars.get(kind, "always")))
        for kind, term in terms.items() if kind.value not in stand
    ]  # fmt: skip
    _make(matter, new, by, now)


@verb
def keep_all(matter: Matter, kinds: Sequence[Kind], *, by: str, now: datetime) -> None:
    """As `keep`, for several kinds at once."""
    _keep(matter, [one for kind in kinds for one in running(matter, kind, about="")], by, now)


@dataclass(frozen=True, slots=True)
class Maker:
    """Who promises, when, and in which calendar."""

    by: str
    now: datetime
    calendar: str = "always"


def _make(matter: Matter, new: list[Promise], by: str, now: datetime) -> list[Promise]:
    known = of(matter)
    known += insert(new)
    journal.record_all(matter, [_made(promise) for promise in new], by=by, now=now)
    return new


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


@verb
def keep(matter: Matter, kind: Kind, *, by: str, now: datetime, about: str = "") -> bool:
    """What was promised is done. True when a promise of this kind was running; a broken one stays broken."""
    return _keep(matter, running(matter, kind, about=about), by, now)


def _keep(matter: Matter, promises: Sequence[Promise], by: str, now: datetime) -> bool:
    """Those that are late break instead. True when one was kept."""
    late = [promise for promise in promises if now > promise.due and promise.obligor == "us"]
    for promise in late:
        _break(promise, matter, now)
    kept = [promise for promise in promises if promise not in late]
    change_all(kept, state="kept", ended_at=now)
    events = [PromiseKept(kind=promise.kind, due=promise.due, about=promise.about) for promise in kept]
    journal.record_all(matter, events, by=by, now=now)
    return bool(kept)


@verb
def withdraw(matter: Matter, kind: Kind, reason: str, *, by: str, now: datetime, about: str | None = None) -> None:
    """The promise has no object any more: the matter ended another way. Without `about` all of this kind."""
    _withdraw(matter, running(matter, kind, about=about), reason, by, now)


@verb
def withdraw_all(matter: Matter, reason: str, *, by: str, now: datetime) -> None:
    """End every running promise of a matter that is settled."""
    _withdraw(matter, running(matter), reason, by, now)


def _withdraw(matter: Matter, promises: Sequence[Promise], reason: str, by: str, now: datetime) -> None:
    change_all(promises, state="withdrawn", ended_at=now)
    events = [PromiseWithdrawn(kind=promise.kind, reason=reason, about=promise.about) for promise in promises]
    journal.record_all(matter, events, by=by, now=now)


@verb
def pause(promise: Promise, item: str, *, by: str, now: datetime) -> None:
    """Wait for one thing from the buyer. Whether that is allowed, `clocks.may_pause` has said."""
    matter = journal.lock_one(promise.matter_id)
    _append(_ours(matter, promise), ClockEvent(now, ClockVerb.PAUSED, item), "paused")
    journal.record(matter, PromisePaused(kind=promise.kind, item=item), by=by, now=now)


@verb
def resume(promise: Promise, *, by: str, now: datetime) -> None:
    """The thing came, or the wait was long enough: it is our turn again."""
    matter = journal.lock_one(promise.matter_id)
    ours = _append(_ours(matter, promise), ClockEvent(now, ClockVerb.RESUMED), "running")
    journal.record(matter, PromiseResumed(kind=ours.kind, due=ours.due), by=by, now=now)


def _ours(matter: Matter, promise: Promise) -> Promise:
    """The one object of this promise in this verb."""
    return next(one for one in of(matter) if one.pk == promise.pk)


def _append(promise: Promise, event: ClockEvent, state: str) -> Promise:
    clock = clock_of(promise)
    clock = replace(clock, events=(*clock.events, event))
    events, due = [known.as_json() for known in clock.events], due_of(clock).at
    change_all([promise], events=events, state=state, due=due, warn_at=warn_at(clock))
    return promise


@verb
def warn(promise_id: int, *, now: datetime) -> None:
    """The last fifth has begun: say so once."""
    promise = Promise.objects.get(pk=promise_id)
    matter = journal.lock_one(promise.matter_id)
    unwarned = Promise.objects.filter(pk=promise_id, state__in=RUNS, warned_at__isnull=True, warn_at__lte=now)
    if unwarned.update(warned_at=now):
        journal.record(matter, PromiseNearBreach(kind=promise.kind, due=promise.due), by="system", now=now)


@verb
def break_due(promise_id: int, *, now: datetime) -> None:
    """Time is up. A promise of ours breaks and is counted; one of the buyer or an authority just ends."""
    matter = journal.lock_one(Promise.objects.only("matter_id").get(pk=promise_id).matter_id)
    promise = next((one for one in running(matter) if one.pk == promise_id and one.due <= now), None)
    if promise is not None:
        _end(promise, matter, now)


def break_overdue(matter: Matter, *, now: datetime) -> None:
    """Break what is late on a locked matter before anything else is done there, so that what follows from it is not
    mixed with what somebody is about to do."""
    for promise in sorted((one for one in running(matter) if one.due < now), key=lambda one: one.due):
        if promise.state in RUNS:  # what followed from an earlier one may have ended it
            _end(promise, matter, now)


def _end(promise: Promise, matter: Matter, now: datetime) -> None:
    if promise.obligor == "us":
        return _break(promise, matter, now)
    change_all([promise], state="withdrawn", ended_at=now)
    over = PromiseWithdrawn(kind=promise.kind, reason="not_ours", about=promise.about)
    journal.record(matter, over, by="system", now=now)


def _break(promise: Promise, matter: Matter, now: datetime) -> None:
    change_all([promise], state="broken", ended_at=now)
    journal.record(matter, PromiseBroken(kind=promise.kind, due=promise.due, about=promise.about), by="system", now=now)


def mark_told(promise_ids: list[int], *, now: datetime) -> int:
    """Somebody was told that these broke; returns how many were news. Not a fact: the breach itself is one."""
    return Promise.objects.filter(pk__in=promise_ids, state="broken", told_at__isnull=True).update(told_at=now)
