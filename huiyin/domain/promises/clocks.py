"""A clock is one promise running: when it is due, how it stands, when it may pause, who hears of its breach.

Everything follows from a start, a length and the events since; nothing is counted down. We may stop our own clock only
while we wait for one thing the category lists and we do not hold, once per thing and a day in all. A term set by law
never pauses; the times the law itself leaves out are events of their own. Only what we owe can be broken.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, Self

from huiyin.domain.promises.promises import HOUR, Obligor, State
from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import Calendar, Due, Pause, Unit, due, elapsed

MOST_PAUSED_S: Final = 24 * HOUR
_IN_DAYS: Final = frozenset({Unit.WORKING_DAYS, Unit.NATURAL_DAYS})


class ClockVerb(StrEnum):
    PAUSED = "paused"  # we wait for `item`
    RESUMED = "resumed"
    EXCLUSION_BEGAN = "exclusion_began"  # time the law does not count, e.g. an appraisal (Order 121, Art. 22)
    EXCLUSION_ENDED = "exclusion_ended"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


_ENDINGS: Final = frozenset({ClockVerb.KEPT, ClockVerb.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened to a clock; a clock holds its events in the order of their times."""

    at: datetime
    verb: ClockVerb
    item: str = ""  # what we wait for

    def as_json(self) -> dict[str, str]:
        return {"at": self.at.isoformat(), "verb": self.verb.value, "item": self.item}

    @classmethod
    def read(cls, data: Mapping[str, str]) -> Self:
        """The inverse of `as_json`."""
        return cls(datetime.fromisoformat(data["at"]), ClockVerb(data["verb"]), data.get("item", ""))


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise as the rules see it. `legal`: the term is set by law and nobody here pauses it."""

    started: datetime
    amount: int
    unit: Unit
    calendar: Calendar
    events: tuple[ClockEvent, ...] = ()
    obligor: Obligor = Obligor.US
    legal: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise stands at one moment.

    `remaining_s` is in the clock's own time: it stands still during a pause and, for opening hours, outside them (for
    day counts it is wall time). `left` is the same as a fraction for the ring: 1.0 at the start, 0.0 when used up.
    """

    state: State
    due: Due
    remaining_s: int
    left: float
    is_amber: bool  # running, and in its last fifth
    is_overdue: bool  # past due and not done in time, whoever owes it


def due_of(clock: Clock) -> Due:
    """When the clock runs out. A pause nobody ended is taken to last until all pauses together reach 24 hours."""
    return due(clock.started, clock.amount, clock.unit, clock.calendar, pauses_of(clock))


