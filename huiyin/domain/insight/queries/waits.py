"""Who came to which queue today, and who waits in it now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q

from huiyin.domain.insight.metrics import QUARTER, Aim, Counts, Quarter
from huiyin.domain.routing.hours import opens_at, rules_from
from huiyin.domain.routing.models import Item, Queue
from huiyin.domain.routing.modes import Rules
from huiyin.domain.routing.queries import LIVE, is_working_day, mode_rules
from huiyin.domain.routing.states import OPEN, QUEUED

# Ways out of a queue that are no giving up: something else was taken instead. Every other one is.
OTHER_WAYS = ("answered", "left_message", "call_back", "changed_channel", "joined", "moved")


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue at this instant and today. `since`: when whoever waits longest arrived."""

    pk: int
    slug: str
    title: str
    title_en: str
    waiting: int
    since: datetime | None
    talking: int
    free: int
    is_open: bool
    opens_at: datetime | None
    today: Counts = field(default_factory=Counts)


# The same rule as `metrics.counted`, where the rows are; a test holds the two together. What was passed on before
# anybody took it goes on in the item that followed, and waits from its first arrival. Served by `item_arrived`.
_DAY = """
WITH wait AS (
    SELECT item.queue_id, COALESCE(before.arrived_at, item.arrived_at) AS arrived, item.taken_at, item.state,
        item.why_left, GREATEST(0, EXTRACT(EPOCH FROM COALESCE(item.taken_at, item.ended_at, %(now)s)
            - COALESCE(before.arrived_at, item.arrived_at))) AS waited
    FROM routing_item item
    LEFT JOIN LATERAL (  -- few have one: looked up by its key, never joined as a whole
        SELECT arrived_at, taken_at FROM routing_item WHERE id = item.came_from_id OFFSET 0
    ) before ON TRUE
    WHERE item.kind IN ('chat', 'call') AND item.arrived_at >= %(start)s AND before.taken_at IS NULL
        AND (%(tier)s = '' OR item.tier = %(tier)s)
        AND NOT (item.state = 'done' AND item.taken_at IS NULL)
), told AS (
    SELECT *, CASE WHEN taken_at IS NOT NULL THEN 'answered' WHEN state IN ('waiting', 'offered') THEN 'waiting'
        WHEN why_left = ANY(%(other)s) THEN 'other' ELSE 'abandoned' END AS what FROM wait
)
SELECT queue_id, FLOOR(EXTRACT(EPOCH FROM arrived - %(start)s) / %(quarter)s)::int,
    COUNT(*) FILTER (WHERE what = 'answered'),
    COUNT(*) FILTER (WHERE what = 'answered' AND waited <= %(within)s),
    COUNT(*) FILTER (WHERE what = 'abandoned'),
    COUNT(*) FILTER (WHERE what = 'abandoned' AND waited <= %(short)s),
    COUNT(*) FILTER (WHERE what = 'abandoned' AND waited <= %(within)s),
    COUNT(*) FILTER (WHERE what = 'other'),
    COUNT(*) FILTER (WHERE what = 'waiting'),
    COUNT(*) FILTER (WHERE what = 'waiting' AND waited > %(within)s),
    COALESCE(SUM(waited) FILTER (WHERE what = 'answered'), 0)::float,
    COALESCE(MAX(waited), 0)::float
FROM told WHERE arrived >= %(start)s GROUP BY 1, 2
"""


def day_of(start: datetime, now: datetime, aim: Aim, *, tier: str = "") -> dict[int, dict[int, Counts]]:
    """Queue → number of the quarter-hour since `start` → what arrived in it; of one member tier, or of everybody."""
    values: dict[str, Any] = {
        "start": start, "now": now, "other": list(OTHER_WAYS), "quarter": QUARTER.total_seconds(),
        "within": aim.within_s, "short": aim.short_s, "tier": tier,
    }  # fmt: skip
    counted: dict[int, dict[int, Counts]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_DAY, values)
        for queue, place, *numbers in cursor.fetchall():
            counted[queue][place] = Counts(*numbers)
    return counted


def summed(parts: Mapping[int, Mapping[int, Counts]]) -> Counts:
    """All of it."""
    total = Counts()
    for quarters in parts.values():
        for counts in quarters.values():
            total += counts
    return total


def quarters_of(parts: Mapping[int, Mapping[int, Counts]], start: datetime, now: datetime) -> list[Quarter]:
    """The day over all queues, empty quarter-hours too."""
    steps = max(0, -(-(now - start) // QUARTER))
    sums = [Counts()] * steps
    for quarters in parts.values():
        for place, counts in quarters.items():
            if place < steps:
                sums[place] += counts
    return [Quarter(start + place * QUARTER, counts) for place, counts in enumerate(sums)]


def lines_of(parts: Mapping[int, Mapping[int, Counts]], free: Mapping[str, int], now: datetime) -> list[QueueLine]:
    """Every queue; who waits longest first, then the busiest. `free`: slug → free places for a chat."""
    standing = {row["queue_id"]: row for row in _standing()}
    mode = mode_rules(now)
    lines = [
        _line(queue, standing.get(queue.pk, {}), parts.get(queue.pk, {}), free, (mode, now))
        for queue in Queue.objects.order_by("pk")
    ]
    return sorted(lines, key=lambda line: (line.since or now, -line.today.offered))


def _line(
    queue: Queue,
    row: Mapping[str, Any],
    day: Mapping[int, Counts],
    free: Mapping[str, int],
    when: tuple[Rules, datetime],
) -> QueueLine:
    mode, now = when
    hours = rules_from(queue.hours)
    opens = opens_at(hours, now, is_working_day)
    is_open = opens == now and not (mode.only_night_queues and not queue.at_night)
    return QueueLine(
        queue.pk, queue.slug, queue.title, queue.title_en, row.get("waiting", 0), row.get("oldest"),
        row.get("talking", 0), free.get(queue.slug, 0), is_open, None if opens == now else opens,
        summed({queue.pk: day}),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What waits for a person with nobody at the other end: how many, and since when the first."""

    waiting: int = 0
    since: datetime | None = None


def not_live() -> dict[str, Line]:
    """Kind → what waits of it: cases and calls back. Served by `item_queued`."""
    waits = Item.objects.filter(state__in=QUEUED).exclude(kind__in=LIVE).values("kind")
    counted = waits.annotate(waiting=Count("pk"), oldest=Min("arrived_at")).order_by()
    return {row["kind"]: Line(row["waiting"], row["oldest"]) for row in counted}


def _standing() -> list[dict[str, Any]]:
    """Served by `one_open_item_per_matter` and `item_queued`: only what is open."""
    waits = Q(state__in=QUEUED)
    still = Item.objects.filter(state__in=OPEN, kind__in=LIVE).values("queue_id")
    counted = still.annotate(
        waiting=Count("pk", filter=waits), talking=Count("pk", filter=~waits), oldest=Min("arrived_at", filter=waits)
    )
    return [dict(row) for row in counted]
