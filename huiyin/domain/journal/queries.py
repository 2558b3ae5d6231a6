"""Reads of the journal: who looked at what."""

from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.journal.models import Access, Matter


def access_link(row: Access) -> Link:
    """A row of the access ledger as its chain sees it: the same form as facts, so that one program checks both."""
    return Link(row.seq or 0, row.kind, row.by, row.at, {"item": row.item}, row.hash)


def accesses_of(matter: Matter) -> list[Access]:
    """Who looked at what of a matter, oldest first; the newest may not be linked yet."""
    return list(Access.objects.filter(matter=matter).order_by("seq", "pk"))


def broken_access(matter: Matter) -> int | None:
    """The place of the first row of a matter's ledger that was changed or taken out, None when it is whole."""
    linked = Access.objects.filter(matter=matter, seq__isnull=False).order_by("seq")
    return first_break(matter.no, (access_link(row) for row in linked))
