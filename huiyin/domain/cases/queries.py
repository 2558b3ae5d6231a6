"""What the desk reads: what waits, one matter with everything about it, and who may act. Reads only.

Everybody who works here sees the cases of the centre; what they may do, `verbs.py` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from huiyin.domain.cases.lifecycle import Outcome
from huiyin.domain.cases.listing import Wanted, cases_page
from huiyin.domain.cases.models import NEVER, Case, DemandItem, Evidence
from huiyin.domain.cases.outcome import ending
from huiyin.domain.cases.verbs import UNDER_WAY, Actor, Standing, Task
from huiyin.domain.contacts.models import Contact, Identity
from huiyin.domain.conversations.models import Message
from huiyin.domain.conversations.queries import said_about
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.orders.brakes import AUTHORITY
from huiyin.domain.orders.due import terms_as_json
from huiyin.domain.orders.models import ManualTask, Remedy
from huiyin.domain.promises.models import Promise
from huiyin.domain.staff.models import Person

PAGE = 50
MOST_FACTS = 300  # of one matter on one screen; the screen says when there are more
MOST_COUNTED = 1000  # nobody needs to know how many more wait, and counting a hundred thousand takes half a second


class Filter(StrEnum):
    MINE = "mine"
    ALL = "all"
    CHECK = "check"  # done by hand, waits for a second person
    APPROVE = "approve"  # a remedy waits for approval


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after this due time and case."""

    due: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.due.astimezone(UTC):%Y%m%dT%H%M%S%f}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The inverse of `str`; None for anything else."""
        stamp, _, pk = text.partition("-")
        try:
            return cls(datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%S%f%z"), int(pk))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """Cases, each with `owed` (the promise to show: kind, started, due, state) and `identities`; `after` = more."""

    cases: Sequence[Case]
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class Everything:
    """All that one screen shows about a case."""

    promises: list[Promise]
    remedies: list[Remedy]
    messages: list[Message]
    facts: list[Fact]
    facts_left_off: int
    related: list[Matter]
    items: list[DemandItem]
    evidence: list[Evidence]
    tasks: dict[int, ManualTask] = field(default_factory=dict)  # by remedy


def visible_to(person: Person) -> QuerySet[Case]:
    """The cases this person may see: all but those that are about them (CP21)."""
    if not person.is_active:
        return Case.objects.none()
    return Case.objects.exclude(about_agents__contains=[person.agent_no])


def case_for(person: Person, no: str) -> Case:
    """The case with this matter number, with `terms` as `orders.due.read_terms` reads them. Raises Case.DoesNotExist,
    also where the person may not see it."""
    return _dressed(visible_to(person)).annotate(terms=terms_as_json(OuterRef("order"))).get(matter__no=no)


def find_for(person: Person, text: str) -> Case | None:
    """The newest case that a number, an address or an order number typed at the desk means."""
    plain = "".join(text.split())[:160]
    about = Q(matter__no=plain) | Q(order_no=plain) | Q(order__order_no=plain)
    about |= Q(buyer__identities__value__in=[plain, plain.lower(), f"+86{plain}"])
    return visible_to(person).select_related("matter").filter(about).order_by("-filed_at").first() if plain else None


def said_for(person: Person, text: str, most: int = PAGE) -> list[Case]:
    """The newest cases that say these words, in what was filed or in a call (HL10), dressed as `waiting_for` does."""
    found = [one.pk for one in cases_page(Wanted(text), None, most)]
    return list(_dressed(visible_to(person)).filter(pk__in=found).order_by("-filed_at", "-pk"))


def waiting_for(person: Person, which: Filter, cursor: Cursor | None = None) -> Page:
    """Open cases by the time left on what we owe next, a page at a time. Served by the indexes `case_owed…`."""
    found = _dressed(_open_for(person, which))
    if cursor:
        later = Q(owed_at__gt=cursor.due) | Q(owed_at=cursor.due, pk__gt=cursor.pk)
        found = found.filter(later, owed_at__gte=cursor.due)
    cases = list(found.order_by("owed_at", "pk")[: PAGE + 1])
    last = cases[PAGE - 1] if len(cases) > PAGE else None
    return Page(cases[:PAGE], Cursor(last.owed_at, last.pk) if last else None)


def next_due() -> Coalesce:
    """Until when we owe the next thing on a case; what `Case.owed_at` keeps."""
    return Coalesce(Subquery(_owed().values("due")[:1]), Value(NEVER))


def counts_for(person: Person) -> dict[Filter, int]:
    """How many cases each filter holds, at most MOST_COUNTED."""
    held = {which: _up_to_most(_open_for(person, which)) for which in Filter}
    counted = {which.value: found for which, found in held.items() if found is not None}
    if not counted:
        return dict.fromkeys(Filter, 0)
    text = ", ".join(f"(SELECT count(*) FROM ({part}) AS held)" for part, _ in counted.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {text}", [value for _, values in counted.values() for value in values])
        numbers = dict(zip(counted, cursor.fetchone(), strict=True))
    return {which: numbers.get(which.value, 0) for which in Filter}


def _up_to_most(found: QuerySet[Case]) -> tuple[str, tuple[Any, ...]] | None:
    """The statement of the first of them; None where there can be none."""
    try:
        return found.order_by().values("pk")[:MOST_COUNTED].query.sql_with_params()
    except EmptyResultSet:
        return None


def _open_for(person: Person, which: Filter) -> QuerySet[Case]:
    found = visible_to(person).exclude(state="closed")
    if which is Filter.MINE:
        return found.filter(owner=person)
    if which is Filter.CHECK:
        return found.filter(Exists(_to_check(person)))
    return found.filter(Exists(_to_approve(person))) if which is Filter.APPROVE else found


def _to_check(person: Person) -> QuerySet[Remedy]:
    waiting = Remedy.objects.filter(matter=OuterRef("matter"), state="needs_person", task__done_at__isnull=False)
    if not actor(person).gives_money:
        return waiting.none()
    return waiting.filter(task__checked_at__isnull=True).exclude(task__done_by=person)


def _to_approve(person: Person) -> QuerySet[Remedy]:
    """What this person may approve; operations see all, so that what is above every limit is seen by somebody."""
    asked = Remedy.objects.filter(matter=OuterRef("matter"), state="requested").exclude(asked_by=person.by)
    if person.tier == "operations":
        return asked
    limit = AUTHORITY.get(person.tier)
    return asked.filter(amount__lte=limit) if limit else asked.none()


def _dressed(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With everything a list line or the head of a matter shows, in one query."""
    known = Identity.objects.filter(buyer=OuterRef("buyer")).order_by("kind", "pk")
    pairs = known.values_list(JSONObject(kind="kind", value="value"))
    return cases.select_related("matter", "order", "order__matter", "buyer", "owner").annotate(
        owed=Subquery(_owed().values_list(JSONObject(kind="kind", started="started", due="due", state="state"))[:1]),
        identities=ArraySubquery(pairs),
    )


