"""Taking over a roster."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from huiyin.domain.journal.nudges import nudge
from huiyin.domain.routing.actions.queues import train
from huiyin.domain.routing.models import Shift
from huiyin.domain.routing.roster import Line
from huiyin.domain.staff.models import Person


@transaction.atomic
def keep_roster(lines: Iterable[Line]) -> int:
    """Write shifts that have been read without a fault; shifts of the same people that they touch give way, so that a
    corrected file can simply be imported again. How many were written."""
    wanted = list(lines)
    people = {
        person.agent_no: person for person in Person.objects.filter(agent_no__in={one.agent_no for one in wanted})
    }
    for line in wanted:
        touched = Q(starts_at__lt=line.ends_at, ends_at__gt=line.starts_at)
        Shift.objects.filter(touched, person=people[line.agent_no]).delete()
    rows = [Shift(person=people[one.agent_no], starts_at=one.starts_at, ends_at=one.ends_at) for one in wanted]
    Shift.objects.bulk_create(rows)
    for agent_no, skills in {one.agent_no: one.skills for one in wanted if one.skills}.items():
        train(people[agent_no], skills)
    nudge("queue")
    return len(rows)
