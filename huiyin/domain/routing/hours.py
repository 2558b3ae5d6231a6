"""When a queue answers. Pure; holidays and make-up days (调休) come in as a question about a date.

A rule says on which days and from when to when; several may hold on one day. `work` and `rest` follow the announced
calendar, so that a Sunday worked in exchange is a working day. A span that ends before it begins runs into the next
day and belongs to the day it began on. No rules at all: open day and night.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from huiyin.lib.errors import Refusal

ZONE: Final = ZoneInfo("Asia/Shanghai")
MOST_RULES: Final = 50
FARTHEST_DAYS: Final = 400  # a queue that does not open within this time says that it does not open
_DAY_S: Final = 86_400
_TIME: Final = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_DAYS: Final = ("work", "rest", "all")

IsWorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """Open from `opens` to `closes` (seconds since midnight, `closes` may lie in the next day) on some days."""

    days: str | frozenset[int]  # work | rest | all, or weekdays, Monday 0
    opens: int
    closes: int

    def holds_on(self, day: date, is_working_day: IsWorkingDay) -> bool:
        if isinstance(self.days, frozenset):
            return day.weekday() in self.days
        return self.days == "all" or is_working_day(day) == (self.days == "work")


def rules_from(data: object) -> tuple[Rule, ...]:
    """Read `[{"days": "work" | "rest" | "all" | [0…6], "from": "09:00", "to": "22:00"}]`. Raises Refusal
    `hours_invalid` naming the rule that is wrong."""
    if not isinstance(data, list) or len(data) > MOST_RULES:
        raise Refusal("hours_invalid", number=0)
    return tuple(_rule(one, number) for number, one in enumerate(data, start=1))


def is_open(rules: tuple[Rule, ...], at: datetime, is_working_day: IsWorkingDay) -> bool:
    """Whether somebody answers at this instant."""
    if not rules:
        return True
    local = at.astimezone(ZONE)
    days = (local.date() - timedelta(days=1), local.date())
    return any(opens <= at < closes for day in days for opens, closes in _spans(rules, day, is_working_day))


def opens_at(rules: tuple[Rule, ...], at: datetime, is_working_day: IsWorkingDay) -> datetime | None:
    """The next instant at which somebody answers: `at` itself while open; None when none comes within 400 days."""
    if is_open(rules, at, is_working_day):
        return at
    first = at.astimezone(ZONE).date()
    for ahead in range(FARTHEST_DAYS):
        coming = [opens for opens, _ in _spans(rules, first + timedelta(days=ahead), is_working_day) if opens > at]
        if coming:
            return min(coming)
    return None


def _spans(
    rules: tuple[Rule, ...], day: date, is_working_day: IsWorkingDay
) -> Iterator[tuple[datetime, datetime]]:  # fmt: skip
    midnight = datetime.combine(day, time(), ZONE)
    for rule in rules:
        if rule.holds_on(day, is_working_day):
            yield midnight + timedelta(seconds=rule.opens), midnight + timedelta(seconds=rule.closes)


def _rule(data: object, number: int) -> Rule:
    if not isinstance(data, dict) or data.keys() != {"days", "from", "to"}:
        raise Refusal("hours_invalid", number=number)
    opens, closes = _seconds(data["from"], number), _seconds(data["to"], number)
    if opens in (closes, _DAY_S):
        raise Refusal("hours_invalid", number=number)
    return Rule(_days(data["days"], number), opens, closes if closes > opens else closes + _DAY_S)


def _days(data: object, number: int) -> str | frozenset[int]:
    if isinstance(data, str) and data in _DAYS:
        return data
    known = range(7)
    if isinstance(data, list) and data and all(type(day) is int and day in known for day in data):
        return frozenset(data)
    raise Refusal("hours_invalid", number=number)


def _seconds(data: object, number: int) -> int:
    match = _TIME.fullmatch(data) if isinstance(data, str) else None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 if match else _DAY_S + 1
    if seconds > _DAY_S:
        raise Refusal("hours_invalid", number=number)
    return seconds
