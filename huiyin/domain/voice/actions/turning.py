"""IN11: attempts that reached no menu: too many calls of one browser or number, or one that is on already. There is no
call and no matter; they are counted by the hour."""

from datetime import datetime
from typing import Final

from django.db.models import Sum

from huiyin.lib.limits import actions as limits
from huiyin.lib.limits.models import Counter

WHYS: Final = ("limit", "busy", "flood")
HOUR_S: Final = 3600
_BUCKET = "turned-away:"


def note_refused(why: str, *, times: int = 1, now: datetime) -> None:
    """Somebody could not even begin: `why` of WHYS."""
    limits.count(f"{_BUCKET}{why}", HOUR_S, now, times=times)


def refused_since(start: datetime) -> dict[str, int]:
    """Why → how many attempts, since a full hour. Those of two days ago are forgotten."""
    rows = Counter.objects.filter(bucket__in=[f"{_BUCKET}{why}" for why in WHYS], started__gte=start)
    counted = rows.values_list("bucket").annotate(Sum("count"))
    return {bucket.removeprefix(_BUCKET): count for bucket, count in counted}
