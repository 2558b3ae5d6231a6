"""When few people came lately, from the queues."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from huiyin.domain.insight.quiet import WEEKS
from huiyin.domain.routing.hours import ZONE, Rule, is_open
from huiyin.domain.routing.queries import is_working_day

# Served by `item_arrived`.
_ARRIVALS = """
SELECT EXTRACT(ISODOW FROM at)::int - 1, EXTRACT(HOUR FROM at)::int, COUNT(*) FROM (
    SELECT arrived_at AT TIME ZONE 'Asia/Shanghai' AS at FROM routing_item
    WHERE kind IN ('chat', 'call') AND arrived_at >= %s AND came_from_id IS NULL
) item GROUP BY 1, 2
"""


def arrivals(now: datetime) -> Mapping[tuple[int, int], int]:
    """How many came in the last four weeks, by weekday (Monday 0) and hour on the clock of the shop."""
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVALS, [now - timedelta(weeks=WEEKS)])
        return {(day, hour): count for day, hour, count in cursor.fetchall()}


def open_hours(rules: tuple[Rule, ...], now: datetime) -> Mapping[tuple[int, int], bool]:
    """In which hours of the coming week somebody answers."""
    first = now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    hours = [first + timedelta(hours=ahead) for ahead in range(7 * 24)]
    return {(at.weekday(), at.hour): is_open(rules, at, is_working_day) for at in hours}