def _owed() -> QuerySet[Promise]:
    """What we owe on a case: what runs or is paused, and what broke and was not made up for since."""
    ours = Promise.objects.filter(matter=OuterRef("matter"), obligor="us")
    newer = Promise.objects.filter(matter=OuterRef("matter"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    at_work = Remedy.objects.filter(matter=OuterRef("matter"), state__in=UNDER_WAY)
    outstanding = (
        Q(kind="result")
        | Q(kind="first_answer", matter__case__answered_at__isnull=True)
        | (Q(kind__in=["remedy", "manual_task"]) & Exists(at_work))
    )
    broken = Q(state="broken") & outstanding & ~Exists(newer)
    return ours.filter(Q(state__in=["running", "paused"]) | broken).order_by("due", "pk")


def everything_about(case: Case, person: Person) -> Everything:
    """The parts of a case's screen as this person may see them: its own matter and, where there is one, its order's."""
    matters = {case.matter_id, *([case.order.matter_id] if case.order else [])}
    tasks = ("order", "task", "task__done_by", "task__checked_by")
    remedies = Remedy.objects.filter(Q(matter__in=matters) | Q(order=case.order_id)).select_related(*tasks)
    facts = Fact.objects.filter(matter__in=matters).exclude(name="message_written")
    newest = list(facts.order_by("-at", "-seq")[: MOST_FACTS + 1])
    promises = Promise.objects.filter(matter__in=matters).order_by("due", "pk")
    found = list(remedies.order_by("pk"))
    return Everything(
        promises=list(promises), remedies=found, facts=newest[MOST_FACTS - 1 :: -1],
        facts_left_off=facts.count() - MOST_FACTS if len(newest) > MOST_FACTS else 0,
        messages=list(said_about(case.matter, *matters)),
        related=_related(case, person, matters), items=list(DemandItem.objects.filter(case=case).order_by("no")),
        evidence=list(Evidence.objects.filter(case=case).order_by("no")),
        tasks={one.pk: one.task for one in found if _has_task(one)},
    )  # fmt: skip


def _has_task(remedy: Remedy) -> bool:
    return getattr(remedy, "task", None) is not None


def _related(case: Case, person: Person, matters: set[int], most: int = 20) -> list[Matter]:
    """Other cases and orders of the same buyer, the newest first."""
    if case.buyer_id is None:
        return []
    theirs = Matter.objects.filter(Q(case__buyer=case.buyer_id) | Q(order__buyer=case.buyer_id))
    theirs = theirs.exclude(case__about_agents__contains=[person.agent_no])
    return list(theirs.exclude(pk__in=matters).select_related("case", "order").order_by("-opened_at")[:most])


def actor(person: Person) -> Actor:
    return Actor(person.agent_no, person.tier)


def standing(case: Case, remedies: Sequence[Remedy] | None = None) -> Standing:
    """The case as the rules of `verbs.py` see it; `remedies` where they have been read already."""
    if remedies is None:
        remedies = list(Remedy.objects.filter(Q(matter=case.matter_id) | Q(order=case.order_id)).only("state"))
    return Standing(
        state=case.state, owner=case.owner.agent_no if case.owner else "", level=case.level,
        is_answered=case.answered_at is not None, has_order=case.order_id is not None,
        has_buyer=case.buyer_id is not None, has_open_remedy=any(one.state in UNDER_WAY for one in remedies),
        about=frozenset(case.about_agents),
    )  # fmt: skip


def task_standing(remedy: Remedy, task: ManualTask) -> Task:
    """A manual task as the rules see it."""
    done, checked = task.done_by, task.checked_by
    return Task(remedy.state, done.agent_no if done else "", checked.agent_no if checked else "")


def remedy_of(case: Case, pk: int) -> Remedy:
    """A remedy of this case. Raises Remedy.DoesNotExist."""
    mine = Remedy.objects.filter(Q(matter=case.matter_id) | Q(order=case.order_id, order__isnull=False))
    return mine.select_related("order", "task", "task__done_by", "task__checked_by").get(pk=pk)


def colleagues(person: Person, case: Case) -> list[Person]:
    """To whom a case can be handed: everybody else who works here and answers buyers, whoever is on duty first; nobody
    it is about."""
    others = Person.objects.filter(is_active=True).exclude(pk=person.pk).exclude(tier="admin")
    others = others.exclude(agent_no__in=case.about_agents)
    return list(others.order_by(F("on_duty").desc(), "agent_no"))


def contacts_without_fate(after: int = 0, most: int = PAGE) -> list[Contact]:
    """CP15: who turned to us and got nothing yet, the oldest first. Served by the index `contact_without_fate`."""
    waiting = Contact.objects.filter(fate__isnull=True, pk__gt=after)
    return list(waiting.select_related("buyer", "matter__case", "matter__conversation").order_by("pk")[:most])


def read_owed(owed: dict[str, Any] | None) -> tuple[str, str, datetime, datetime] | None:
    """Kind, state, started and due of a page's `owed`."""
    if not owed:
        return None
    return owed["kind"], owed["state"], datetime.fromisoformat(owed["started"]), datetime.fromisoformat(owed["due"])


def how_ended(case: Case, facts: Sequence[Fact] | None = None) -> str:
    """How a case ended, as `outcome.ending` says; empty while it runs. `facts`: those of its matter that were read
    already; else the fact that closed it is read where it matters."""
    if case.outcome != Outcome.CONFIRMED:
        return case.outcome
    if facts is None:
        facts = list(case.matter.facts.filter(name="case_closed"))
    closings = [fact for fact in facts if fact.name == "case_closed" and fact.matter_id == case.matter_id]
    last = max(closings, key=lambda fact: fact.seq, default=None)
    return ending(case.outcome, last.by, str(last.data.get("behalf", ""))) if last else case.outcome
