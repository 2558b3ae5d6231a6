"""Where calendars come from: two by name, or given inline as JSON; Chinese holidays from announced years only.

The State Council announces holidays and the weekend days worked in exchange (调休) year by year. `chinesecalendar`
brings those announced when it was released; a newer year is imported as JSON of the `holiday-cn` project. A year that
nobody announced counts Monday to Friday, and every deadline that touches it says that it is estimated.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import chinese_calendar

from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import DAY_S, Calendar, Hours

HOME_ZONE: Final = "Asia/Shanghai"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_HOURS_A_DAY: Final = 24
MOST_HOLIDAYS: Final = 5_000
MOST_SPECIAL_DATES: Final = 1_000
OFFICE_HOURS: Final[Hours] = ((9 * 3600, 18 * 3600),)
_ROUND_THE_CLOCK: Final[Hours] = ((0, DAY_S),)
_KEYS: Final = frozenset({"timezone", "weekly", "holidays", "special"})
_ZONE: Final = re.compile(r"[A-Za-z0-9_+\-]{1,30}(/[A-Za-z0-9_+\-]{1,30}){0,2}")
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """What the State Council announced for one year. It may also change days of the December before."""

    year: int
    off: frozenset[date]
    worked: frozenset[date]  # weekend days worked in exchange


def calendar_from(data: object) -> Calendar:
    """A calendar by name (`"always"`, `"cn"`) or from inline JSON as the API takes it. The Refusal says what is wrong.

    Inline: `{timezone, weekly: {mon: [["09:00", "18:00"], …], …}, holidays: ["2026-10-01", …], special: {date: […]}}`.
    """
    if isinstance(data, str):
        return named(data)
    given = _object(data, "calendar")
    for key in given.keys() - _KEYS:
        raise Refusal("calendar_key_unknown", key=key[:40])
    return Calendar(
        zone=_zone(given.get("timezone", HOME_ZONE)),
        weekly=_weekly(given.get("weekly", {})),
        holidays=frozenset(_date(day) for day in _list(given.get("holidays", []), "holidays", MOST_HOLIDAYS)),
        special=_special(given.get("special", {})),
    )


def named(name: str) -> Calendar:
    """`always` is open day and night; `cn` is Monday to Friday 9 to 18 with Chinese holidays and make-up days."""
    if name == "always":
        return _always()
    if name == "cn":
        return china_calendar(tuple(_IMPORTED))
    raise Refusal("calendar_name_unknown", name=name[:40], known=("always", "cn"))


_IMPORTED: Final[list[HolidayYear]] = []


def import_years(texts: Iterable[str]) -> list[int]:
    """Announced years as JSON texts of `holiday-cn`, for the calendar `cn` of this process; returns the years taken.

    A year without days is passed over: it is not announced yet. Raises Refusal for anything that is not such a year.
    """
    found = []
    for text in texts:
        try:
            found.append(holiday_year_from(json.loads(text)))
        except ValueError as broken:
            raise Refusal("holidays_invalid", reason=str(broken)[:80]) from broken
        except Refusal as no:
            if no.code != "holidays_not_announced":
                raise
    _IMPORTED[:] = sorted(found, key=lambda year: year.year)
    return [year.year for year in _IMPORTED]


@lru_cache(maxsize=16)
def china_calendar(imported: tuple[HolidayYear, ...] = (), hours: Hours = OFFICE_HOURS) -> Calendar:
    """Chinese working days: those `chinesecalendar` knows, imported years on top. Make-up days have the same hours."""
    off, worked = set(chinese_calendar.holidays), set(chinese_calendar.workdays)
    years = {day.year for day in off}
    for announced in imported:
        off = (off - announced.worked) | announced.off
        worked = (worked - announced.off) | announced.worked
        years.add(announced.year)
    weekly = (hours,) * 5 + ((), ())
    special = {day: hours for day in worked if day.weekday() >= 5}
    return Calendar(ZoneInfo(HOME_ZONE), weekly, frozenset(off), special, frozenset(years))


def holiday_year_from(data: object) -> HolidayYear:
    """Read a year of `holiday-cn`: `{year, days: [{name, date, isOffDay}]}`. A year without days is not announced."""
    given = _object(data, "holidays")
    year = given.get("year")
    if isinstance(year, bool) or not isinstance(year, int) or not 1970 <= year < 2200:
        raise Refusal("holidays_year_invalid", year=str(year)[:40])
    days = dict(_announced(day) for day in _list(given.get("days"), "days", MOST_HOLIDAYS))
    if not days:
        raise Refusal("holidays_not_announced", year=year)
    for stray in (day for day in days if abs(day.year - year) > 1):
        raise Refusal("holidays_wrong_year", year=year, date=stray.isoformat())
    off = frozenset(day for day, is_off in days.items() if is_off)
    return HolidayYear(year, off, frozenset(days) - off)


@lru_cache(maxsize=1)
def _always() -> Calendar:
    return Calendar(ZoneInfo(HOME_ZONE), (_ROUND_THE_CLOCK,) * 7)


def _announced(data: object) -> tuple[date, bool]:
    day = _object(data, "days")
    if not isinstance(day.get("isOffDay"), bool):
        raise Refusal("calendar_shape", where="days.isOffDay", expected="true or false")
    return _date(day.get("date")), bool(day["isOffDay"])


def _weekly(data: object) -> tuple[Hours, ...]:
    given = _object(data, "weekly")
    for key in given.keys() - set(WEEKDAYS):
        raise Refusal("calendar_day_unknown", day=key[:40], known=WEEKDAYS)
    return tuple(_hours(given.get(day, []), day) for day in WEEKDAYS)


def _special(data: object) -> Mapping[date, Hours]:
    given = _object(data, "special")
    if len(given) > MOST_SPECIAL_DATES:
        raise Refusal("calendar_too_big", where="special", limit=MOST_SPECIAL_DATES)
    return {_date(day): _hours(hours, day) for day, hours in given.items()}


def _hours(data: object, where: str) -> Hours:
    hours = tuple(sorted(_interval(pair, where) for pair in _list(data, where, MOST_HOURS_A_DAY)))
    if any(later[0] < earlier[1] for earlier, later in pairwise(hours)):
        raise Refusal("calendar_hours_overlap", where=where)
    return hours


def _interval(data: object, where: str) -> tuple[int, int]:
    """`["22:00", "06:00"]` runs into the next day. From a time to itself could mean all or nothing: refused."""
    pair = _list(data, where, 2)
    if len(pair) != 2:
        raise Refusal("calendar_hours_invalid", where=where, value=str(data)[:40])
    opens, closes = _seconds(pair[0], where), _seconds(pair[1], where)
    if opens in (closes, DAY_S):
        raise Refusal("calendar_hours_invalid", where=where, value=str(data)[:40])
    return opens, closes if closes > opens else closes + DAY_S


def _seconds(data: object, where: str) -> int:
    match = _TIME.fullmatch(data) if isinstance(data, str) else None
    if match is None:
        raise Refusal("calendar_hours_invalid", where=where, value=str(data)[:40])
    hour, minute, second = (int(part or 0) for part in match.groups())
    at = hour * 3600 + minute * 60 + second
    if at > DAY_S:
        raise Refusal("calendar_hours_invalid", where=where, value=str(data)[:40])
    return at


def _date(data: object) -> date:
    try:
        if isinstance(data, str) and _DATE.fullmatch(data):
            day = date.fromisoformat(data)
            if 1970 <= day.year < 2200:
                return day
    except ValueError:
        pass  # the 30th of February: refused below like everything else that is no date
    raise Refusal("calendar_date_invalid", value=str(data)[:40])


def _zone(data: object) -> ZoneInfo:
    if isinstance(data, str) and _ZONE.fullmatch(data):
        try:
            return ZoneInfo(data)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # OSError: the name of a folder of zones, such as "America"
    raise Refusal("calendar_zone_unknown", timezone=str(data)[:40])


def _object(data: object, where: str) -> Mapping[str, object]:
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise Refusal("calendar_shape", where=where, expected="object")
    return data


def _list(data: object, where: str, limit: int) -> list[object]:
    if not isinstance(data, list | tuple):
        raise Refusal("calendar_shape", where=where, expected="list")
    if len(data) > limit:
        raise Refusal("calendar_too_big", where=where, limit=limit)
    return list(data)
