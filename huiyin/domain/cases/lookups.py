"""Reads about cases for programs: one by its number, pages of them, the answer an Idempotency-Key got."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from huiyin.domain.cases.actions import Once
from huiyin.domain.cases.models import Case, Replay
from huiyin.domain.contacts.actions import normal_identity
from huiyin.domain.contacts.models import Identity
from huiyin.lib import numbers
from huiyin.lib.errors import Refusal


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list shows. `text`: a number, an address or words; `owner`: an agent number or `none`."""

    text: str = ""
    state: str = ""
    owner: str = ""


def find_case(typed: str) -> Case | None:
    """The case with this number, as people type it, with what its page shows."""
    no = numbers.normalise(typed)
    if not numbers.is_valid(no):
        return None
    parts = ("matter__promises", "matter__remedies", "matter__facts", "items", "evidence")
    rows = Case.objects.select_related("matter", "order", "owner").prefetch_related(*parts)
    return rows.filter(matter__no=no).first()


def cases_page(wanted: Wanted, after: tuple[datetime, int] | None, most: int) -> list[Case]:
    """Cases, newest first, from a place in the list on. Without a filter served by the index `case_newest`."""
    rows = Case.objects.select_related("matter", "order", "owner").prefetch_related("matter__promises")
    if wanted.text:
        rows = rows.filter(_about(wanted.text))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.owner:
        rows = _owned(rows, wanted.owner)
    if after:
        rows = rows.filter(Q(filed_at__lt=after[0]) | Q(filed_at=after[0], pk__lt=after[1]))
    return list(rows.order_by("-filed_at", "-pk")[:most])


def _owned(rows: QuerySet[Case], owner: str) -> QuerySet[Case]:
    return rows.filter(owner__isnull=True) if owner == "none" else rows.filter(owner__agent_no=owner)


def _about(text: str) -> Q:
    """A case number is one case; anything else may be another number, an address, or words of the story."""
    plain = text.strip()
    if numbers.is_valid(numbers.normalise(plain)):
        return Q(matter__no=numbers.normalise(plain))
    address = {plain, normal_identity("phone", plain), normal_identity("email", plain)}
    theirs = Identity.objects.filter(value__in=address).values("buyer")
    numbered = Q(order_no=plain) | Q(external_ref=plain) | Q(buyer__in=theirs)
    return numbered | Q(what_happened__icontains=plain) | Q(demand__icontains=plain)


def answered_before(once: Once) -> tuple[str, dict[str, Any]] | None:
    """Case number and answer of an Idempotency-Key that was used. Raises Refusal where the body was another."""
    rows = Replay.objects.filter(api_key=once.api_key, key=once.key)
    known = rows.values_list("body_hash", "case__matter__no", "answer").first()
    if known is None:
        return None
    if known[0] != once.body_hash:
        raise Refusal("idempotency_key_reused")
    return known[1], known[2]
