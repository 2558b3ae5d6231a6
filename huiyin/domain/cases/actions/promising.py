"""The promises of a case: which clocks run while it is our turn, and when they may stand still (CP8)."""

from datetime import datetime

from django.conf import settings

from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.evidence import held_by_the_shop, may_be_asked
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.offers import carrying_term
from huiyin.domain.journal.models import Matter
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.clocks import ClockVerb, may_pause
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind, Severity, Tier, promised
from huiyin.domain.staff.models import Person
from huiyin.domain.staff.models import Tier as Post
from huiyin.lib.errors import Refusal

OURS = (Kind.FIRST_ANSWER, Kind.RESULT, Kind.NEXT_UPDATE)  # while a case is open and it is our turn
_RESULTS = (Kind.RESULT, Kind.RISK_CHECK)
_WAITS = (*_RESULTS, Kind.NEXT_UPDATE)  # stand still while we wait for the buyer's material
_ANSWERS = (Kind.FIRST_ANSWER, Kind.L2_ANSWER)
_BY_A_PERSON = {Kind.FIRST_ANSWER, Kind.RESULT}
_HAND_OVER = {Post.L2.value: Kind.L2_ANSWER, Post.RISK.value: Kind.RISK_CHECK}


def tier_of(case: Case) -> Tier:
    """The member tier of the buyer; ordinary for unknown ones."""
    tier = case.buyer.tier if case.buyer else ""
    return Tier(tier) if tier in set(Tier) else Tier.ORDINARY


def promise(case: Case, matter: Matter, *kinds: Kind, now: datetime, by: str = "system") -> None:
    """Start these clocks: category and severity decide first, the member tier second. They count opening hours when
    nobody is there, so that we promise what we can keep."""
    calendar, tier, terms = settings.SERVICE_CALENDAR, tier_of(case), {}
    for kind in kinds:
        term = promised(kind, case.category, Severity(case.urgency), tier)
        terms[kind] = term.by_a_person() if kind in _BY_A_PERSON and calendar != "always" else term
    answer, result = terms.get(Kind.FIRST_ANSWER), terms.get(Kind.RESULT)
    if answer and result and result.amount < answer.amount:
        terms[Kind.FIRST_ANSWER] = result  # nobody waits longer for an answer than for the result itself
    promises.make_all(matter, terms, by=by, now=now, calendars=dict.fromkeys(kinds, calendar))


def answer_by_the_result(case: Case, matter: Matter, *, by: str, now: datetime) -> None:
    """A result that is owed sooner now takes a first answer that was promised for later with it."""
    result = next(iter(promises.running(matter, Kind.RESULT)), None)
    answer = next(iter(promises.running(matter, Kind.FIRST_ANSWER)), None)
    if result is not None and answer is not None and answer.due > result.due:
        promises.withdraw(matter, Kind.FIRST_ANSWER, "assessed", by=by, now=now)
        promise(case, matter, Kind.RESULT, Kind.FIRST_ANSWER, by=by, now=now)  # the result stands as it is


def our_turn(case: Case, matter: Matter, *, by: str, now: datetime) -> None:
    """The buyer wants something better, or what was agreed failed: a result and news are owed again. Clocks
    that stood still for something else go on."""
    go_on(matter, by=by, now=now, came=False)
    promise(case, matter, Kind.RESULT, Kind.NEXT_UPDATE, by=by, now=now)


def their_turn(matter: Matter, *, by: str, now: datetime) -> None:
    """The result is given: the next word is the buyer's, or the thing itself is on its way under a clock of its own."""
    promises.keep_all(matter, (Kind.RESULT, Kind.RISK_CHECK), by=by, now=now)
    for kind in (Kind.NEXT_UPDATE, Kind.BUYER_MATERIAL):
        promises.withdraw(matter, kind, "result_given", by=by, now=now)


def answered(matter: Matter, *, by: str, now: datetime) -> None:
    """Somebody wrote to the buyer: that is an answer and news."""
    promises.keep_all(matter, (*_ANSWERS, Kind.NEXT_UPDATE), by=by, now=now)


def handed_to(case: Case, matter: Matter, person: Person, *, by: str, now: datetime) -> None:
    """The second line and the risk team have clocks of their own from the hand-over on."""
    if (kind := _HAND_OVER.get(person.tier)) is not None:
        promise(case, matter, kind, by=by, now=now)


def wait_for(case: Case, matter: Matter, item: str, *, by: str, now: datetime) -> Refusal | None:
    """Stop our clocks for one thing the buyer brings. Returns why they go on, where CP8 does not allow it. The clock of
    the result decides; the news stand still with it."""
    running = list(Promise.objects.filter(matter=matter, kind__in=[*_RESULTS, Kind.NEXT_UPDATE], state="running"))
    results = [promise for promise in running if promise.kind in _RESULTS]
    if not results:
        return Refusal("pause_not_running")
    no = _once(matter, item) or next(filter(None, (_may_pause(case, one, item, now) for one in results)), None)
    if no is not None:
        return no
    for promise in running:
        promises.pause(promise, item, by=by, now=now)
    term = promised(Kind.BUYER_MATERIAL, case.category, Severity(case.urgency), tier_of(case))
    promises.make(matter, Kind.BUYER_MATERIAL, term, by=by, now=now)
    return None


def _may_pause(case: Case, promise: Promise, item: str, now: datetime) -> Refusal | None:
    return may_pause(promises.clock_of(promise), item, may_be_asked(case.category), held_of(case), now)


def _once(matter: Matter, item: str) -> Refusal | None:
    """Once per thing on a case, whichever clock stood still for it."""
    waited = Promise.objects.filter(matter=matter, events__contains=[{"verb": ClockVerb.PAUSED.value, "item": item}])
    return Refusal("pause_once_per_item", item=item) if waited.exists() else None


def held_of(case: Case) -> frozenset[str]:
    """What is there already: the case's evidence and what the shop's records prove."""
    added = case.evidence.filter(damaged_at=None).values_list("what", flat=True)
    return held_by_the_shop(case.order.snapshot if case.order else {}) | frozenset(added)


def go_on(matter: Matter, *, by: str, now: datetime, came: bool) -> None:
    """Our clocks run again: the buyer sent something (`came`), or we waited long enough."""
    for promise in Promise.objects.filter(matter=matter, state="paused", kind__in=_WAITS):
        promises.resume(promise, by=by, now=now)
    if came:
        promises.keep(matter, Kind.BUYER_MATERIAL, by=by, now=now)
    else:
        promises.withdraw(matter, Kind.BUYER_MATERIAL, "went_on", by=by, now=now)


def agreed(matter: Matter, item: DemandItem, *, by: str, now: datetime) -> None:
    """CP18: an agreed item has a clock of its own until it has arrived."""
    term = carrying_term(ItemKind(item.offer_kind or item.kind), item.offer_by, now)
    promises.make_about(matter, Kind.CARRYING_OUT, term, str(item.no), by=by, now=now)


def arrived(matter: Matter, item: DemandItem, *, by: str, now: datetime) -> None:
    promises.keep(matter, Kind.CARRYING_OUT, by=by, now=now, about=str(item.no))


def given_up(matter: Matter, item: DemandItem, why: str, *, by: str, now: datetime) -> None:
    """The buyer does not want this any more: nothing is owed for it."""
    promises.withdraw(matter, Kind.CARRYING_OUT, why, by=by, now=now, about=str(item.no))
