"""Who may take an item, the longer it has waited.

Skills are wishes, the promise is not: an item that finds nobody of its kind is opened to others step by step, as its
queue says. Each step only adds people, so waiting never makes anybody worse off.
"""

from huiyin.domain.routing.matching.values import Needs, Relax

Stage = tuple[float, tuple[Needs, ...]]  # from so many seconds of waiting on; skills of which one set must be covered
ANYBODY: tuple[Needs, ...] = ((),)


def stages(needs: Needs, relax: tuple[Relax, ...]) -> tuple[Stage, ...]:
    """From the first second on; only steps that change something. Steps at 0 s or before count from the beginning."""
    after = sorted({0.0, *(step.after_s for step in relax if step.after_s > 0)})
    found: list[Stage] = []
    for seconds in after:
        open_to = alternatives(needs, tuple(step for step in relax if step.after_s <= seconds))
        if not found or found[-1][1] != open_to:
            found.append((seconds, open_to))
    return tuple(found)


def alternatives(needs: Needs, passed: tuple[Relax, ...]) -> tuple[Needs, ...]:
    """The skills of which one set must be covered once these steps have passed."""
    wishes = [needs, *(step.also for step in passed if step.also is not None)]
    if () in wishes or any(step.anyone for step in passed):
        return ANYBODY
    levels = max((step.levels for step in passed), default=0)
    return tuple(dict.fromkeys(lowered(wish, levels) for wish in wishes))


def lowered(needs: Needs, levels: int) -> Needs:
    """The same skills, `levels` lower, in one order; having a skill at all is level 1."""
    return tuple(sorted((skill, max(1, level - levels)) for skill, level in needs))
