"""A matter as its buyer sees it: gathered here, drawn by `matter_now.html`."""

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext

from huiyin.adapters.papers.dues import due_sentence
from huiyin.domain.cases.lifecycle import Party
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.places import possible_for
from huiyin.domain.cases.queries import how_ended
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.queries import keys_of
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Category, Tier
from huiyin.domain.promises.queries import next_owed
from huiyin.domain.surveys.queries import waits_for_answer
from huiyin.web.portal import visits
from huiyin.web.portal.evidence import finding_text
from huiyin.web.portal.rings import ring_of
from huiyin.web.portal.told import Line, lines_of
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.words import promise_if_missed, promise_reason, promise_text, remedy_name, remedy_state
from huiyin.web.ui.words_cases import item_head, item_state, outcome_for_buyer, state_for_buyer
from huiyin.web.ui.words_desk import CATEGORIES, word

NEWEST = 8
ENDED = {"kept", "withdrawn"}
_SAY_NOTHING = {Category.OTHER, Category.COMPLAINT_FOLLOWUP}  # categories that name no subject
THEIRS = {"proposed", "waiting_for_buyer"}  # whose turn it is


@dataclass(slots=True)
class RemedyLine:
    remedy: Remedy
    name: str
    state: str
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing the buyer wants, what we offer for it, and which words of theirs are possible now."""

    no: int
    head: str
    until: datetime | None
    text: str
    state: str
    state_words: str
    tone: str
    offer: str
    offer_by: datetime | None
    offer_text: str
    is_ours: bool  # we say that it has arrived; the buyer has not said so

    @property
    def waits(self) -> bool:
        return self.state == "offered"


@dataclass(slots=True)
class MatterView:
    case: Case | None
    order: Order | None
    headline: str
    chip: tuple[str, str]
    holder: str
    promise: Promise | None
    ring: Ring | None
    lines: list[Line]
    remedies: list[RemedyLine]
    points: list[Point] = field(default_factory=list)
    can: dict[str, bool] = field(default_factory=dict)  # the buyer's verbs
    asked: str = ""  # the one thing we asked for and wait for
    outcome: str = ""
    due: str = ""  # what the promotion owes them, in a sentence
    finding: str = ""  # who is responsible, as far as they may know
    is_asked: bool = False  # how it was, and they have not said so

    @property
    def waits_for_word(self) -> bool:
        return any(point.waits for point in self.points)

    @property
    def said_since(self) -> str:
        """The buyer's last words after the end."""
        ended = self.case.closed_at if self.case is not None else None
        since = (line for line in self.lines if line.is_theirs and line.said and ended and line.at >= ended)
        return next((line.said for line in since), "")

    @property
    def newest(self) -> list[Line]:
        """What is read first."""
        return self.lines[:NEWEST]

    @property
    def older(self) -> list[Line]:
        """What stands folded below."""
        return self.lines[NEWEST:]

    @property
    def promised(self) -> str:
        return promise_text(self.promise) if self.promise else ""

    @property
    def why(self) -> str:
        return promise_reason(self.promise) if self.promise else ""

    @property
    def if_missed(self) -> str:
        return promise_if_missed(self.promise) if self.promise and self.promise.state not in ENDED else ""

    @property
    def can_escalate(self) -> bool:
        return self.case is not None and self.case.state != "closed" and self.case.level == 0


def view_of(request: HttpRequest, matter: Matter, now: datetime) -> MatterView:
    """Everything this browser may see of a matter."""
    case, order = visits.case_of(matter), Order.objects.filter(matter=matter).first()
    promise = next_owed(matter)
    view = MatterView(
        case=case, order=order, headline=_headline(case, order), chip=_chip(case, promise), holder=holder(case),
        promise=promise, ring=ring_of(promise, now) if promise else None, lines=lines_of(matter, case),
        remedies=_remedies(request, matter, order),
    )  # fmt: skip
    view.due = due_sentence(order) if order is not None else ""
    if case is not None:
        view.points = [_point(item) for item in case.items.order_by("no")]
        view.can = {verb.value: no is None for verb, no in possible_for(case, Party.BUYER, now=now)}
        view.asked = _asked(matter, case)
        view.finding = finding_text(case)
        view.outcome = outcome_for_buyer(how_ended(case))
        view.is_asked = case.state == "closed" and waits_for_answer(case)
    return view


