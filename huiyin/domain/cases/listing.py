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
    if words:
        named = {*_saying(words, wanted, after, most), *_said_aloud(words, wanted, after, most)}
    owner = wanted.owner if wanted.owner in {"", "none"} else "agent"
    shape = Shape(named is not None, bool(wanted.state), owner, after is not None, most)
    given = [
        *([sorted(named)] if named is not None else []), *([wanted.state] if wanted.state else []),
        *([wanted.owner] if owner == "agent" else []), *([after[0], after[0], after[1]] if after else []),
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
    slots = shape.is_named + shape.has_state + (shape.owner == "agent") + 3 * shape.goes_on
    by_values = shape.has_state or shape.owner != ""  # how rare they are decides the plan
    return often.Rows(lambda *given: _asked(shape, given), slots=slots, is_planned_anew=by_values)


def _asked(shape: Shape, given: tuple[Any, ...]) -> QuerySet[Case, tuple[Any, ...]]:
    left = iter(given)
    rows = Case.objects.values_list(*_SHOWN)
    if shape.is_named:
        rows = rows.filter(pk__among=next(left))
    if shape.has_state:
        rows = rows.filter(state=next(left))
    if shape.owner:
        rows = rows.filter(owner__agent_no=next(left)) if shape.owner == "agent" else rows.filter(owner__isnull=True)
    if shape.goes_on:
        rows = rows.filter(Q(filed_at__lt=next(left)) | Q(filed_at=next(left), pk__lt=next(left)))
    return rows.order_by("-filed_at", "-pk")[: shape.most]


# Common words are found among the newest texts at once; what so many of them do not show is rare enough to fetch all of
# it by `case_pairs` and sort. PostgreSQL cannot know: it takes the pairs of one word for independent of each other and
# expected 2 where 2 000 of 20 000 cases said so. Looking ends with the page; through all of them it costs about 5 ms.
# With a state or an owner the newest are those of them.
LOOKED_THROUGH = 4000
_RECENT = "SELECT id FROM ({newest}) AS recent WHERE plain LIKE ALL(%s) ORDER BY filed_at DESC, id DESC LIMIT %s"
_HOW_MANY = "SELECT count(*) FROM ({newest}) AS recent"
_NEWEST = f"""
SELECT case_id AS id, filed_at, plain FROM cases_casetext WHERE (filed_at, case_id) < (%s, %s)
ORDER BY filed_at DESC, case_id DESC LIMIT {LOOKED_THROUGH}
"""
_NEWEST_OF = f"""
SELECT held.id, held.filed_at, said.plain FROM (
    SELECT id, filed_at FROM cases_case WHERE (filed_at, id) < (%s, %s){{among}}
    ORDER BY filed_at DESC, id DESC LIMIT {LOOKED_THROUGH}
) AS held LEFT JOIN cases_casetext AS said ON said.case_id = held.id
"""
_RARE = """
WITH found AS MATERIALIZED (SELECT case_id, filed_at FROM cases_casetext WHERE pairs @> %s AND plain LIKE ALL(%s))
SELECT case_id FROM found{among} WHERE (filed_at, case_id) < (%s, %s) ORDER BY filed_at DESC, case_id DESC LIMIT %s
"""
# one by one: rare words show few, and of a state there may be half of all cases
_EACH_OF = " JOIN LATERAL (SELECT 1 FROM cases_case WHERE id = found.case_id{among} OFFSET 0) AS held ON true"
_END = datetime(9999, 1, 1, tzinfo=UTC), 2**62


def _saying(words: str, wanted: Wanted, after: tuple[datetime, int] | None, most: int) -> list[int]:
    """The newest cases of those wanted that say all these words, as `plain` spells them."""
    place, patterns = after or _END, [f"%{_escaped(word)}%" for word in words.split()]
    among, values = _among(wanted)
    newest = _NEWEST_OF.format(among=among) if among else _NEWEST
    found = [row[0] for row in often.run(_RECENT.format(newest=newest), [*place, *values, patterns, most])]
    if len(found) >= most or often.run(_HOW_MANY.format(newest=newest), [*place, *values])[0][0] < LOOKED_THROUGH:
        return found
    each = _EACH_OF.format(among=among) if among else ""
    rare = often.run(_RARE.format(among=each), [pairs(words), patterns, *values, *place, most])
    return [row[0] for row in rare]


# HL10: cases of calls in which this was said. What is rare in the newest calls is fetched everywhere, by
# `transcript_pairs`; of 50 000 transcripts that took 500 ms where one in ten said it. Such a word is looked for through
# the calls of the cases wanted, the newest first, until there are enough.
NEWEST_CALLS = 200
COMMON = NEWEST_CALLS // 10
_HOW_OFTEN = """
SELECT count(*), count(*) FILTER (WHERE plain LIKE ALL(%s))
FROM (SELECT plain FROM voice_transcript ORDER BY id DESC LIMIT {newest}) AS recent
"""
_ALOUD_COMMON = """
WITH recent AS MATERIALIZED (
    SELECT id, matter_id, filed_at FROM cases_case WHERE (filed_at, id) < (%s, %s){among}
    ORDER BY filed_at DESC, id DESC LIMIT {deep}
)
SELECT ARRAY(
    SELECT held.id FROM (SELECT * FROM recent ORDER BY filed_at DESC, id DESC OFFSET 0) AS held
    JOIN LATERAL (
        SELECT 1 FROM (
            SELECT call.id FROM conversations_conversation AS talk
            JOIN voice_call AS call ON call.talk_id = talk.matter_id
            WHERE talk.case_id = held.matter_id
            UNION ALL
            SELECT call.id FROM voice_call AS call
            LEFT JOIN conversations_conversation AS talk ON talk.matter_id = call.talk_id
            WHERE call.case_id = held.matter_id AND talk.case_id IS NULL
        ) AS call
        JOIN voice_recording AS recording ON recording.call_id = call.id
        JOIN voice_transcript AS said ON said.recording_id = recording.id
        WHERE said.plain LIKE ALL(%s) LIMIT 1
    ) AS said ON true
    ORDER BY held.filed_at DESC, held.id DESC LIMIT %s
), (SELECT count(*) FROM recent)
"""
_ALOUD_RARE = """
WITH said AS MATERIALIZED (
    SELECT recording_id FROM voice_transcript WHERE pairs @> %s AND plain LIKE ALL(%s)
), about AS MATERIALIZED (
    SELECT DISTINCT coalesce(talk.case_id, call.case_id) AS matter_id FROM said
    JOIN voice_recording AS recording ON recording.id = said.recording_id
    JOIN voice_call AS call ON call.id = recording.call_id
    LEFT JOIN conversations_conversation AS talk ON talk.matter_id = call.talk_id
)
SELECT held.id FROM about JOIN cases_case AS held ON held.matter_id = about.matter_id
WHERE (held.filed_at, held.id) < (%s, %s){among} ORDER BY held.filed_at DESC, held.id DESC LIMIT %s
"""


def _said_aloud(words: str, wanted: Wanted, after: tuple[datetime, int] | None, most: int) -> list[int]:
    """As `_saying`, in what was said in calls."""
    place, patterns = after or _END, [f"%{_escaped(word)}%" for word in words.split()]
    among, values = _among(wanted)
    calls, times = often.run(_HOW_OFTEN.format(newest=NEWEST_CALLS), [patterns])[0]
    if not calls:
        return []
    if times >= COMMON:
        common = _ALOUD_COMMON.format(among=among, deep=LOOKED_THROUGH)
        found, looked_through = often.run(common, [*place, *values, patterns, most])[0]
        if len(found) >= most or looked_through < LOOKED_THROUGH:
            return list(found)
    rare = often.run(_ALOUD_RARE.format(among=among), [pairs(words), patterns, *place, *values, most])
    return [row[0] for row in rare]


def _among(wanted: Wanted) -> tuple[str, list[str]]:
    """What narrows cases to a state and an owner, with its values."""
    text, values = "", list[str]()
    if wanted.state:
        text, values = " AND state = %s", [wanted.state]
    if wanted.owner == "none":
        text += " AND owner_id IS NULL"
    elif wanted.owner:
        text += " AND owner_id = (SELECT id FROM staff_person WHERE agent_no = %s)"
        values.append(wanted.owner)
    return text, values


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
