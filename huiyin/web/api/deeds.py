"""What each verb does with a case, for programs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from huiyin.domain.cases import actions
from huiyin.domain.cases.actions import Ahead, Assessment, Doer, Question
from huiyin.domain.cases.actions.owning import kept_out
from huiyin.domain.cases.actions.steps import refuse_impossible
from huiyin.domain.cases.demand import ItemState
from huiyin.domain.cases.evidence import What
from huiyin.domain.cases.exhibits import chain_of
from huiyin.domain.cases.lifecycle import Outcome, Party, Verb
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.staff.queries import agent_called, least_busy
from huiyin.lib.errors import Refusal
from huiyin.web.api import verb_bodies as bodies
from huiyin.web.api.problems import Problem
from huiyin.web.ui.words_desk_case import next_step, offers_words

FARTHEST = timedelta(days=90)  # what a program may promise for a next step


@dataclass(frozen=True, slots=True)
class Deed:
    """One request: the case, who asks for it, when."""

    case: Case
    doer: Doer
    now: datetime


Does = Callable[[Deed, Any], Refusal | None]


def _assign(deed: Deed, body: bodies.AssignIn) -> None:
    named = body.agent_no
    person = agent_called(named) if named else least_busy(("L1", "L2"), deed.now, kept_out(deed.case))
    if person is None:
        raise Problem(422, "agent_unknown", agent=body.agent_no)
    actions.assign(deed.case, person, body.text.strip() or "api", by=deed.doer.by, now=deed.now)


def _assess(deed: Deed, body: bodies.AssessIn) -> None:
    found = Assessment(
        body.responsible or Responsible(deed.case.responsible), body.text or deed.case.responsible_reason,
        body.category.value if body.category else "", body.urgency.value if body.urgency else "",
    )  # fmt: skip
    actions.assess(deed.case, found, deed.doer, now=deed.now)


def _answer(deed: Deed, body: bodies.AnswerIn) -> None:
    text, ahead = _complete(deed, body)
    actions.answer(deed.case, deed.doer, text, now=deed.now, ahead=ahead)


def _complete(deed: Deed, body: bodies.AnswerIn) -> tuple[str, Ahead | None]:
    """The words with the next step and its time below them, where both are named. Raises Refusal for half of it."""
    if not body.step.strip() and body.until is None:
        return body.text, None
    if not body.step.strip() or body.until is None or body.until <= deed.now:
        raise Refusal("not_complete")
    if body.until > deed.now + FARTHEST:
        raise Refusal("deadline_too_far", days=FARTHEST.days)
    return f"{body.text.rstrip()}\n{next_step(body.step.strip(), body.until)}", Ahead(body.until)


def _note(deed: Deed, body: bodies.TextIn) -> None:
    actions.note(deed.case, deed.doer, body.text, now=deed.now)


def _add(deed: Deed, body: bodies.TextIn) -> None:
    refuse_impossible(deed.case, Verb.ADD, deed.doer, (), deed.now)
    actions.add(deed.case.matter, body.text, by=deed.doer.by, now=deed.now)


def _link(deed: Deed, body: bodies.LinkIn) -> None:
    actions.name_order(deed.case, body.order_no, deed.doer, now=deed.now)


def _ask(deed: Deed, body: bodies.AskIn) -> Refusal | None:
    """Without a name it is about the one thing that is missing."""
    missing = body.item or next(iter(chain_of(deed.case).missing), What.OTHER)
    text, ahead = _complete(deed, body)
    return actions.ask(deed.case, Question(missing.value, text), deed.doer, now=deed.now, ahead=ahead)


def _go_on(deed: Deed, body: bodies.Nothing) -> None:
    actions.go_on(deed.case, deed.doer, now=deed.now)


def _propose(deed: Deed, body: bodies.OffersIn) -> None:
    offers = bodies.offers_of(body.offers, _items(deed.case), body.text)
    text = body.text.strip() or offers_words(offers)
    actions.propose(deed.case, offers, deed.doer, now=deed.now, text=text)


def _resolve(deed: Deed, body: bodies.ResolveIn) -> None:
    offers = bodies.offers_of(body.offers, _items(deed.case), body.text) if body.offers else []
    actions.resolve(deed.case, offers, body.text, deed.doer, now=deed.now)


def _accept(deed: Deed, body: bodies.ItemsIn) -> None:
    actions.accept(deed.case, body.items, deed.doer, now=deed.now)


def _negotiate(deed: Deed, body: bodies.ItemsTextIn) -> None:
    actions.negotiate(deed.case, body.items, body.text, deed.doer, now=deed.now)


def _refuse(deed: Deed, body: bodies.ItemsIn) -> None:
    actions.refuse(deed.case, body.items, body.text, deed.doer, now=deed.now)


def _withdraw(deed: Deed, body: bodies.ItemsIn) -> None:
    actions.withdraw(deed.case, body.items, body.text, deed.doer, now=deed.now)


def _arrive(deed: Deed, body: bodies.ItemsIn) -> None:
    verified = "buyer" if deed.doer.party is Party.BUYER else "person"
    for item in _under_way(deed, body, Verb.ARRIVE):
        actions.arrive(item, deed.doer, now=deed.now, verified=verified)


def _fail(deed: Deed, body: bodies.ItemsIn) -> None:
    for item in _under_way(deed, body, Verb.FAIL):
        actions.fail(item, body.text.strip() or "api", deed.doer, now=deed.now)


def _under_way(deed: Deed, body: bodies.ItemsIn, verb: Verb) -> list[DemandItem]:
    items = _items(deed.case)
    refuse_impossible(deed.case, verb, deed.doer, items, deed.now)
    able = {item.no: item for item in items if item.state in {ItemState.ACCEPTED, ItemState.CARRYING_OUT}}
    if wrong := sorted(set(body.items) - set(able)):
        raise Refusal("no_such_item", items=wrong, possible=sorted(able))
    return [able[no] for no in dict.fromkeys(body.items)] if body.items else list(able.values())


def _escalate(deed: Deed, body: bodies.MaybeTextIn) -> None:
    refuse_impossible(deed.case, Verb.ESCALATE, deed.doer, (), deed.now)
    actions.escalate(deed.case, body.text.strip() or "api", by=deed.doer.by, now=deed.now)


def _close(deed: Deed, body: bodies.CloseIn) -> None:
    is_theirs = deed.doer.party is Party.BUYER
    outcome = body.outcome or (Outcome.CONFIRMED if is_theirs else Outcome.SETTLED)
    if outcome in {Outcome.CONFIRMED, Outcome.WITHDRAWN} and not is_theirs:
        raise Refusal("behalf_missing")  # only the buyer says that it is solved
    actions.close(deed.case, outcome.value, by=deed.doer.by, now=deed.now, behalf=deed.doer.behalf)


def _reopen(deed: Deed, body: bodies.MaybeTextIn) -> None:
    actions.reopen(deed.case, "not_solved", deed.doer, now=deed.now, text=body.text)


def _contest(deed: Deed, body: bodies.MaybeTextIn) -> None:
    actions.contest(deed.case, body.text, deed.doer, now=deed.now)


def _items(case: Case) -> list[DemandItem]:
    return list(DemandItem.objects.filter(case=case).order_by("no"))


DEEDS: dict[str, tuple[type[bodies.VerbIn], Does]] = {
    "assign": (bodies.AssignIn, _assign),
    "assess": (bodies.AssessIn, _assess),
    "answer": (bodies.AnswerIn, _answer),
    "note": (bodies.TextIn, _note),
    "add": (bodies.TextIn, _add),
    "link_order": (bodies.LinkIn, _link),
    "ask": (bodies.AskIn, _ask),
    "go_on": (bodies.Nothing, _go_on),
    "propose": (bodies.OffersIn, _propose),
    "resolve": (bodies.ResolveIn, _resolve),
    "accept": (bodies.ItemsIn, _accept),
    "negotiate": (bodies.ItemsTextIn, _negotiate),
    "refuse": (bodies.ItemsIn, _refuse),
    "withdraw": (bodies.ItemsIn, _withdraw),
    "arrive": (bodies.ItemsIn, _arrive),
    "fail": (bodies.ItemsIn, _fail),
    "escalate": (bodies.MaybeTextIn, _escalate),
    "close": (bodies.CloseIn, _close),
    "reopen": (bodies.MaybeTextIn, _reopen),
    "contest": (bodies.MaybeTextIn, _contest),
}
