"""Reads about cases for programs: one by its number, pages of them, the answer an Idempotency-Key got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model, Q, QuerySet

from huiyin.domain.cases.actions import Once
from huiyin.domain.cases.actions.steps import items_of
from huiyin.domain.cases.models import Case, DemandItem, Replay
from huiyin.domain.contacts.actions import normal_identity
from huiyin.domain.contacts.models import Identity
from huiyin.domain.promises.actions import of as promises_of
from huiyin.domain.promises.models import Promise
from huiyin.lib import numbers
from huiyin.lib.bigrams import pairs, plain
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

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


def cases_page(wanted: Wanted, after: tuple[datetime, int] | None, most: int) -> list[Case]:
    """Cases, newest first, from a place in the list on. Without a filter served by the index `case_newest`. A number or
    an address that is known means just that; anything else is looked for in what cases say."""
    named = _about(wanted.text) if wanted.text else None
    words = plain(wanted.text) if wanted.text and named is None else ""
    if wanted.text and named is None and not words:
        return []
    found = pairs(words)
    shape = Shape(
        named is not None, len(words.split()), bool(found), bool(wanted.state),
        wanted.owner if wanted.owner in {"", "none"} else "agent", after is not None, most,
    )  # fmt: skip
    given = [
        *([sorted(named)] if named is not None else []), *([found] if found else []), *words.split(),
        *([wanted.state] if wanted.state else []), *([wanted.owner] if shape.owner == "agent" else []),
        *([after[0], after[0], after[1]] if after else []),
    ]  # fmt: skip
    cases = _page(shape)(*given)
    promises = _PROMISES([case.matter_id for case in cases])
    for case in cases:
        _lay(case.matter, "promises", Promise, [one for one in promises if one.matter_id == case.matter_id])
    return cases


@dataclass(frozen=True, slots=True)
class Shape:
    """What a page of the list asks for, apart from the values: each shape is compiled once."""

    is_named: bool
    words: int
    has_pairs: bool
    has_state: bool
    owner: str
    goes_on: bool
    most: int


_SHOWN = (
    "state", "category", "urgency", "channel", "filed_at", "order_no", "matter__no", "owner__agent_no",
    "order__order_no", "order__title", "order__amount", "order__situation", "order__paid_at",
)  # fmt: skip
_PROMISES = often.Read(
    lambda matters: Promise.objects.filter(matter__pk__among=matters).order_by("pk")
    .only("matter_id", "kind", "due", "calendar", "state", "estimated", "about")
)  # fmt: skip


@lru_cache(maxsize=256)
def _page(shape: Shape) -> often.Read[Case]:
    slots = shape.is_named + shape.has_pairs + shape.words + shape.has_state
    slots += (shape.owner == "agent") + 3 * shape.goes_on
    # PostgreSQL takes `case_pairs` or `case_text_newest` by how rare the words are: it must see them
    return often.Read(lambda *given: _asked(shape, given), slots=slots, is_planned_anew=shape.words > 0)


def _asked(shape: Shape, given: tuple[Any, ...]) -> QuerySet[Case]:
    left, at = iter(given), "words__filed_at" if shape.words else "filed_at"
    rows = Case.objects.select_related("matter", "order", "owner").only(*_SHOWN)
    if shape.is_named:
        rows = rows.filter(pk__among=next(left))
    if shape.has_pairs:
        rows = rows.filter(words__pairs__contains=next(left))
    for _ in range(shape.words):
        rows = rows.filter(words__plain__contains=next(left))
    if shape.has_state:
        rows = rows.filter(state=next(left))
    if shape.owner:
        rows = rows.filter(owner__agent_no=next(left)) if shape.owner == "agent" else rows.filter(owner__isnull=True)
    if shape.goes_on:
        before = Q(**{f"{at}__lt": next(left)}) | Q(**{at: next(left), "pk__lt": next(left)})
        rows = rows.filter(before)
    return rows.order_by(f"-{at}", "-words__case" if shape.words else "-pk")[: shape.most]


_NUMBER = often.Read(lambda no: Case.objects.filter(matter__no=no).only("pk"))
_NUMBERED = often.Read(
    lambda order_no, ref: Case.objects.only("pk").filter(
        Q(order_no=order_no) & ~Q(order_no="") | Q(external_ref=ref) & ~Q(external_ref="")
    )[:MOST_NAMED]
)  # fmt: skip


def _about(text: str) -> set[int] | None:
    """The cases that a number or an address names exactly; None where it names none. Each look has its index."""
    typed = text.strip()
    no = numbers.normalise(typed)
    if numbers.is_valid(no):
        return {case.pk for case in _NUMBER(no)}
    found = {case.pk for case in _NUMBERED(typed, typed)}
    if typed.isascii() and " " not in typed.strip():
        found |= _of_address(typed)
    return found or None


def _of_address(typed: str) -> set[int]:
    values = {typed, normal_identity("phone", typed), normal_identity("email", typed)}
    kinds = ("phone", "email", "wechat", "qq", "member")
    buyers = list(Identity.objects.filter(kind__in=kinds, value__in=values).values_list("buyer", flat=True))
    theirs = Case.objects.filter(buyer__in=buyers).order_by("-filed_at")
    return set(theirs.values_list("pk", flat=True)[:MOST_NAMED]) if buyers else set()


def answered_before(once: Once) -> tuple[str, dict[str, Any]] | None:
    """Case number and answer of an Idempotency-Key that was used. Raises Refusal where the body was another."""
    rows = Replay.objects.filter(api_key=once.api_key, key=once.key)
    known = rows.values_list("body_hash", "case__matter__no", "answer").first()
    if known is None:
        return None
    if known[0] != once.body_hash:
        raise Refusal("idempotency_key_reused")
    return known[1], known[2]
