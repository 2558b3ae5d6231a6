"""A day that has gone by, for the picture of the board: arrivals by quarter of an hour, most answered at once."""

import math
import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from huiyin.daemons.postgres import find_running

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUARTER = timedelta(minutes=15)
MOST = 9  # arrivals in the busiest quarter
QUEUES = ("general", "general", "recharge", "recharge", "account", "vip")
PAST = """
INSERT INTO routing_item (matter_id, kind, queue_id, tier, urgent, elderly, skills, barred, why_left,
                          arrived_at, due_at, state, agent_id, taken_at, ended_at)
SELECT (SELECT min(matter_id) FROM routing_item), 'chat', queue.id, 'ordinary', false, false, '{}', '{}', %(why)s,
       %(arrived)s, %(due)s, %(state)s, CASE WHEN %(taken)s::timestamptz IS NULL THEN NULL ELSE person.id END,
       %(taken)s, %(ended)s
FROM routing_queue queue, staff_person person WHERE queue.slug = %(queue)s AND person.agent_no = '1024'
"""


def a_day_has_gone_by(var: Path, now: datetime) -> None:
    """Write today's arrivals until ten minutes ago into the instance in `var`. The same every time."""
    url = find_running(var)
    assert url is not None
    with psycopg.connect(url) as link:
        link.cursor().executemany(PAST, list(_arrivals(now)))


def _arrivals(now: datetime) -> Iterator[dict[str, Any]]:
    dice = random.Random(618)
    quarter = datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    while quarter + QUARTER < now:
        for _ in range(round(_busy(quarter) * MOST * dice.uniform(0.7, 1.2))):
            yield _arrival(quarter + QUARTER * dice.random(), dice)
        quarter += QUARTER


def _busy(at: datetime) -> float:
    """Quiet at five in the morning, a peak before lunch, the highest in the evening (0–1)."""
    hour = at.hour + at.minute / 60
    return 0.08 + 0.6 * math.exp(-(((hour - 11) / 2.6) ** 2)) + 0.9 * math.exp(-(((hour - 20.5) / 2.4) ** 2))


def _arrival(at: datetime, dice: random.Random) -> dict[str, Any]:
    waits = timedelta(seconds=dice.expovariate(1 / (8 + 30 * _busy(at))))
    is_left = waits > timedelta(seconds=75)
    return {
        "arrived": at, "due": at + timedelta(seconds=60), "queue": dice.choice(QUEUES),
        "why": "gave_up" if is_left else "",
        "state": "left" if is_left else "done", "taken": None if is_left else at + waits,
        "ended": at + waits + timedelta(seconds=0 if is_left else dice.uniform(90, 600)),
    }  # fmt: skip
