"""Times and amounts as people say them: "today 18:00", "9.90 yuan". For words and templates alike."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext


def moment(at: datetime | str | None, now: datetime | None = None) -> str:
    """A moment for a sentence: the clock alone today, `yesterday 23:54`, `22 Nov 23:54`; empty for None."""
    if not at:
        return ""
    local, today = _local(at), timezone.localtime(now or timezone.now()).date()
    clock, day = f"{local:%H:%M}", local.date()
    if day == today:
        return clock
    if day == today - timedelta(days=1):
        return gettext("yesterday %(clock)s") % {"clock": clock}
    if day == today + timedelta(days=1):
        return gettext("tomorrow %(clock)s") % {"clock": clock}
    return _date(local, today.year, clock)


def deadline(at: datetime | str | None, now: datetime | None = None) -> str:
    """A time by which something is due: like `moment`, but today is named too."""
    if not at:
        return ""
    local, today = _local(at), timezone.localtime(now or timezone.now()).date()
    if local.date() == today:
        return gettext("today %(clock)s") % {"clock": f"{local:%H:%M}"}
    return moment(at, now)


def in_writing(at: datetime) -> str:
    """A time in something that is read on other days, too: always with its date."""
    local = timezone.localtime(at)
    return _date(local, timezone.localtime().year, f"{local:%H:%M}")


def money(yuan: object) -> str:
    """An amount in a sentence, with both decimals: what somebody paid is named exactly."""
    return gettext("¥%(amount)s") % {"amount": yuan}


def short_money(yuan: object) -> str:
    """An amount on a button: whole yuan without decimals."""
    return money(str(yuan).removesuffix(".00"))


def _local(at: datetime | str) -> datetime:
    return timezone.localtime(datetime.fromisoformat(at) if isinstance(at, str) else at)


def _date(local: datetime, this_year: int, clock: str) -> str:
    values = {"year": local.year, "month": local.month, "day": local.day, "clock": clock}
    if local.year == this_year:
        return gettext("%(month)s/%(day)s, %(clock)s") % values
    return gettext("%(year)s/%(month)s/%(day)s, %(clock)s") % values
