"""Pages of cases, newest first: all, by number, by address, by words they hold."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.actions import normal_identity
from huiyin.domain.contacts.models import Identity
from huiyin.domain.promises.models import Promise
from huiyin.lib import numbers
from huiyin.lib.bigrams import pairs, plain
from huiyin.lib.money import Money
from huiyin.lib.postgresql import often

MOST_NAMED = 500  # cases of one order or buyer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list shows. `text`: a number, an address or words; `owner`: an agent number or `none`."""

    text: str = ""
    state: str = ""
    owner: str = ""


class ListedPromise(NamedTuple):
    kind: str
    due: datetime
    calendar: str
    state: str
    estimated: bool
    about: str


class ListedOrder(NamedTuple):
    order_no: str
    title: str
    amount: Money
    situation: str
    paid_at: datetime | None


class ListedCase(NamedTuple):
    """What a line of the list shows. Rows as they come: objects of the ORM for a page cost 3 ms of a processor."""

    pk: int
    no: str
    state: str
    category: str
    urgency: str
    channel: str
    filed_at: datetime
    order_no: str
    agent_no: str | None
    order: ListedOrder | None
    promises: list[ListedPromise]


def _listed(row: tuple[Any, ...], promises: list[ListedPromise]) -> ListedCase:
    pk, _, *shown = row
    order = ListedOrder(*shown[8:]) if shown[8] is not None else None
    return ListedCase(*(pk, *shown[:8], order, promises))


def cases_page(wanted: Wanted, after: tuple[datetime, int] | None, most: int) -> list[ListedCase]:
    """Cases, newest first, from a place in the list on. Without a filter served by the index `case_newest`. A number or
    an address that is known means just that; anything else is looked for in what cases say."""
    named = _about(wanted.text) if wanted.text else None
    words = plain(wanted.text) if wanted.text and named is None else ""
    if wanted.text and named is None and not words:
        return []
    if words and not wanted.state and not wanted.owner:
        named, words = set(_saying(words, after, most)), ""
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
    rows = _page(shape)(*given)
    promises = defaultdict[int, list[ListedPromise]](list)
    for one in _PROMISES([row[1] for row in rows]):
        promises[one[0]].append(ListedPromise(*one[1:]))
    return [_listed(row, promises[row[1]]) for row in rows]


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
    "pk", "matter_id", "matter__no", "state", "category", "urgency", "channel", "filed_at", "order_no",
    "owner__agent_no", "order__order_no", "order__title", "order__amount", "order__situation", "order__paid_at",
)  # fmt: skip
_PROMISES = often.Rows(
    lambda matters: Promise.objects.filter(matter__pk__among=matters).order_by("pk")
    .values_list("matter_id", "kind", "due", "calendar", "state", "estimated", "about")
)  # fmt: skip


@lru_cache(maxsize=256)
def _page(shape: Shape) -> often.Rows:
    slots = shape.is_named + shape.has_pairs + shape.words + shape.has_state
    slots += (shape.owner == "agent") + 3 * shape.goes_on
    by_values = shape.words > 0 or shape.has_state or shape.owner != ""  # how rare they are decides the plan
    return often.Rows(lambda *given: _asked(shape, given), slots=slots, is_planned_anew=by_values)


def _asked(shape: Shape, given: tuple[Any, ...]) -> QuerySet[Case, tuple[Any, ...]]:
    left, at = iter(given), "words__filed_at" if shape.words else "filed_at"
    rows = Case.objects.values_list(*_SHOWN)
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


# Common words are found among the newest texts at once; what so many of them do not show is rare enough to fetch all of
# it by `case_pairs` and sort. PostgreSQL cannot know: it takes the pairs of one word for independent of each other and
# expected 2 where 2 000 of 20 000 cases said so. Looking through them costs about 5 ms.
LOOKED_THROUGH = 4000
_RECENT = f"""
SELECT case_id FROM (
    SELECT case_id, filed_at, plain FROM cases_casetext WHERE (filed_at, case_id) < (%s, %s)
    ORDER BY filed_at DESC, case_id DESC LIMIT {LOOKED_THROUGH}
) AS recent WHERE plain LIKE ALL(%s) ORDER BY filed_at DESC, case_id DESC LIMIT %s
"""
_RARE = """
WITH found AS MATERIALIZED (SELECT case_id, filed_at FROM cases_casetext WHERE pairs @> %s AND plain LIKE ALL(%s))
SELECT case_id FROM found WHERE (filed_at, case_id) < (%s, %s) ORDER BY filed_at DESC, case_id DESC LIMIT %s
"""
_END = datetime(9999, 1, 1, tzinfo=UTC), 2**62


def _saying(words: str, after: tuple[datetime, int] | None, most: int) -> list[int]:
    """The newest cases that say all these words, as `plain` spells them."""
    place, patterns = after or _END, [f"%{_escaped(word)}%" for word in words.split()]
    found = often.run(_RECENT, [*place, patterns, most])
    if len(found) < most:
        found = often.run(_RARE, [pairs(words), patterns, *place, most])
    return [row[0] for row in found]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


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
