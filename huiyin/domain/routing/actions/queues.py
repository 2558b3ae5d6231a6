"""Queues that exist from the start, and what people can do."""

from collections.abc import Mapping

from django.db import transaction

from huiyin.domain.journal.nudges import nudge
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
