"""The access ledger: who looked at what."""

from datetime import datetime

from django.db import connection, transaction

from huiyin.domain.journal.chain import next_hash
from huiyin.domain.journal.events import Look
from huiyin.domain.journal.models import Access
from huiyin.domain.journal.queries import access_link

SLOT_S = 600  # one row per person, item and ten minutes


def note_access(matter_id: int, item: str, look: Look, *, by: str, now: datetime) -> None:
    """Somebody looked at something of a matter: `case`, `evidence:3`, `dossier`, `contact`. Once per person, item and
    ten minutes; locks nothing and nudges nobody."""
    slot = int(now.timestamp()) // SLOT_S
    row = Access(matter_id=matter_id, item=item, kind=look.value, by=by, at=now, slot=slot)
    Access.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def link_accesses(most: int = 200) -> int:
    """Join new rows of the access ledger to the chains of their matters, one process at a time; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('huiyin:accesses'))")
    new = list(Access.objects.filter(seq__isnull=True).select_related("matter").order_by("pk")[:most])
    heads = {row.matter_id: row for row in _last_linked({row.matter_id for row in new})}
    for row in new:
        before = heads.get(row.matter_id)
        row.seq = (before.seq or 0) + 1 if before else 1
        row.hash = next_hash(before.hash if before else "", row.matter.no, access_link(row))  # after its place is known
        heads[row.matter_id] = row
    Access.objects.bulk_update(new, ["seq", "hash"])
    return len(new)


def _last_linked(matters: set[int]) -> list[Access]:
    linked = Access.objects.filter(matter__in=matters, seq__isnull=False)
    return list(linked.order_by("matter", "-seq").distinct("matter"))
