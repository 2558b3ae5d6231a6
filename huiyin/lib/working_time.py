"""When a time span is over, counted in seconds, opening hours, working days or natural days.

A deadline is a pure function of its start, its length and its pauses: it is recomputed, never decremented. All
arithmetic is done in UTC; wall-clock hours of a calendar become UTC instants day by day, so a change of summer time
moves the hours and never a span. The conventions (docs/reference/deadlines.md has them with examples):

- spans of seconds end at the first instant at which they are used up; used up exactly at closing is closing time;
- day counts leave out the day of the start and end at the last microsecond of the local day;
- natural days that end on a holiday roll to the first day after it (Order 121 of the SAMR, Art. 45);
- a pause takes its seconds out; from a day count it takes the local days it covers from midnight to midnight;
- what rests on a year whose holidays nobody has announced is marked `estimated`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from huiyin.lib.errors import Refusal

DAY_S: Final = 86_400
LONGEST_DAYS: Final = 3_660  # ten years: nothing we promise or the law grants comes near
FARTHEST_DAYS: Final = 2 * LONGEST_DAYS  # how far from its start a deadline may fall before we call it unreachable
MOST_PAUSES: Final = 1_000
EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_MOMENT: Final = timedelta(microseconds=1)
_ONE_DAY: Final = timedelta(days=1)
_CACHED_DAYS: Final = 8_000

Hours = tuple[tuple[int, int], ...]
"""Opening hours of one date: (from, to) in seconds since its midnight, ascending; `to` may lie in the next day."""
Span = tuple[datetime, datetime]
"""From and to, in UTC; the end does not belong to it."""


class Unit(StrEnum):
    SECONDS = "seconds"
    WORKING_SECONDS = "working_seconds"
    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count. Both ends are aware datetimes."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """When a span is over (UTC), and whether that rests on a year whose holidays nobody has announced."""

    at: datetime
    estimated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """When somebody is there. Raises Refusal for hours that overlap or never come.

    `weekly` holds seven days, Monday first. Overnight hours belong to the date they begin on, so the night before a
    holiday is worked to its end. `special` gives the hours of single dates (none = closed) and wins over `holidays`.
    A date with hours is a working day. `known_years` None means that the holidays given here are all there are.
    """

    zone: ZoneInfo
    weekly: tuple[Hours, ...]
    holidays: frozenset[date] = frozenset()
    special: Mapping[date, Hours] = field(default_factory=dict)
    known_years: frozenset[int] | None = None
    _days: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not any(self.weekly) and not any(self.special.values()):
            raise Refusal("calendar_never_open")
        _refuse_overlaps(self)

    def hours_on(self, day: date) -> Hours:
        """The opening hours that begin on this date."""
        special = self.special.get(day)
        if special is not None:
            return special
        return () if day in self.holidays else self.weekly[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        return bool(self.hours_on(day))

    def is_holiday(self, day: date) -> bool:
        """Whether a natural-day count may not end here: a named holiday without special hours."""
        return day in self.holidays and not self.special.get(day)

    def knows(self, first: date, last: date) -> bool:
        """Whether the holidays of every year from `first` to `last` have been announced."""
        known = self.known_years
        return known is None or all(year in known for year in range(first.year, last.year + 1))

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The opening hours that begin on this date, as UTC spans."""
        spans = self._days.get(day)
        if spans is None:
            if len(self._days) >= _CACHED_DAYS:
                self._days.clear()
            spans = self._days[day] = tuple(
                (_wall(day, opens, self.zone), _wall(day, closes, self.zone)) for opens, closes in self.hours_on(day)
            )
        return spans


