"""What waits, read from its rows: plain tuples, thousands in a few milliseconds, as the pure matching sees them.

Whoever follows all rows asks `versions` again and again and reads only what has another one: PostgreSQL names the
transaction that wrote a row last (`xmin`), so that nobody can forget to say that it changed.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from huiyin.domain.routing.matching import Needs, Relax, Waiting
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.skills import SENIOR
from huiyin.lib.postgresql import often

log = logging.getLogger("huiyin.router")
SENIOR_S = 10.0  # an urgent item is kept for senior people so long (CH2)
BARRED = timedelta(seconds=60)  # whoever said no is not asked again for so long …
AWAY = timedelta(seconds=8)  # … unless no phone of theirs was there: a page that is loaded again is back by then
# served by `item_queued` and `offer_declined_lately`
_VERSIONS = "SELECT item.id, item.xmin::text FROM routing_item item WHERE item.state = 'waiting'"
_WAITING = """
SELECT item.id, item.xmin::text, item.kind, item.queue_id, item.tier, item.urgent, item.skills::text, item.arrived_at,
    item.due_at, item.prefers_id, item.sticky_until, item.barred
FROM routing_item item WHERE item.state = 'waiting' AND item.id = ANY(%s)
"""
_SAID_NO = """
SELECT offer.item_id, offer.agent_id FROM routing_offer offer
WHERE offer.state = 'declined' AND offer.answered_at > %s
    AND (offer.reason <> 'unreachable' OR offer.answered_at > %s)
UNION ALL
SELECT item.id, giver.agent_id FROM routing_item item JOIN routing_item giver ON giver.id = item.came_from_id
WHERE item.state = 'waiting' AND item.arrived_at > %s AND giver.agent_id <> COALESCE(item.prefers_id, 0)
"""
_OF_THESE = """
SELECT said.item_id, said.agent_id FROM routing_offer said
WHERE said.state = 'declined' AND said.answered_at > %s
    AND (said.reason <> 'unreachable' OR said.answered_at > %s) AND said.item_id = ANY(%s)
UNION ALL
SELECT item.id, giver.agent_id FROM routing_item item JOIN routing_item giver ON giver.id = item.came_from_id
WHERE item.arrived_at > %s AND giver.agent_id <> COALESCE(item.prefers_id, 0) AND item.id = ANY(%s)
"""


class Line(NamedTuple):
    """What a queue says about those who wait in it: who else may take them after a while."""

    slug: str
    steps: tuple[Relax, ...]


class Row(NamedTuple):
    """A waiting item."""

    id: int
    version: str
    kind: str
    queue: int
    tier: str
    urgent: bool
    skills: str
    arrived_at: datetime
    due_at: datetime
    prefers: int | None
    sticky_until: datetime | None
    barred: list[int]


def versions() -> dict[int, str]:
    """Everything that waits, and which version of its row is the newest."""
    return {row[0]: row[1] for row in often.run(_VERSIONS)}


def rows(ids: Iterable[int]) -> dict[int, Row]:
    """Those of these items that wait."""
    wanted = sorted(ids)
    return {row[0]: Row(*row) for row in often.run(_WAITING, [wanted])} if wanted else {}


def said_no(now: datetime) -> dict[int, frozenset[int]]:
    """Who declined what a moment ago, or handed it on: not asked again at once, but nobody waits for ever because
    everybody else is gone."""
    return _grouped(often.run(_SAID_NO, [now - BARRED, now - AWAY, now - BARRED]))


def said_no_to(ids: Iterable[int], now: datetime) -> dict[int, frozenset[int]]:
    """As `said_no`, to these items only."""
    wanted = sorted(ids)
    lately = [now - BARRED, now - AWAY, wanted, now - BARRED, wanted]
    return _grouped(often.run(_OF_THESE, lately)) if wanted else {}


def _grouped(pairs: Iterable[tuple[Any, ...]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for item, agent in pairs:
        found[item].add(agent)
    return {item: frozenset(agents) for item, agents in found.items()}


def lines() -> dict[int, Line | None]:
    """Every queue; None where what an operator wrote cannot be read."""
    return {queue.pk: _line(queue) for queue in Queue.objects.select_related("overflow_to")}


def _line(queue: Queue) -> Line | None:
    try:
        return Line(queue.slug, _relaxing(queue))
    except (KeyError, TypeError, ValueError, AttributeError):  # one queue must not stop the others
        log.warning("look at the skills and steps of queue %s: they cannot be read", queue.slug, exc_info=True)
        return None


def as_waiting(row: Row, line: Line, said_no: Iterable[int] = (), *, has_senior: bool = False) -> Waiting:
    """What matching is told. `said_no`: who declined it a moment ago; `has_senior`: somebody senior is here."""
    skills = json.loads(row.skills)
    needs, steps = _needs_of(skills), line.steps
    if row.urgent and has_senior:
        steps = (Relax(SENIOR_S, also=needs), *steps)
        needs = _needs_of({**skills, SENIOR: 1})
    return Waiting(
        id=row.id, kind=row.kind, queue=line.slug, arrived=row.arrived_at.timestamp(), due=row.due_at.timestamp(),
        needs=needs, tier=row.tier, prefers=row.prefers,
        sticky_until=row.sticky_until.timestamp() if row.sticky_until else 0.0,
        barred=frozenset((*row.barred, *said_no)), relax=steps,
    )  # fmt: skip


def _needs_of(skills: Mapping[str, int]) -> Needs:
    return tuple(sorted((skill, int(level)) for skill, level in skills.items()))


def _relaxing(queue: Queue) -> tuple[Relax, ...]:
    """Who else may take it the longer it waits: the queue's own steps, and the people of the queue it overflows to."""
    steps = [_step(step) for step in queue.relax]
    if queue.overflow_to is not None and queue.overflow_after_s is not None:
        steps.append(Relax(float(queue.overflow_after_s), also=_needs_of(queue.overflow_to.skills)))
    return tuple(sorted(steps, key=lambda step: step.after_s))


def _step(step: Mapping[str, Any]) -> Relax:
    return Relax(float(step["after_s"]), int(step.get("levels", 0)), anyone=bool(step.get("any", False)))
