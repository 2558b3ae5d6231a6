"""Reads about one case for programs: by its number, with what its page shows; the answer an Idempotency-Key got."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from huiyin.domain.cases.actions import Once
from huiyin.domain.cases.actions.steps import items_of
from huiyin.domain.cases.models import Case, DemandItem, Replay
from huiyin.domain.conversations.models import Message
from huiyin.domain.conversations.queries import said_about
from huiyin.domain.orders.models import Remedy
from huiyin.domain.promises.actions import of as promises_of
from huiyin.domain.promises.models import Promise
from huiyin.lib import numbers
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

MOST_SAID = 200  # messages; who needs more has the dossier


def find_case(typed: str) -> Case | None:
    """The case with this number, as people type it, with what its page shows."""
    no = numbers.normalise(typed)
    if not numbers.is_valid(no):
        return None
    parts = ("matter__promises", "matter__remedies", "order__remedies", "matter__facts", "items", "evidence")
    rows = Case.objects.select_related("matter", "order", "owner").prefetch_related(*parts)
    return rows.filter(matter__no=no).first()


def remedies_of(case: Case) -> list[Remedy]:
    """What was done for a case that `find_case` has read: a remedy lies on the matter of its order, which need not be
    the case's own."""
    found = [*case.matter.remedies.all(), *(case.order.remedies.all() if case.order else ())]
    return sorted({one.pk: one for one in found}.values(), key=lambda one: one.pk)


def said_to_and_fro(case: Case) -> list[Message]:
    """What buyer and shop wrote to each other about a case, the newest MOST_SAID, the oldest first; no notes of the
    house's own."""
    said = said_about(case.matter).filter(internal=False).exclude(text="")
    return list(said.reverse()[:MOST_SAID])[::-1]


_LINE = often.Read(lambda no: Case.objects.select_related("matter", "order", "owner").filter(matter__no=no))
_BARE = often.Read(lambda no: Case.objects.select_related("matter").filter(matter__no=no))


def find_line(typed: str) -> Case | None:
    """The case with this number and only what a line of a list shows, with its items."""
    no = numbers.normalise(typed)
    case = _LINE.first(no) if numbers.is_valid(no) else None
    if case is not None:
        dress(case)
    return case


def dress(case: Case) -> None:
    """Lay its promises and items beside a case: as the running verb has them, or as they stand."""
    _lay(case.matter, "promises", Promise, promises_of(case.matter))
    _lay(case, "items", DemandItem, items_of(case.pk))


def _lay(row: Model, name: str, kind: type[Model], found: Sequence[Model]) -> None:
    known = kind._default_manager.none()
    known._result_cache = list(found)  # as prefetch_related does
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known


def find_bare(typed: str) -> Case | None:
    """The case with this number, for a verb."""
    no = numbers.normalise(typed)
    return _BARE.first(no) if numbers.is_valid(no) else None


def answered_before(once: Once) -> tuple[str, dict[str, Any]] | None:
    """Case number and answer of an Idempotency-Key that was used. Raises Refusal where the body was another."""
    rows = Replay.objects.filter(api_key=once.api_key, key=once.key)
    known = rows.values_list("body_hash", "case__matter__no", "answer").first()
    if known is None:
        return None
    if known[0] != once.body_hash:
        raise Refusal("idempotency_key_reused")
    answer = json.loads(known[2]) if isinstance(known[2], str) else known[2]
    return known[1], answer
