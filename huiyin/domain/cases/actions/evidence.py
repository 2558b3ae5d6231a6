"""Adding evidence to a case, and saying what became of its bytes; these are on disk before any of this is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Sum

from huiyin.domain.cases.events import (
    EvidenceAdded,
    EvidenceNamed,
    EvidenceRestored,
    EvidenceSpoiled,
    EvidenceUnreadable,
)
from huiyin.domain.cases.evidence import POINTS, SMALL_PICTURE, TYPE_OF, Source, What
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.lib.errors import Refusal
from huiyin.lib.files import Health

MOST_FILES = 50  # that people bring to one case
MOST_BYTES = 200 << 20  # of them together


@dataclass(frozen=True, slots=True)
class Original:
    """Bytes that lie on disk and what they show. `custodian`: who held them before: buyer | shop | centre."""

    what: What
    sha256: str
    size: int
    mime: str
    name: str
    custodian: str
    captured_at: datetime | None = None
    unreadable: Sequence[str] = field(default_factory=tuple)


@verb
def add_evidence(
    case: Case, originals: Iterable[Original], *, source: Source, by: str, now: datetime
) -> list[Evidence]:
    """Number originals and add them to a case; the same bytes once more are the row there is, unless they prove
    nothing new. Raises Refusal: `case_closed`, `too_many_files`, `case_too_full` (people only)."""
    matter = journal.lock_one(case.matter_id)
    case.refresh_from_db(fields=["state"])
    wanted = list({one.sha256: one for one in originals}.values())
    known = {row.sha256: row for row in case.evidence.filter(sha256__in=[one.sha256 for one in wanted])}
    new = [one for one in wanted if one.sha256 not in known]
    if new and source is not Source.SYSTEM:
        _refuse_full(case, new)
    for row in _number(case, new, source, by, now):
        known[row.sha256] = row
    if new:
        named = tuple(_named(known[one.sha256]) for one in new)
        journal.record(matter, EvidenceAdded(source=source.value, items=named), by=by, now=now)
    return [known[one.sha256] for one in wanted]


def _refuse_full(case: Case, new: Sequence[Original]) -> None:
    """CP12: until the end anything may be added, but no case may fill the disk."""
    if case.state == "closed":
        raise Refusal("case_closed")
    theirs = case.evidence.exclude(source=Source.SYSTEM.value)
    if theirs.count() + len(new) > MOST_FILES:
        raise Refusal("too_many_files", limit=MOST_FILES)
    held = theirs.aggregate(total=Sum("size"))["total"] or 0
    if held + sum(one.size for one in new) > MOST_BYTES:
        raise Refusal("case_too_full", limit_mb=MOST_BYTES >> 20)


def _number(case: Case, new: Sequence[Original], source: Source, by: str, now: datetime) -> list[Evidence]:
    last = case.evidence.aggregate(last=Max("no"))["last"] or 0
    rows = [
        Evidence(
            case=case, no=no, type=TYPE_OF[one.what].value, what=one.what.value, source=source.value, by=by,
            custodian=one.custodian, sha256=one.sha256, size=one.size, mime=one.mime, name=one.name[:120],
            captured_at=one.captured_at, added_at=now, unreadable=list(one.unreadable), checked_at=now,
        )
        for no, one in enumerate(new, start=last + 1)
    ]  # fmt: skip
    return Evidence.objects.bulk_create(rows)


def _named(row: Evidence) -> EvidenceNamed:
    return EvidenceNamed(no=row.no, type=row.type, what=row.what, sha256=row.sha256, size=row.size, mime=row.mime)


@verb
def name_unreadable(evidence: Evidence, points: Iterable[str], *, by: str, now: datetime) -> None:
    """Say which points cannot be read in a piece of evidence (CP20). Never a reason to refuse it."""
    matter = journal.lock_one(evidence.case.matter_id)
    known = (*POINTS[What(evidence.what)], SMALL_PICTURE)
    named = [point for point in known if point in set(points)]
    Evidence.objects.filter(pk=evidence.pk).update(unreadable=named)
    evidence.unreadable = named
    journal.record(matter, EvidenceUnreadable(no=evidence.no, points=tuple(named)), by=by, now=now)


@verb
def note_health(evidence: Evidence, health: Health, *, now: datetime) -> None:
    """The bytes were compared with their hash. A change for better or worse is a fact of the case, once."""
    matter = journal.lock_one(evidence.case.matter_id)
    evidence.refresh_from_db(fields=["damaged_at"])
    Evidence.objects.filter(pk=evidence.pk).update(checked_at=now)
    is_whole = health is Health.WHOLE
    if is_whole == (evidence.damaged_at is None):
        return
    evidence.damaged_at = None if is_whole else now
    Evidence.objects.filter(pk=evidence.pk).update(damaged_at=evidence.damaged_at)
    event = (
        EvidenceRestored(no=evidence.no, sha256=evidence.sha256)
        if is_whole
        else EvidenceSpoiled(no=evidence.no, sha256=evidence.sha256, how=health.value)
    )
    journal.record(matter, event, by="system", now=now)


def checked(evidence_ids: Sequence[int], *, now: datetime) -> None:
    """These were compared and are as they were before."""
    Evidence.objects.filter(pk__in=evidence_ids).update(checked_at=now)
