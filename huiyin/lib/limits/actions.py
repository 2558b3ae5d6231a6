"""Counting tries. The upsert is one statement, so that two processes never both take the last try."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from huiyin.lib.errors import Refusal
from huiyin.lib.limits.models import Counter

_UPSERT = """
INSERT INTO limits_counter (bucket, started, count) VALUES (%s, %s, %s)
ON CONFLICT (bucket, started) DO UPDATE SET count = limits_counter.count + EXCLUDED.count RETURNING count
"""


def _window(now: datetime, seconds: int) -> datetime:
    stamp = int(now.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(stamp, tz=now.tzinfo)


def count(bucket: str, seconds: int, now: datetime, *, times: int = 1) -> int:
    """Count so many uses of `bucket` in the current window of `seconds`; returns the uses so far, these included."""
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [bucket[:160], _window(now, seconds), times])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def give_back(bucket: str, seconds: int, now: datetime) -> None:
    """Take back one use that was counted in this window and did not deserve it."""
    rows = Counter.objects.filter(bucket=bucket[:160], started=_window(now, seconds), count__gt=0)
    rows.update(count=F("count") - 1)


def used(bucket: str, seconds: int, now: datetime) -> int:
    """Uses of `bucket` in the current window, without counting one."""
    found = Counter.objects.filter(bucket=bucket[:160], started=_window(now, seconds)).values_list("count", flat=True)
    return found.first() or 0


def take(bucket: str, limit: int, seconds: int, now: datetime) -> None:
    """Count one use; raises Refusal('too_often', seconds=…) once more than `limit` fall into the window."""
    if count(bucket, seconds, now) > limit:
        left = _window(now, seconds) + timedelta(seconds=seconds) - now
        raise Refusal("too_often", seconds=max(1, int(left.total_seconds())))


def sweep(now: datetime) -> int:
    """Forget windows older than two days."""
    return Counter.objects.filter(started__lt=now - timedelta(days=2)).delete()[0]
