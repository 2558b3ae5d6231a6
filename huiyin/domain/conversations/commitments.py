"""CP14 (pure): who says what they will do until when. Recognised in one sentence of Chinese or English, with the local
time given; shown to whoever wrote it, and a promise only when they confirm it.

A commitment needs somebody of ours who will act ("我", "we", or nobody named), a verb that does something for the
buyer, and a time ahead. A bare part of the day means its end: "今天下午" is 18:00, "今天" is midnight. "三点" without
more is the next three o'clock between 8:00 and 22:00; nobody promises for the night without saying so.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What will be done until when; `words` is the sentence it was read from."""

    what: str
    until: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said. `is_sure`: which half of the day was said, or there is only one."""

    hour: int
    minute: int
    is_sure: bool


_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "an": 1, "a": 1, "half an": 0}
_NUMBER = r"(\d{1,3}|[零〇一二两俩三四五六七八九十]{1,3})"
# parts of a day and the hour with which they end
_PART = {
    "凌晨": 6, "早上": 10, "上午": 12, "中午": 13, "下午": 18, "傍晚": 20, "晚上": 24, "今晚": 24, "明早": 10,
    "明晚": 24, "夜里": 24, "morning": 12, "noon": 12, "midday": 12, "afternoon": 18, "evening": 22,
    "tonight": 24, "midnight": 24,
}  # fmt: skip
_LATE = {"下午", "傍晚", "晚上", "今晚", "明晚", "夜里"}
_DAY = {"今天": 0, "今日": 0, "今晚": 0, "当天": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
        "today": 0, "tonight": 0, "tomorrow": 1}  # fmt: skip
_WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEKDAY_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNIT = {
    "秒": 1, "分钟": 60, "分": 60, "刻钟": 900, "小时": 3600, "钟头": 3600, "天": 86400, "日": 86400, "个工作日": 86400,
    "工作日": 86400, "minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 604800,
}  # fmt: skip

_SPAN = re.compile(
    rf"(?P<half>半)\s*(?:个)?(?P<hunit>小时|钟头|天)|"
    rf"{_NUMBER}\s*(?:个)?(?P<more>半)?\s*(?:个)?(?P<unit>小时|钟头|分钟|刻钟|天|个?工作日|分|日(?!期))"
    r"(?:之?内|以内|后|之后|左右|就|给|为|帮|完成|到账|搞定|处理|回复|补发|退)",
)
_SPAN_EN = re.compile(
    r"\b(?:within|in)\s+(?:the\s+next\s+)?(?P<n>\d{1,3}|half an|an|a|one|two|three|four|five|six|ten)\s*"
    r"(?P<unit>minute|min|hour|day|week)s?\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上|今晚|明早|明晚|夜里)?\s*(?:(?P<h>\d{1,2})[::](?P<m>\d{2})|"
    r"(?P<hz>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*[点點时]"
    r"(?:(?P<half>半)|(?P<quarter>一刻|三刻)|(?P<mz>\d{1,2}|[零一二三四五六七八九十]{1,3})分?)?(?:整|钟)?)"
)
_CLOCK_EN = re.compile(
    r"\b(?:by|before|until|at)\s+(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s*(?P<half>a\.?m\.?|p\.?m\.?)?", re.IGNORECASE
)
_DATE = re.compile(r"(?:(?P<mo>\d{1,2})月(?P<d>\d{1,2})[日号]|(?<!\d)(?P<d2>\d{1,2})[号日](?!期))")
_WEEK = re.compile(r"(?P<next>下)?(?:个)?(?:周|星期|礼拜)(?P<w>[一二三四五六日天])")
_PART_ONLY = re.compile("|".join(_PART), re.IGNORECASE)

_WHO_ELSE = re.compile(
    r"(您|你).{0,4}(可以|需要|要|得|再|先|自己|这边)|请|麻烦|\byou (can|need|have|should|must)\b|\bplease\b",
    re.IGNORECASE,
)
_US = re.compile(r"(?<![给发帮跟向告知找])我|\b(I|we)\b", re.IGNORECASE)
_WAS = re.compile(r"(已经|之前|刚才|昨天|刚刚)[^,。;]{0,12}(了|过)|\b(already|yesterday)\b", re.IGNORECASE)
_UNSURE = re.compile(
    r"可能|也许|大概会|争取|尽量|尽快|应该会?|说不定|不一定|\b(maybe|might|may|try to|hopefully|probably)\b",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"(?:补发|重发|退款|退还|退回|退给|换(?:一张|新|货)|回复|答复|回电|回您|打电话|处理|解决|到账|"
    r"核实|查清|查明|查好|联系|发(?:给|到|送|货|您)|补偿|补上|补给|通知|告诉|完成|解冻|解绑|搞定|给您?结果|跟进|更新)",
)
_DEED_EN = re.compile(
    r"\b(?:refund|re-?send|re-?issue|replace|send|call|write|reply|answer|get back|fix|solve|credit|check|"
    r"update|contact|let you know|tell you|have (?:it|this) (?:done|sorted))\b[^.,;!?]{0,60}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。!?!?;;\n]+")


def recognise(text: str, now: datetime) -> Commitment | None:
    """The first commitment in a text, None without one. `now`: local time, aware."""
    for sentence in _SENTENCE.findall(unicodedata.normalize("NFKC", text)):
        found = _in_sentence(sentence.strip(), now)
        if found is not None:
            return found
    return None


def has_time(text: str) -> bool:
    """Whether a text names a time at all, ahead or not."""
    plain = unicodedata.normalize("NFKC", text)
    patterns = (_SPAN, _SPAN_EN, _CLOCK, _CLOCK_EN, _DATE, _WEEK, _PART_ONLY)
    return any(one.search(plain) for one in patterns) or any(day in plain.lower() for day in (*_DAY, *_WEEKDAY_EN))


def _in_sentence(sentence: str, now: datetime) -> Commitment | None:
    if _WAS.search(sentence) or _UNSURE.search(sentence) or sentence.endswith("吗"):
        return None
    deed = _DEED.search(sentence) or _DEED_EN.search(sentence)
    until = until_in(sentence, now)
    if deed is None or until is None or not now < until <= now + LONGEST_AHEAD:
        return None
    what = _what(sentence)
    if _WHO_ELSE.search(what) and not _US.search(what):
        return None
    return Commitment(what, until, sentence)


def _what(sentence: str) -> str:
    """The clause that says what will be done: the sentence without greetings before a comma."""
    clauses = [clause.strip() for clause in re.split(r"[,,]", sentence) if clause.strip()]
    acting = [clause for clause in clauses if _DEED.search(clause) or _DEED_EN.search(clause)]
    return (acting[0] if acting else sentence)[:200]


def until_in(sentence: str, now: datetime) -> datetime | None:
    """The latest moment a sentence names, in the zone of `now`; None without one."""
    return _span(sentence, now) or _moment(sentence, now)


def _span(sentence: str, now: datetime) -> datetime | None:
    if found := _SPAN_EN.search(sentence):
        word = found["n"].lower()
        count = 0.5 if word == "half an" else float(word) if word.isdigit() else float(_ENGLISH[word])
        return _ahead(now, count * _UNIT[found["unit"].lower()], in_days=found["unit"].lower() in {"day", "week"})
    if not (found := _SPAN.search(sentence)):
        return None
    if found["half"]:
        return _ahead(now, 0.5 * _UNIT[found["hunit"]], in_days=False)
    unit = found["unit"]
    count = _number(found[3]) + (0.5 if found["more"] else 0.0)
    return _ahead(now, count * _UNIT[unit], in_days=unit not in {"小时", "钟头", "分钟", "分", "刻钟"})


def _ahead(now: datetime, seconds: float, *, in_days: bool) -> datetime:
    """So long from now; a span of days ends with its last day."""
    at = now + timedelta(seconds=seconds)
    return _end_of_day(at) if in_days else at.replace(microsecond=0)


def _end_of_day(at: datetime) -> datetime:
    return at.replace(hour=23, minute=59, second=59, microsecond=0)


def _moment(sentence: str, now: datetime) -> datetime | None:
    lower = sentence.lower()
    day = _day(lower, now)
    clock = _clock(lower)
    if clock is not None:
        return _at(day, clock, now)
    part = _PART_ONLY.search(lower)
    if part is not None:
        return _at(day or now, Clock(_PART[part[0].lower()], 0, is_sure=True), now)
    return _end_of_day(day) if day is not None else None


def _at(day: datetime | None, clock: Clock, now: datetime) -> datetime:
    """That time of that day; of no day in particular, the next one. A bare hour lies between 8:00 and 22:00."""
    base = (day or now).replace(hour=0, minute=0, second=0, microsecond=0)
    hours = [clock.hour] if clock.is_sure else [h for h in (clock.hour, clock.hour + 12) if 8 <= h <= 22]
    times = [base + timedelta(hours=hour, minutes=clock.minute) for hour in hours]
    ahead = next((at for at in times if at > now), None)
    if ahead is not None or day is not None:
        return ahead or times[-1]
    return times[0] + timedelta(days=1)


def _day(lower: str, now: datetime) -> datetime | None:
    readers: tuple[Callable[[str, datetime], datetime | None], ...] = (_by_date, _by_weekday, _by_word)
    return next((day for read in readers if (day := read(lower, now)) is not None), None)


def _by_word(lower: str, now: datetime) -> datetime | None:
    words = sorted((word for word in _DAY if word in lower), key=len, reverse=True)
    return now + timedelta(days=_DAY[words[0]]) if words else None


def _by_weekday(lower: str, now: datetime) -> datetime | None:
    found = _WEEK.search(lower)
    if found:
        ahead = (_WEEKDAY[found["w"]] - now.weekday()) % 7
        week = 7 - now.weekday() + _WEEKDAY[found["w"]] if found["next"] else ahead
        return now + timedelta(days=week)
    for number, name in enumerate(_WEEKDAY_EN):
        if name in lower:
            return now + timedelta(days=(number - now.weekday()) % 7)
    return None


def _by_date(lower: str, now: datetime) -> datetime | None:
    found = _DATE.search(lower)
    if not found:
        return None
    month, day = int(found["mo"] or now.month), int(found["d"] or found["d2"])
    try:
        at = now.replace(month=month, day=day)
    except ValueError:
        return None
    if at.date() >= now.date():
        return at
    return at.replace(year=now.year + 1) if found["mo"] else None


def _clock(lower: str) -> Clock | None:
    if found := _CLOCK.search(lower):
        return _chinese_clock(found)
    if (found := _CLOCK_EN.search(lower)) is None:
        return None
    hour, minute, half = int(found["h"]), int(found["m"] or 0), (found["half"] or "").replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    return _valid(hour, minute, is_sure=bool(half))


def _chinese_clock(found: re.Match[str]) -> Clock | None:
    hour = _number(found["h"] or found["hz"])
    minute = _number(found["m"] or found["mz"] or "0")
    minute = 30 if found["half"] else {"一刻": 15, "三刻": 45}.get(found["quarter"] or "", minute)
    part = found["part"]
    if part in _LATE and hour < 12:
        hour += 12
    if part == "中午" and hour < 3:
        hour += 12
    return _valid(hour, minute, is_sure=bool(part))


def _valid(hour: int, minute: int, *, is_sure: bool) -> Clock | None:
    is_bare = not is_sure and 1 <= hour <= 11
    return Clock(hour, minute, not is_bare) if hour <= 24 and minute < 60 else None


def _number(text: str) -> int:
    """Digits, or Chinese numerals below one hundred."""
    if text.isdigit():
        return int(text)
    if "十" not in text:
        return int("".join(str(_DIGITS[letter]) for letter in text))
    tens, _, ones = text.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
