"""What a demand says in figures: sums of money, and until when; in digits and in Chinese numerals."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from huiyin.lib.calendars import named
from huiyin.lib.money import Money
from huiyin.lib.working_time import Unit, due

LONGEST: Final = 4_000  # characters we read of a demand
MOST_WORKING_DAYS: Final = 60  # nobody means more
_MOST: Final = 10**10  # yuan; a longer row of digits is no sum
_BLANK: Final = r"\s{0,3}"
_DIGIT: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000}
_SECTIONS: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_TIMES: Final = {"": 1, "k": 1_000} | _UNITS | _SECTIONS
_HAN: Final = (
    "[一二两兩三四五六七八九十][零〇一二两兩三四五六七八九十百千万萬亿億]{0,11}"  # 千万 alone is "by all means"
)
_FEW: Final = "[一二两兩三四五六七八九十][一二三四五六七八九十]{0,2}"
_SUM: Final = re.compile(
    rf"(?P<take>[把将]{_BLANK})?(?P<verb>[赔賠退还還补補](?:偿|償|还|還|回|付|给|給)?我?{_BLANK})?(?P<sign>[¥￥]{_BLANK})?"
    rf"(?:(?P<digits>\d{{1,3}}(?:,\d{{3}}){{1,4}}(?:\.\d{{1,6}})?|\d{{1,40}}(?:\.\d{{1,6}})?)"
    rf"{_BLANK}(?P<times>[百千万萬亿億k]?)|(?P<han>{_HAN}))"
    rf"{_BLANK}(?P<unit>(?:元|块钱?|塊錢?|yuan|rmb|cny))?(?P<other>[\d张張个個份次积積天日小分点點月年周号號折倍笔筆单單火])?(?P<back>(?=(?:都|全)?[退还還返赔賠]))?"
)


def plain(text: str) -> str:
    """As these modules read it: one width, lower case, and no longer than anybody writes."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).lower()


def amounts_in(text: str) -> list[Money]:
    """Sums in yuan: with a sign or a unit, in ten thousands, or right after what shall be done with them."""
    return list(_sums(plain(text)))


def _sums(text: str) -> Iterator[Money]:
    for match in _SUM.finditer(text):
        if _is_sum(match) and (amount := _money(match)) is not None:
            yield amount


def _is_sum(match: re.Match[str]) -> bool:
    if match["sign"]:
        return True
    if match["unit"]:
        return (match["han"], match["unit"]) != ("一", "块")  # 一块 is "together"
    if match["other"]:
        return False
    figure = match["han"] or match["times"] or ""
    if any(big in figure for big in _SECTIONS):
        return True
    is_round = any(unit in figure for unit in ("百", "千", "k"))
    is_named = match["verb"] or (match["take"] and match["back"] is not None)  # 把89.9退给我
    return bool(is_named) and (is_round or 2 <= len(match["digits"] or "") <= 6)


def _money(match: re.Match[str]) -> Money | None:
    if match["han"]:
        yuan = number_of(match["han"])
        return Money(yuan * 100) if yuan <= _MOST else None
    digits, times = match["digits"].replace(",", ""), _TIMES[match["times"]]
    whole, _, part = digits.partition(".")
    return Money(Money.parse(digits).fen * times) if len(part) <= 2 and len(whole) <= 10 else None


