"""Until when the next thing is owed on a case: a column of the case, so that the inbox need not look it up for each."""

from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import next_due
from huiyin.lib.postgresql import often

_NEXT = often.Rows(lambda matter: Case.objects.filter(matter=matter).values_list("pk", next_due()))


def note_owed(matter_id: int) -> None:
    """Keep what is owed next on the case of this matter, if there is one. Not a fact: it follows from promises."""
    often.count(
        f"UPDATE cases_case AS kept SET owed_at = next.due FROM ({_NEXT.text}) AS next(pk, due)"
        " WHERE kept.id = next.pk AND NOT kept.owed_at = next.due",
        [matter_id],
    )
