"""Who answers for a case (CP7), and who must not (CP21)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from huiyin.domain.cases.actions import promising
from huiyin.domain.cases.events import AgentsKeptOut, CaseAssigned
from huiyin.domain.cases.lifecycle import HIGHEST
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.partiality import agents_named
from huiyin.domain.cases.triage import classify
from huiyin.domain.contacts.queries import managers_of
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Category, Obligor, State, Tier
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Want
from huiyin.domain.routing.shipped import queue_of_case
from huiyin.domain.staff import queries as staff
from huiyin.domain.staff.models import Person
from huiyin.lib.postgresql.often import change

NEED_RISK = {Category.ACCOUNT_STOLEN, Category.FRAUD}
LONGEST_REASON = 80
FIRST_CONTACT = "first_contact"
_DECISIONS = ("case_proposed", "case_closed")


def hand_to(case: Case, matter: Matter, person: Person | None, reason: str, *, by: str, now: datetime) -> None:
    """Set the owner of a locked case; nobody and the same person change nothing."""
    if person is None or case.owner_id == person.pk:
        return
    before = case.owner.agent_no if case.owner else ""
    change(case, owner=person)
    assigned = CaseAssigned(agent_no=person.agent_no, before=before, reason=reason[:LONGEST_REASON])
    journal.record(matter, assigned, by=by, now=now)
    if by == "system" and not staff.is_here(person, now):
        _wait_for_somebody(case, matter, now=now)
    else:
        routing.stop_waiting(matter, "assigned", now=now)


def say_owner(case: Case, matter: Matter, *, now: datetime) -> None:
    """Who answers for a new case. Nothing can be waiting yet, and nothing is promised: then it waits."""
    if case.owner is not None:
        assigned = CaseAssigned(agent_no=case.owner.agent_no, before="", reason=FIRST_CONTACT)
        journal.record(matter, assigned, by="system", now=now)


def wait_unless_here(case: Case, matter: Matter, *, now: datetime) -> None:
    """A new case whose owner is not here waits for somebody, until what is promised first is due."""
    if case.owner is not None and not staff.is_here(case.owner, now):
        _wait_for_somebody(case, matter, now=now)


def _wait_for_somebody(case: Case, matter: Matter, *, now: datetime) -> None:
    """An owner who is not here keeps the case, and whoever comes first may take it; never whom it is about, nor who has
    decided on what was moved up (CP21)."""
    barred = (*kept_out(case), *(who_decided(case) if case.level else ()))
    want = Want(
        "case", queue_of_case(case.category, case.level), buyer=case.buyer, tier=promising.tier_of(case).value,
        urgent=case.urgency == "urgent", prefers=case.owner, barred=barred,
        due_at=_due_next(matter),
    )  # fmt: skip
    routing.wait_for_owner(matter, want, now=now)


def _due_next(matter: Matter) -> datetime | None:
    """When the next thing is due that we have promised; None where nothing is."""
    ours = (one for one in promises.running(matter) if one.state == State.RUNNING and one.obligor == Obligor.US)
    return min((one.due for one in ours), default=None)


def first_owner(case: Case, now: datetime, but_not: Iterable[int] = ()) -> Person | None:
    """One owner from the first contact: a diamond member's named manager (MB1); risk for stolen accounts and fraud; the
    second line for other diamond members."""
    out = (*but_not, *kept_out(case))
    tier = promising.tier_of(case)
    theirs = managers_of(case.buyer, now) if tier is Tier.DIAMOND and case.buyer else []
    if known := next((one for one in theirs if one.pk not in out), None):
        return known
    usual = ("L2",) if tier is Tier.DIAMOND else ("L1", "L2")
    wanted = ("risk",) if case.category in NEED_RISK else usual
    return staff.least_busy(wanted, now, out) or staff.least_busy(("L1", "L2", "risk", "supervisor"), now, out)


def owner_above(case: Case, now: datetime) -> Person | None:
    """Who takes an escalated case: of the tier its level asks for, somebody who has not decided on it and is not
    complained about; where there is nobody, of the tiers above and below."""
    out = (*who_decided(case), *([case.owner_id] if case.owner_id else ()), *kept_out(case))
    levels = (*range(case.level, HIGHEST + 1), *range(case.level - 1, -1, -1))
    found = (staff.least_busy(staff.step_up(level), now, out) for level in levels if level)
    return next((person for person in found if person), None)


def owner_again(case: Case, now: datetime) -> Person | None:
    """CP21: what was decided once is looked at by somebody who has not decided; None = it stays where it is, also where
    there is nobody else."""
    deciders = who_decided(case)
    if case.owner_id not in deciders:
        return None
    return owner_above(case, now) if case.level else first_owner(case, now, deciders)


def who_decided(case: Case) -> tuple[int, ...]:
    """Members of staff who made an offer on it or closed it."""
    by = {fact.by for fact in journal.facts_of(case.matter, *_DECISIONS) if fact.by.startswith("staff:")}
    by |= set(case.items.filter(offered_by__startswith="staff:").values_list("offered_by", flat=True))
    return ids_of(one.removeprefix("staff:") for one in by)


def kept_out(case: Case) -> tuple[int, ...]:
    """Members of staff whom the case is about."""
    return ids_of(case.about_agents)


def named_in(category: str, *texts: str) -> list[str]:
    """Agent numbers of people who work here and whom a complaint with these words is about."""
    named = agents_named(category, "\n".join(texts))
    known = set(Person.objects.filter(agent_no__in=named).values_list("agent_no", flat=True)) if named else set()
    return [no for no in named if no in known]


def may_accuse(text: str) -> bool:
    """Whether these words name somebody by number or are about a manner: then it is worth to read what came before."""
    is_manner = classify(text).category == Category.SERVICE_ATTITUDE
    return is_manner or bool(agents_named(Category.SERVICE_ATTITUDE, text))


def accused_in(said: str) -> list[str]:
    """Agent numbers of people whom a buyer complains about, by what they wrote, a line a message: in one message, or in
    two that follow each other ("they were rude" – "agent 1024")."""
    lines = said.splitlines()
    texts = [*lines, *map("\n".join, pairwise(lines))]
    found = [no for text in texts for no in agents_named(classify(text).category, text)]
    known = set(Person.objects.filter(agent_no__in=found).values_list("agent_no", flat=True)) if found else set()
    return sorted(known)


def ids_of(numbers: Iterable[str]) -> tuple[int, ...]:
    """Who has these agent numbers."""
    wanted = set(numbers)
    return tuple(Person.objects.filter(agent_no__in=wanted).values_list("pk", flat=True)) if wanted else ()


def keep_out(case: Case, matter: Matter, text: str, *, by: str, now: datetime) -> None:
    """Whoever these words complain about stays out of a locked case from now on; theirs goes to somebody else."""
    named = [*named_in(case.category, text), *named_in(classify(text).category, text)]
    keep_out_these(case, matter, list(dict.fromkeys(named)), by=by, now=now)


def keep_out_these(case: Case, matter: Matter, agent_nos: Iterable[str], *, by: str, now: datetime) -> None:
    """As `keep_out`, for people whose numbers are known."""
    more = [no for no in agent_nos if no not in case.about_agents]
    if not more:
        return
    case.about_agents = [*case.about_agents, *more]
    Case.objects.filter(pk=case.pk).update(about_agents=case.about_agents)
    journal.record(matter, AgentsKeptOut(agent_nos=tuple(more)), by=by, now=now)
    routing.keep_away(matter, kept_out(case), now=now)
    if Conversation.objects.filter(case=matter.pk).exclude(matter=matter.pk).exists():
        journal.defer("keep_talks_away", matter_id=matter.pk)  # their matters are locked apart from this one
    if case.owner_id in kept_out(case):
        hand_to(case, matter, owner_above(case, now) if case.level else first_owner(case, now), "complained_about",
                by="system", now=now)  # fmt: skip