def number_of(han: str) -> int:
    """一百二 → 120, 两万五 → 25000, 一千零五 → 1005."""
    total = section = digit = 0
    for sign in han:
        if sign in _DIGIT:
            digit = _DIGIT[sign]
        elif sign in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[sign], 0
        else:
            total, section, digit = (total + section + digit) * _SECTIONS[sign], 0, 0
    before = _TIMES.get(han[-2:-1], 1)  # a digit right after 百 counts tens
    return total + section + digit * max(1, before // 10)


_SPAN: Final = re.compile(
    rf"(?P<n>\d{{1,3}}|半|{_FEW}){_BLANK}个?(?P<unit>分钟|小时|工作日|天|日|周|星期|月){_BLANK}(?:[之以]?[内內]|[之以]?后)"
    rf"|\b(?:within|in){_BLANK}(?P<en>\d{{1,3}}){_BLANK}(?P<unit_en>minute|hour|day|week|month)"
)
_LONG: Final = {
    "分钟": timedelta(minutes=1), "小时": timedelta(hours=1), "天": timedelta(days=1), "日": timedelta(days=1),
    "周": timedelta(days=7), "星期": timedelta(days=7), "月": timedelta(days=30),
    "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7),
    "month": timedelta(days=30),
}  # fmt: skip
_DAY: Final = re.compile(
    r"(?:(?P<named>今[天日晚]|明[天日晚]|后天|大后天)|(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?"
    r"|(?P<week>[本这下])?(?:周|星期)(?P<weekday>[一二三四五六日天]))"
    r"(?P<rest>[^，。,.;；!！?？\n前内]{0,8})(?:[之以]?前|[之以]?内)"
    r"|\bby (?P<named_en>today|tonight|tomorrow)\b"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
MONTH_DAY: Final = re.compile(
    rf"\b(?:by|before|until){_BLANK}"
    rf"(?:{_MONTH}{_BLANK}(\d{{1,2}})|(\d{{1,2}})(?:st|nd|rd|th)?{_BLANK}(?:of )?{_MONTH})\b"
)
_NAMED: Final = {"今": 0, "明": 1, "后": 2, "大": 3, "t": 0}
_HOUR: Final = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})|[点时])")


def time_in(text: str, now: datetime) -> datetime | None:
    """Until when something is wanted, as far as the text says it in a way we read; the end of a day that is named."""
    said, here = plain(text), now.astimezone(ZoneInfo(settings.TIME_ZONE))
    by = _by_day(said, here) or _by_month(said, here) or _by_span(said, here)
    return by if by is not None and by > now else None


def _by_span(text: str, here: datetime) -> datetime | None:
    match = _SPAN.search(text)
    if match is None:
        return None
    n, unit = match["n"] or match["en"], match["unit"] or match["unit_en"]
    many = 0.5 if n == "半" else int(n) if n.isdecimal() else number_of(n)
    if unit == "工作日":
        days = min(max(1, int(many)), MOST_WORKING_DAYS)
        last = due(here, days, Unit.WORKING_DAYS, named("cn")).at.astimezone(here.tzinfo)
        return _end_of(last.date(), here)
    long = many * _LONG[unit]
    return here + long if long < timedelta(hours=1) else _whole_hour(here + long)


def _end_of(day: date, here: datetime) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), here.tzinfo)


def _by_day(text: str, here: datetime) -> datetime | None:
    match = _DAY.search(text)
    day = _day_of(match, here.date()) if match is not None else None
    if match is None or day is None:
        return None
    rest = match["rest"] or ""
    if "中午" in rest:
        return datetime.combine(day, time(12), here.tzinfo)
    return _by_hour(rest, day, here, is_late="晚" in rest + (match["named"] or "") or "下午" in rest)


def _by_month(text: str, here: datetime) -> datetime | None:
    """By Dec 5, before 5 December."""
    match = MONTH_DAY.search(text)
    if match is None:
        return None
    month = _MONTHS.index(match[1] or match[4]) + 1
    day = _next(month, int(match[2] or match[3]), here.date())
    return _end_of(day, here) if day is not None else None


def _by_hour(rest: str, day: date, here: datetime, *, is_late: bool) -> datetime:
    """Twelve at night and no hour at all are the end of the day."""
    at = _HOUR.search(rest)
    hour, minute = (int(at["hour"]), int(at["minute"] or 0)) if at is not None else (24, 0)
    hour += 12 * (is_late and hour <= 12)
    if hour >= 24 or minute >= 60:
        return _end_of(day, here)
    return datetime.combine(day, time(hour, minute), here.tzinfo)


def _day_of(match: re.Match[str], today: date) -> date | None:
    if named := match["named"] or match["named_en"]:
        return today + timedelta(days=1 if named == "tomorrow" else _NAMED[named[0]])
    if match["weekday"]:
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days="一二三四五六日".index(match["weekday"].replace("天", "日")))
        later = match["week"] == "下" or (match["week"] is None and day < today)
        return day + timedelta(days=7) if later else day
    return _next(int(match["month"]), int(match["day"]), today)


def _next(month: int, day_of_month: int, today: date) -> date | None:
    """That day of this year or the next; None for what is no day."""
    try:
        day = date(today.year, month, day_of_month)
        return day if day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None


def _whole_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
