"""A row that waits, as the pure matching sees it."""

from collections.abc import Iterable, Mapping
from typing import Any

from huiyin.domain.routing.matching import Needs, Relax, Waiting
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.skills import SENIOR

SENIOR_S = 10.0  # an urgent item is kept for senior people so long (CH2)


def as_waiting(item: Item, said_no: Iterable[int] = (), *, has_senior: bool = False) -> Waiting:
    """What matching is told. `said_no`: who declined it a moment ago; `has_senior`: somebody senior is here."""
    needs, steps = needs_of(item.skills), relaxing(item)
    if item.urgent and has_senior:
        steps = (Relax(SENIOR_S, also=needs), *steps)
        needs = needs_of({**item.skills, SENIOR: 1})
    return Waiting(
        id=item.pk, kind=item.kind, queue=item.queue.slug, arrived=item.arrived_at.timestamp(),
        due=item.due_at.timestamp(), needs=needs, tier=item.tier, prefers=item.prefers_id,
        sticky_until=item.sticky_until.timestamp() if item.sticky_until else 0.0,
        barred=frozenset((*item.barred, *said_no)), relax=steps,
    )  # fmt: skip


def needs_of(skills: Mapping[str, int]) -> Needs:
    """Skills as matching compares them."""
    return tuple(sorted((skill, int(level)) for skill, level in skills.items()))


def relaxing(item: Item) -> tuple[Relax, ...]:
    """Who else may take it the longer it waits: the queue's own steps, and the people of the queue it overflows to."""
    queue = item.queue
    steps = [_step(step) for step in queue.relax]
    if queue.overflow_to is not None and queue.overflow_after_s is not None:
        steps.append(Relax(float(queue.overflow_after_s), also=needs_of(queue.overflow_to.skills)))
    return tuple(sorted(steps, key=lambda step: step.after_s))


def _step(step: Mapping[str, Any]) -> Relax:
    return Relax(float(step["after_s"]), int(step.get("levels", 0)), anyone=bool(step.get("any", False)))
