"""Taking the words of a complaint away, where somebody has the right to it (TR5). What was decided stays on record."""

from datetime import datetime

from django.db import transaction

from huiyin.domain.cases.events import WordsErased
from huiyin.domain.cases.models import Case, CaseText
from huiyin.domain.journal import actions as journal


@transaction.atomic
def erase_words(case: Case, reason: str, *, by: str, now: datetime) -> None:
    """Erase what happened and what was wanted, in the buyer's words, and their salt with them: the hashes in the chain
    then prove nothing about anybody any more. `reason` is a code."""
    matter = journal.lock_one(case.matter_id)
    gone = {"what_happened": "", "demand": "", "salt": "", "buyer_disagrees": ""}
    Case.objects.filter(pk=case.pk).update(**gone)
    for name, value in gone.items():
        setattr(case, name, value)
    CaseText.objects.filter(case=case).delete()
    case.items.exclude(text="").update(text="")
    journal.record(matter, WordsErased(reason=reason), by=by, now=now)
