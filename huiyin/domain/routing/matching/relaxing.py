"""Who may take an item, the longer it has waited.

Skills are wishes, the promise is not: an item that finds nobody of its kind is opened to others step by step, as its
queue says. Each step only adds people, so waiting never makes anybody worse off.
"""

import math

from huiyin.domain.routing.matching.values import Needs, Waiting


def alternatives(item: Waiting, now: float) -> tuple[Needs, ...]:
    """The skills of which one set must be covered, at `now`. `((),)` means that anybody may take it."""
    passed = [step for step in item.relax if item.arrived + step.after_s <= now]
    if any(step.anyone for step in passed) or not item.needs:
        return ((),)
    levels = max((step.levels for step in passed), default=0)
    wishes = [item.needs, *(step.also for step in passed if step.also is not None)]
    if () in wishes:
        return ((),)
    return tuple(dict.fromkeys(lowered(needs, levels) for needs in wishes))


def lowered(needs: Needs, levels: int) -> Needs:
    """The same skills, `levels` lower, in one order; having a skill at all is level 1."""
    return tuple(sorted((skill, max(1, level - levels)) for skill, level in needs))


def steps_passed(item: Waiting, now: float) -> int:
    """How many steps have opened it to others."""
    return sum(item.arrived + step.after_s <= now for step in item.relax)


def next_step(item: Waiting, now: float) -> float:
    """When the next step comes; infinity when there is none."""
    return min((at for step in item.relax if (at := item.arrived + step.after_s) > now), default=math.inf)
