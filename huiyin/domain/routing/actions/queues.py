"""Queues that exist from the start, and what people can do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.routing.events import HoursChanged
from huiyin.domain.routing.hours import rules_from
from huiyin.domain.routing.models import Queue, Skill
from huiyin.domain.routing.shipped import QUEUES
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

_NAMED = often.Read(lambda slug: Queue.objects.filter(slug=slug).select_related("overflow_to"))


@transaction.atomic
def ship_queues() -> None:
    """Make the shipped queues that are not there. Those that are belong to the operator and stay as they are."""
    known = set(Queue.objects.values_list("slug", flat=True))
    new = [one for one in QUEUES if one.slug not in known]
    Queue.objects.bulk_create([Queue(**one.columns()) for one in new], ignore_conflicts=True)
    for one in new:
        if one.overflow_to:
            other = Queue.objects.filter(slug=one.overflow_to).first()
            Queue.objects.filter(slug=one.slug).update(overflow_to=other)


def queue_named(slug: str) -> Queue:
    """The queue; a shipped one is made where nobody has prepared this database. Raises Refusal `queue_unknown`."""
    known = _NAMED.first(slug)
    if known is None and any(one.slug == slug for one in QUEUES):
        ship_queues()
        known = Queue.objects.select_related("overflow_to").get(slug=slug)
    if known is None:
        raise Refusal("queue_unknown", queue=slug[:24])
    return known


@journal.verb
def keep_hours(slug: str, rules: list[Any], was: list[Any], person: Person, *, now: datetime) -> Queue:
    """When a queue answers from now on (see hours.py); `was`: what was seen. Raises Refusal `supervisors_only`,
    `hours_invalid`, `hours_changed` where somebody else has changed them, `queue_unknown`."""
    if not person.leads:
        raise Refusal("supervisors_only")
    matter = journal.lock_one(person.matter_id)
    queue = Queue.objects.select_for_update().filter(slug=slug).first()
    if queue is None:
        raise Refusal("queue_unknown", queue=slug[:24])
    if queue.hours == rules:
        return queue
    if queue.hours != was:
        raise Refusal("hours_changed")
    rules_from(rules)
    queue.hours = rules
    queue.save(update_fields=["hours"])
    journal.record(matter, HoursChanged(queue=slug), by=person.by, now=now, tell=("queue", "calls", "router:all"))
    return queue


@transaction.atomic
def train(person: Person, levels: Mapping[str, int]) -> None:
    """What somebody can do from now on: skill → level 1 to 5. Raises Refusal `level_invalid`."""
    for skill, level in levels.items():
        if not 1 <= level <= 5:
            raise Refusal("level_invalid", skill=skill[:24])
    Skill.objects.filter(person=person).exclude(skill__in=levels).delete()
    rows = [Skill(person=person, skill=skill, level=level) for skill, level in levels.items()]
    Skill.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "skill"], update_fields=["level"]
    )  # fmt: skip
    nudge(f"router:a{person.pk}")
