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
from huiyin.lib.bigrams import pairs, plain
from huiyin.lib.errors import Refusal

MOST_NAMED = 500  # cases of one order or buyer


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


def find_line(typed: str) -> Case | None:
    """The case with this number and only what a line of a list shows, with its items."""
    no = numbers.normalise(typed)
    rows = Case.objects.select_related("matter", "order", "owner").prefetch_related("matter__promises", "items")
    return rows.filter(matter__no=no).first() if numbers.is_valid(no) else None


def find_bare(typed: str) -> Case | None:
    """The case with this number, for a verb."""
    no = numbers.normalise(typed)
    rows = Case.objects.select_related("matter", "order", "owner", "buyer")
    return rows.filter(matter__no=no).first() if numbers.is_valid(no) else None


def cases_page(wanted: Wanted, after: tuple[datetime, int] | None, most: int) -> list[Case]:
    """Cases, newest first, from a place in the list on. Without a filter served by the index `case_newest`. A number or
    an address that is known means just that; anything else is looked for in what cases say."""
    rows = Case.objects.select_related("matter", "order", "owner").prefetch_related("matter__promises")
    at = "filed_at"
    if wanted.text:
        about = _about(wanted.text)
        rows, at = (rows.filter(about), at) if about is not None else (_saying(rows, wanted.text), "words__filed_at")
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.owner:
        rows = _owned(rows, wanted.owner)
    if after:
        rows = rows.filter(Q(**{f"{at}__lt": after[0]}) | Q(**{at: after[0], "pk__lt": after[1]}))
    by_pk = "-words__case" if at.startswith("words") else "-pk"
    return list(rows.order_by(f"-{at}", by_pk)[:most])


def _owned(rows: QuerySet[Case], owner: str) -> QuerySet[Case]:
    return rows.filter(owner__isnull=True) if owner == "none" else rows.filter(owner__agent_no=owner)


def _about(text: str) -> Q | None:
    """The cases that a number or an address names exactly; None where it names none. Each look has its index."""
    typed = text.strip()
    no = numbers.normalise(typed)
    if numbers.is_valid(no):
        return Q(matter__no=no)
    numbered = Q(order_no=typed) & ~Q(order_no="") | Q(external_ref=typed) & ~Q(external_ref="")
    found = set(Case.objects.filter(numbered).values_list("pk", flat=True)[:MOST_NAMED])
    if typed.isascii() and " " not in typed.strip():
        found |= _of_address(typed)
    return Q(pk__in=found) if found else None


def _of_address(typed: str) -> set[int]:
    values = {typed, normal_identity("phone", typed), normal_identity("email", typed)}
    kinds = ("phone", "email", "wechat", "qq", "member")
    buyers = list(Identity.objects.filter(kind__in=kinds, value__in=values).values_list("buyer", flat=True))
    theirs = Case.objects.filter(buyer__in=buyers).order_by("-filed_at")
    return set(theirs.values_list("pk", flat=True)[:MOST_NAMED]) if buyers else set()


def _saying(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases that say all these words. PostgreSQL takes `case_pairs` or `case_text_newest`, by how rare they are."""
    words = plain(text)
    if not words:
        return rows.none()
    if wanted := pairs(words):
        rows = rows.filter(words__pairs__contains=wanted)
    for word in words.split():
        rows = rows.filter(words__plain__contains=word)
    return rows


def answered_before(once: Once) -> tuple[str, dict[str, Any]] | None:
    """Case number and answer of an Idempotency-Key that was used. Raises Refusal where the body was another."""
    rows = Replay.objects.filter(api_key=once.api_key, key=once.key)
    known = rows.values_list("body_hash", "case__matter__no", "answer").first()
    if known is None:
        return None
    if known[0] != once.body_hash:
        raise Refusal("idempotency_key_reused")
    return known[1], known[2]