def due(
    start: datetime,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    *,
    roll_weekends: bool = False,
) -> Due:
    """When `amount` units after `start` are over.

    `roll_weekends` carries a natural-day count that ends on any day off to the next working day, not only holidays.
    Raises Refusal: amount_invalid, amount_too_large, time_without_zone, time_out_of_range, pause_invalid,
    too_many_pauses, deadline_too_far.
    """
    begin = _checked(start)
    _refuse_amount(amount, unit)
    stops = _merged(pauses)
    if unit is Unit.SECONDS:
        return Due(_spend(amount, _without(((begin, _far(begin)),), stops)), estimated=False)
    if unit is Unit.WORKING_SECONDS:
        return _due_in_hours(begin, amount, calendar, stops)
    return _due_in_days(begin, amount, unit, calendar, stops, roll_weekends=roll_weekends)


def elapsed(start: datetime, end: datetime, calendar: Calendar | None, pauses: Iterable[Pause] = ()) -> int:
    """Whole seconds of opening hours from `start` to `end`; without a calendar, of wall time. Never negative."""
    begin, until = _checked(start), _checked(end)
    spans: Iterable[Span] = ((begin, until),) if calendar is None else _open_from(begin, calendar, until)
    total = sum(((min(b, until) - a) for a, b in _without(spans, _merged(pauses)) if a < until), timedelta())
    return total // timedelta(seconds=1)


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Whether somebody is there at this instant: at the moment of opening yes, at the moment of closing no."""
    return next_opening(at, calendar) == at


def next_opening(at: datetime, calendar: Calendar) -> datetime | None:
    """The first instant from `at` on at which it is open: `at` itself while open, None if it never opens again."""
    begin = _checked(at)
    first = next(_open_from(begin, calendar, _far(begin)), None)
    return first[0] if first else None


def _due_in_hours(begin: datetime, amount: int, calendar: Calendar, stops: Sequence[Span]) -> Due:
    if amount == 0:
        return Due(begin, estimated=False)
    at = _spend(amount, _without(_open_from(begin, calendar, _far(begin)), stops))
    first, last = (moment.astimezone(calendar.zone).date() for moment in (begin, at))
    return Due(at, estimated=not calendar.knows(first, last))


def _due_in_days(
    begin: datetime, amount: int, unit: Unit, calendar: Calendar, stops: Sequence[Span], *, roll_weekends: bool
) -> Due:
    start_day = begin.astimezone(calendar.zone).date()
    counted = _last_counted_day(start_day, amount, unit, calendar, _whole_days(stops, calendar.zone))
    if unit is Unit.WORKING_DAYS:
        first = min(start_day + _ONE_DAY, counted)
        return Due(_end_of(counted, calendar.zone), estimated=not calendar.knows(first, counted))
    last = _rolled(counted, calendar, roll_weekends=roll_weekends)
    return Due(_end_of(last, calendar.zone), estimated=not calendar.knows(counted, last))


def _last_counted_day(
    start_day: date, amount: int, unit: Unit, calendar: Calendar, paused: Sequence[tuple[date, date]]
) -> date:
    if unit is Unit.NATURAL_DAYS and not paused:
        return start_day + timedelta(days=amount)
    day, left, passed, farthest = start_day, amount, 0, start_day + timedelta(days=FARTHEST_DAYS)
    while left:
        day += _ONE_DAY
        if day > farthest:
            raise Refusal("deadline_too_far", days=FARTHEST_DAYS)
        while passed < len(paused) and paused[passed][1] < day:
            passed += 1
        is_paused = passed < len(paused) and paused[passed][0] <= day
        if not is_paused and (unit is Unit.NATURAL_DAYS or calendar.is_working_day(day)):
            left -= 1
    return day


def _rolled(day: date, calendar: Calendar, *, roll_weekends: bool) -> date:
    farthest = day + timedelta(days=FARTHEST_DAYS)
    while calendar.is_holiday(day) or (roll_weekends and not calendar.is_working_day(day)):
        day += _ONE_DAY
        if day > farthest:
            raise Refusal("deadline_too_far", days=FARTHEST_DAYS)
    return day


def _spend(amount: int, spans: Iterable[Span]) -> datetime:
    """The first instant at which the spans have given `amount` seconds."""
    left = timedelta(seconds=amount)
    for begin, end in spans:
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise Refusal("deadline_too_far", days=FARTHEST_DAYS)


def _open_from(begin: datetime, calendar: Calendar, until: datetime) -> Iterator[Span]:
    """Opening hours from `begin` on, ascending and disjoint, until those that begin after `until`."""
    day = begin.astimezone(calendar.zone).date() - _ONE_DAY  # last night's hours may reach into today
    last = until.astimezone(calendar.zone).date()
    reached = begin
    while day <= last:
        for opens, closes in calendar.spans_on(day):
            if closes > reached:
                yield max(opens, reached), closes
                reached = closes
        day += _ONE_DAY


def _without(spans: Iterable[Span], stops: Sequence[Span]) -> Iterator[Span]:
    """The spans, minus the stops; both ascending and disjoint."""
    passed = 0
    for begin, end in spans:
        while passed < len(stops) and stops[passed][1] <= begin:
            passed += 1
        for stop_begin, stop_end in stops[passed:]:
            if stop_begin >= end:
                break
            if stop_begin > begin:
                yield begin, stop_begin
            begin = min(stop_end, end)
        if begin < end:
            yield begin, end


def _merged(pauses: Iterable[Pause]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for count, (begin, end) in enumerate(sorted((_checked(p.start), _checked(p.end)) for p in pauses)):
        if count >= MOST_PAUSES:
            raise Refusal("too_many_pauses", limit=MOST_PAUSES)
        if end < begin:
            raise Refusal("pause_invalid", start=begin.isoformat(), end=end.isoformat())
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif begin < end:
            merged.append((begin, end))
    return tuple(merged)


def _whole_days(stops: Sequence[Span], zone: ZoneInfo) -> tuple[tuple[date, date], ...]:
    """The local days each stop covers from midnight to midnight, as (first, last)."""
    covered = []
    for begin, end in stops:
        first = begin.astimezone(zone).date()
        first += _ONE_DAY if _wall(first, 0, zone) < begin else timedelta()
        last = end.astimezone(zone).date() - _ONE_DAY
        if first <= last:
            covered.append((first, last))
    return tuple(covered)


def _wall(day: date, seconds: int, zone: ZoneInfo) -> datetime:
    """The instant a local clock shows this time; one that summer time repeats is taken at its first reading."""
    return (datetime.combine(day, time(), tzinfo=zone) + timedelta(seconds=seconds)).astimezone(UTC)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return _wall(day + _ONE_DAY, 0, zone) - _MOMENT


def _far(begin: datetime) -> datetime:
    return begin + timedelta(days=FARTHEST_DAYS)


def _checked(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Refusal("time_without_zone", at=moment.isoformat())
    if not EARLIEST <= moment < LATEST:
        raise Refusal("time_out_of_range", at=moment.isoformat())
    return moment.astimezone(UTC)


def _refuse_amount(amount: int, unit: Unit) -> None:
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise Refusal("amount_invalid", amount=str(amount)[:40])
    limit = LONGEST_DAYS * (DAY_S if unit in (Unit.SECONDS, Unit.WORKING_SECONDS) else 1)
    if amount > limit:
        raise Refusal("amount_too_large", limit=limit, unit=unit.value)


def _refuse_overlaps(calendar: Calendar) -> None:
    """Hours of a week, and of each special date with its neighbours, must not overlap, nights included."""
    week = [(day * DAY_S + a, day * DAY_S + b) for day, hours in enumerate(calendar.weekly) for a, b in hours]
    around = [(a + 7 * DAY_S, b + 7 * DAY_S) for a, b in week[:1]]
    if _overlap(week + around):
        raise Refusal("calendar_hours_overlap", where="weekly")
    for day in calendar.special:
        near = enumerate(calendar.hours_on(day + timedelta(days=shift)) for shift in (-1, 0, 1))
        if _overlap([(n * DAY_S + a, n * DAY_S + b) for n, hours in near for a, b in hours]):
            raise Refusal("calendar_hours_overlap", where=day.isoformat())


def _overlap(spans: Sequence[tuple[int, int]]) -> bool:
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))
