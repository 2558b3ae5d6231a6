"""Manual tasks: done by one person with proof, checked by another."""

import hashlib
from datetime import datetime

from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.orders.events import RemedyDone, TaskDone
from huiyin.domain.orders.models import ManualTask, Remedy
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal


@transaction.atomic
def finish_task(task: ManualTask, person: Person, proof: str, *, now: datetime) -> None:
    """The steps are done; `proof` is the number or text the last step asks for."""
    matter = journal.lock_one(task.remedy.matter_id)
    _refuse_unless_wanted(task)
    if not proof.strip():
        raise Refusal("proof_missing")
    done = ManualTask.objects.filter(pk=task.pk, done_at__isnull=True)
    if not done.update(proof=proof.strip()[:2000], done_by=person, done_at=now):
        raise Refusal("task_is_done")
    digest = hashlib.sha256(proof.strip().encode()).hexdigest()
    journal.record(matter, TaskDone(remedy=task.remedy_id, proof_hash=digest), by=person.by, now=now)


@transaction.atomic
def check_task(task: ManualTask, person: Person, *, now: datetime) -> None:
    """A second pair of eyes has compared the proof: the remedy counts as done."""
    matter = journal.lock_one(task.remedy.matter_id)
    task.refresh_from_db()
    _refuse_unless_wanted(task)
    if task.done_at is None:
        raise Refusal("task_not_done")
    if task.done_by_id == person.pk:
        raise Refusal("four_eyes")
    if not ManualTask.objects.filter(pk=task.pk, checked_at__isnull=True).update(checked_by=person, checked_at=now):
        raise Refusal("task_is_checked")
    Remedy.objects.filter(pk=task.remedy_id).update(state="done", ended_at=now)
    done = RemedyDone(remedy=task.remedy_id, kind=task.remedy.kind, pending=False)
    journal.record(matter, done, by=person.by, now=now)


def _refuse_unless_wanted(task: ManualTask) -> None:
    """A remedy that was declined or finished meanwhile must not come back by its task."""
    state = Remedy.objects.values_list("state", flat=True).get(pk=task.remedy_id)
    if state != "needs_person":
        raise Refusal("remedy_is", state=state)