_TONES = {"offered": "amber", "arrived": "green", "withdrawn": "grey"}


def _point(item: DemandItem) -> Point:
    offer = item_head(item.offer_kind, item.offer_amount) if item.offer_kind else ""
    head = item_head(item.kind, item.amount)
    return Point(
        no=item.no, head=head, until=item.by, text=item.text, state=item.state, state_words=item_state(item.state),
        tone=_TONES.get(item.state, ""), offer=offer, offer_by=item.offer_by, offer_text=item.offer_text,
        is_ours=item.decided_at is None,
    )  # fmt: skip


_ANSWERS_IT = {"material_came", "went_on", "case_proposed", "case_closed", "message_written", "evidence_added"}


def _asked(matter: Matter, case: Case) -> str:
    """The slug of the one thing we asked for, until something came of it."""
    if case.state == "closed":
        return ""
    for fact in matter.facts.filter(name__in={*_ANSWERS_IT, "material_asked"}).order_by("-seq")[:20]:
        if fact.name == "material_asked":
            return str(fact.data["item"])
        if fact.by == "buyer" or fact.name in {"went_on", "case_proposed"}:
            return ""
    return ""


def _headline(case: Case | None, order: Order | None) -> str:
    """What it is about, said by us: category and goods; the buyer's own words stand below as theirs."""
    about = word(CATEGORIES, case.category) if case is not None and case.category not in _SAY_NOTHING else ""
    goods = order.title if order is not None else ""
    if about and goods:
        return gettext("%(about)s: %(goods)s") % {"about": about, "goods": goods}
    return about or goods or gettext("Your matter")


def _chip(case: Case | None, promise: Promise | None) -> tuple[str, str]:
    if case is not None and case.state == "closed":
        return "green", gettext("Closed")
    if promise is not None and promise.state == "broken":
        return "red", gettext("We are late")
    if case is not None and case.state in THEIRS:
        return "amber", state_for_buyer(case.state)
    if case is not None:
        return "teal", state_for_buyer(case.state)
    if promise is None or promise.state in ENDED:
        return "green", gettext("Nothing open")
    return "teal", gettext("We are working on it")


def holder(case: Case | None) -> str:
    """Who answers for it, said to the buyer."""
    if case is None:
        return gettext("Our system is on it; a person takes over by itself if it fails")
    if case.state == "closed":
        return ""
    if case.owner is None:
        return gettext("Waits for the next free agent")
    member = case.buyer if case.buyer is not None and case.buyer.tier == Tier.DIAMOND else None
    if member is not None and case.owner.agent_no in {member.manager, member.deputy}:
        return _manager(member, case.owner.agent_no)
    return gettext("Agent %(agent_no)s answers for it to the end") % {"agent_no": case.owner.agent_no}


def _manager(member: Buyer, agent_no: str) -> str:
    """MB1: a diamond member's own manager, or who stands in."""
    values = {"agent_no": agent_no, "manager": member.manager}
    if agent_no == member.manager:
        return gettext("Your own manager, agent %(agent_no)s, answers for it to the end") % values
    return gettext("Agent %(agent_no)s stands in for your own manager, agent %(manager)s") % values


def _remedies(request: HttpRequest, matter: Matter, order: Order | None) -> list[RemedyLine]:
    shows = order is not None and visits.may_see_keys(request, order)
    found = matter.remedies.order_by("-pk")
    return [
        RemedyLine(
            remedy, remedy_name(remedy.kind), remedy_state(remedy),
            keys_of(remedy) if shows and remedy.state == "done" else [],
        )
        for remedy in found
    ]  # fmt: skip