def warn_at(clock: Clock) -> datetime:
    """When four fifths of the time are used up: the ring turns amber and the owner is warned."""
    if clock.unit in _IN_DAYS:
        return clock.started + (due_of(clock).at - clock.started) * 4 / 5
    return due(clock.started, clock.amount * 4 // 5, clock.unit, clock.calendar, pauses_of(clock)).at


def standing(clock: Clock, now: datetime) -> Standing:
    """State, time left and colour of the ring at `now`; a clock that has ended stands as it did then."""
    end, until = due_of(clock), _ending(clock)
    at = until.at if until else now
    total = _total_s(clock, end)
    remaining = max(0, total - _used_s(clock, at))
    state = _state(clock, until, end.at, now)
    return Standing(
        state=state,
        due=end,
        remaining_s=remaining,
        left=remaining / total if total else 0.0,
        is_amber=state is State.RUNNING and at >= warn_at(clock),
        is_overdue=state is not State.WITHDRAWN and at > end.at,
    )


def pauses_of(clock: Clock) -> tuple[Pause, ...]:
    """The times that do not count: our pauses up to 24 hours in all, and what the law leaves out once that is over."""
    excluded = _between(clock.events, ClockVerb.EXCLUSION_BEGAN, ClockVerb.EXCLUSION_ENDED)
    left_out = tuple(Pause(begin, end) for begin, end in excluded if end is not None)
    return left_out if clock.legal else left_out + _waits(clock)


def may_pause(clock: Clock, item: str, listed: Collection[str], held: Collection[str], now: datetime) -> Refusal | None:
    """Why the clock may not wait for `item`, or None. `listed`: what the category may ask for; `held`: what we have."""
    if clock.legal:
        return Refusal("pause_legal_clock")
    if clock.obligor is not Obligor.US:
        return Refusal("pause_not_ours", obligor=clock.obligor.value)
    if item not in listed:
        return Refusal("pause_not_listed", item=item)
    if item in held:
        return Refusal("pause_already_held", item=item)
    return _refuse_second_pause(clock, item, now)


def _refuse_second_pause(clock: Clock, item: str, now: datetime) -> Refusal | None:
    if any(event.verb is ClockVerb.PAUSED and event.item == item for event in clock.events):
        return Refusal("pause_once_per_item", item=item)
    state = standing(clock, now).state
    if state is not State.RUNNING:
        return Refusal("pause_not_running", state=state.value)
    if _length(_waits(clock)) >= timedelta(seconds=MOST_PAUSED_S):
        return Refusal("pause_used_up", limit_s=MOST_PAUSED_S)
    return None


def _state(clock: Clock, until: ClockEvent | None, end: datetime, now: datetime) -> State:
    if until is not None and until.verb is ClockVerb.WITHDRAWN:
        return State.WITHDRAWN
    is_late = (until.at if until else now) > end
    if is_late and clock.obligor is Obligor.US:
        return State.BROKEN
    if until is not None:
        return State.KEPT
    return State.PAUSED if any(wait.start <= now < wait.end for wait in pauses_of(clock)) else State.RUNNING


def _ending(clock: Clock) -> ClockEvent | None:
    return next((event for event in clock.events if event.verb in _ENDINGS), None)


def _waits(clock: Clock) -> tuple[Pause, ...]:
    """Our pauses, cut off where they reach the limit together."""
    left, waits = timedelta(seconds=MOST_PAUSED_S), []
    for begin, end in _between(clock.events, ClockVerb.PAUSED, ClockVerb.RESUMED):
        wait = Pause(begin, begin + left if end is None else min(end, begin + left))
        left -= wait.end - wait.start
        waits.append(wait)
    return tuple(waits)


def _between(
    events: Iterable[ClockEvent], begins: ClockVerb, ends: ClockVerb
) -> list[tuple[datetime, datetime | None]]:
    """The times from each `begins` to the next `ends` or the end of the clock; None = still going on."""
    spans: list[tuple[datetime, datetime | None]] = []
    since: datetime | None = None
    for event in events:
        if event.verb is begins and since is None:
            since = event.at
        elif since is not None and (event.verb is ends or event.verb in _ENDINGS):
            spans.append((since, max(since, event.at)))
            since = None
    return spans if since is None else [*spans, (since, None)]


def _length(pauses: Iterable[Pause]) -> timedelta:
    return sum((pause.end - pause.start for pause in pauses), timedelta())


def _total_s(clock: Clock, end: Due) -> int:
    return int((end.at - clock.started).total_seconds()) if clock.unit in _IN_DAYS else clock.amount


def _used_s(clock: Clock, at: datetime) -> int:
    """How much of the clock's own time has gone by. Day counts run on the wall: their due date has moved already."""
    if clock.unit in _IN_DAYS:
        return elapsed(clock.started, at, None)
    calendar = clock.calendar if clock.unit is Unit.WORKING_SECONDS else None
    return elapsed(clock.started, at, calendar, pauses_of(clock))


class Level(StrEnum):
    """Who holds a matter inside the house."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken promise and who is to hear of it."""

    person: str
    promise_id: int
    due: datetime


def on_breach(level: Level) -> Level:
    """Where a matter stands after one more broken promise: one step up, and operations is the top."""
    return Level.SUPERVISOR if level is Level.OWNER else Level.OPERATIONS


def digests(breaches: Iterable[Breach]) -> dict[str, tuple[Breach, ...]]:
    """One message per person, oldest breach first: after an outage nobody gets 500 mails."""
    ordered = sorted(breaches, key=lambda breach: (breach.person, breach.due, breach.promise_id))
    return {person: tuple(theirs) for person, theirs in groupby(ordered, key=lambda breach: breach.person)}
