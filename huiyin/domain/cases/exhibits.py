"""Evidence as people see it: what a case holds, how well its problem is proven, and the bytes themselves.

A buyer sees the shop's records about an order only on a matter that is this order's own, because there they have proven
that it is theirs: everybody can name an order number in a complaint. What they said and sent in conversations of their
own is theirs in any case.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from huiyin.domain.cases import actions
from huiyin.domain.cases.evidence import Chain, Source, What, assess, held_by_the_shop
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.events import Look
from huiyin.domain.voice.hotline.queries import named_by_takes
from huiyin.domain.voice.keeping.models import Copy
from huiyin.domain.voice.keeping.queries import named_by_recordings
from huiyin.lib.errors import Refusal
from huiyin.lib.files import Files, Health, Spoiled

CHECK_AGAIN = timedelta(days=1)


@lru_cache(maxsize=1)
def the_files() -> Files:
    """Where files lie, from `settings.FILES` (dotted path of a function that makes it)."""
    made: Files = import_string(settings.FILES)()
    return made


def evidence_of(case: Case) -> QuerySet[Evidence]:
    """Everything, by number."""
    return Evidence.objects.filter(case=case).order_by("no")


def evidence_for_buyer(case: Case) -> QuerySet[Evidence]:
    """What the buyer of this case may see."""
    rows = evidence_of(case)
    return rows if is_proven(case) else rows.filter(~Q(source=Source.SYSTEM.value) | _of_own_talks(case))


def _of_own_talks(case: Case) -> Q:
    """Transcripts, recordings and files of the conversation that became this case, and of others this buyer had about
    it: what joined it may be somebody else's."""
    theirs = Q(matter=case.matter_id) | (Q(buyer=case.buyer_id) if case.buyer_id else Q())
    talks = dict(Conversation.objects.filter(theirs, case=case.matter_id).values_list("matter", "matter__no"))
    sent = Message.objects.filter(matter__in=talks, kind="file", internal=False).values("sha256")
    names = [f"chat-{no}.{kind}" for no in talks.values() for kind in ("txt", "pdf")]
    recorded = Copy.objects.filter(recording__call__talk__in=talks).values("sha256")
    return Q(what=What.CHAT.value, name__in=names) | Q(sha256__in=sent) | Q(sha256__in=recorded)


def is_proven(case: Case) -> bool:
    """Whether who complains has proven that the order is theirs: then the case is on the order's own matter."""
    return case.order is not None and case.order.matter_id == case.matter_id


def chain_of(case: Case) -> Chain:
    """How well the problem is proven, for those who work here."""
    rows = evidence_of(case).filter(damaged_at=None)
    return _chain(case, rows, held_by_the_shop(case.order.snapshot) if case.order else ())


def chain_for_buyer(case: Case) -> Chain:
    """How well it is proven by what the buyer may know of: nothing about an order they have not proven."""
    if is_proven(case) or case.order is None:
        return chain_of(case)
    return assess(
        case.category, "", set(evidence_for_buyer(case).filter(damaged_at=None).values_list("what", flat=True))
    )


def _chain(case: Case, rows: QuerySet[Evidence], by_the_shop: Iterable[str]) -> Chain:
    held = {*rows.values_list("what", flat=True), *by_the_shop}
    return assess(case.category, case.order.situation if case.order else "", held)


def open_evidence(evidence: Evidence, look: Look, *, by: str, files: Files, now: datetime) -> bytes:
    """The bytes for somebody who may see them; noted in the access ledger. Raises Refusal `evidence_spoiled` where they
    are not those that were added: that is said and recorded, and nothing else is handed out in their place."""
    journal.note_access(evidence.case.matter_id, f"evidence:{evidence.no}", look, by=by, now=now)
    try:
        data = files.read(evidence.sha256)
    except Spoiled as fault:
        actions.note_health(evidence, fault.health, now=now)
        raise Refusal("evidence_spoiled", no=evidence.no, how=fault.health.value) from fault
    if evidence.damaged_at is not None:
        actions.note_health(evidence, Health.WHOLE, now=now)
    return data


def copy_of(evidence: Evidence) -> Copy | None:
    """The small copy for playing of a recording of ours, where there is one."""
    if evidence.what != What.CALL or evidence.source != Source.SYSTEM:
        return None
    return Copy.objects.filter(sha256=evidence.sha256).exclude(small_sha256="").first()


def open_copy(evidence: Evidence, copy: Copy, *, by: str, files: Files, now: datetime) -> bytes:
    """The bytes of that copy; noted in the access ledger. Raises Refusal `evidence_spoiled`."""
    journal.note_access(evidence.case.matter_id, f"evidence:{evidence.no}", Look.PLAYED, by=by, now=now)
    try:
        return files.read(copy.small_sha256)
    except Spoiled as fault:
        raise Refusal("evidence_spoiled", no=evidence.no, how=fault.health.value) from fault


def check_some(files: Files, *, now: datetime, most: int = 50) -> int:
    """Compare the files not looked at for longest with their hashes; how many are not what they were."""
    due = Evidence.objects.filter(checked_at__lte=now - CHECK_AGAIN).select_related("case").order_by("checked_at")
    same: list[int] = []
    spoiled = 0
    for evidence in due[:most]:
        health = files.health(evidence.sha256)
        spoiled += health is not Health.WHOLE
        if (health is Health.WHOLE) == (evidence.damaged_at is None):
            same.append(evidence.pk)
        else:
            actions.note_health(evidence, health, now=now)
    actions.checked(same, now=now)
    return spoiled


def named_files(hashes: list[str]) -> set[str]:
    """Those of these files that evidence, a message of a conversation, a recording or a
    recorded sentence points at."""
    sent = Message.objects.filter(sha256__in=hashes).exclude(sha256="").values_list("sha256", flat=True)
    evidence = Evidence.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    return {*evidence, *sent, *named_by_recordings(hashes), *named_by_takes(hashes)}


def spoiled_with(sha256: str) -> list[Evidence]:
    """Evidence of any case whose bytes, these, were found damaged."""
    return list(Evidence.objects.filter(sha256=sha256).select_related("case"))
