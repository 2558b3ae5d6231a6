"""A case as programs see it."""

from collections.abc import Sequence
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from huiyin.domain.cases.demand import Item, ItemKind, check
from huiyin.domain.cases.demand_words import suggestion
from huiyin.domain.cases.evidence import assess, held_by_the_shop
from huiyin.domain.cases.listing import ListedCase, ListedOrder, ListedPromise
from huiyin.domain.cases.lookups import remedies_of, said_to_and_fro
from huiyin.domain.cases.models import Case, DemandItem, Evidence
from huiyin.domain.cases.places import order_facts
from huiyin.domain.conversations.models import Message
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.promises.models import Promise
from huiyin.lib.clock import now
from huiyin.lib.money import Money
from huiyin.web.api.fields import iso
from huiyin.web.api.survey_out import SurveyOut, survey_line
from huiyin.web.ui.words import fact_text


class OrderOut(Schema):
    """Only `order_no` as long as we have not met this order; then what the shop says about it."""

    order_no: str
    title: str | None = None
    amount: str | None = None
    situation: str | None = None
    paid_at: str | None = None


class PromiseOut(Schema):
    """A clock on the case; `calendar` is the one it runs by, `estimated` says that holidays are not announced yet;
    `about` is the number of a demand item, where it is about one."""

    kind: str
    due: str
    calendar: str
    state: str
    estimated: bool
    about: str | None = None


class OwnerOut(Schema):
    agent_no: str


class OfferOut(Schema):
    kind: str
    amount: str | None
    by: str | None
    text: str
    at: str | None


class ItemOut(Schema):
    """One thing wanted, what we offered for it and what became of it. `state`: open, offered, accepted, refused,
    carrying_out, arrived, withdrawn."""

    no: int
    kind: str
    amount: str | None
    to: str
    by: str | None
    text: str
    state: str
    offer: OfferOut | None
    decided_at: str | None
    arrived_at: str | None
    remedy: int | None


class DemandOut(Schema):
    """`missing`: letters of SMART that the demand lacks; `suggestion`: wording that has all of them."""

    text: str
    items: list[ItemOut]
    missing: list[str]
    suggestion: str


class EvidenceFile(Schema):
    no: int
    type: str
    what: str
    source: str
    name: str
    mime: str
    size: int
    sha256: str
    added_at: str
    captured_at: str | None
    unreadable: list[str]
    damaged: bool


class ChainOut(Schema):
    """What proves the problem: `present`, at most one thing `missing` that the buyer can bring with the `points` that
    must be legible in it, and `ours`: what we must bring ourselves."""

    present: list[str]
    missing: list[str]
    points: list[str]
    ours: list[str]


class EvidenceOut(ChainOut):
    files: list[EvidenceFile]


class FindingOut(Schema):
    """Who is responsible, by what we know; `disagrees`: the buyer's contradiction."""

    responsible: str
    reason: str
    disagrees: str | None


class CaseLine(Schema):
    """A case in a list."""

    case_no: str
    state: str
    category: str
    urgency: str
    channel: str
    filed_at: str
    order: OrderOut | None
    owner: OwnerOut | None
    promises: list[PromiseOut]


class CaseRemedy(Schema):
    id: int
    kind: str
    state: str
    amount: str | None = None


class Step(Schema):
    """One step on the case's time line; `says` is in the reader's language."""

    at: str
    name: str
    by: str
    says: str


class Said(Schema):
    """What somebody wrote to the other side: `from` is buyer, shop or system."""

    at: str
    side: Literal["buyer", "shop", "system"] = Field(alias="from")
    text: str


class CaseBrief(CaseLine):
    """`version` goes into `If-Match` or `version` of the next verb, so that nothing is decided on an old page."""

    version: int
    level: int
    outcome: str | None
    external_ref: str | None
    finding: FindingOut
    demand: DemandOut


class CaseOut(CaseBrief):
    """Everything about a case. `messages`: what buyer and shop wrote to each other, the newest 200, oldest first."""

    what_happened: str
    messages: list[Said]
    evidence: EvidenceOut
    remedies: list[CaseRemedy]
    survey: SurveyOut | None
    timeline: list[Step]


class FiledOut(Schema):
    """`secret` is the buyer's PIN for tracking: hand it to the buyer, we do not keep it."""

    case_no: str
    secret: str
    state: str
    category: str
    urgency: str
    order: OrderOut | None
    promises: list[PromiseOut]
    demand: DemandOut
    evidence: ChainOut


class CasesOut(Schema):
    """`next` goes into `cursor` for the next page; null on the last one."""

    complaints: list[CaseLine]
    next: str | None


def receipt(case: Case) -> dict[str, Any]:
    """What the filing answers, without number and secret."""
    return {
        "state": case.state, "category": case.category, "urgency": case.urgency, "order": _order(case),
        "promises": [_promise(promise) for promise in case.matter.promises.all()],
        "demand": _demand(case), "evidence": chain(case, ()),
    }  # fmt: skip


def whole(case: Case) -> dict[str, Any]:
    """Everything about a case that `find_case` has read."""
    files = sorted(case.evidence.all(), key=lambda row: row.no)
    return brief(case) | {
        "what_happened": case.what_happened,
        "messages": [_said(one) for one in said_to_and_fro(case)],
        "evidence": chain(case, files) | {"files": [file_line(row) for row in files]},
        "remedies": [_remedy(remedy) for remedy in remedies_of(case)],
        "survey": survey_line(case),
        "timeline": _timeline(case),
    }


def brief(case: Case) -> dict[str, Any]:
    """What a verb answers: how the case stands now."""
    return _head(case) | {
        "version": case.matter.head_seq, "level": case.level, "outcome": case.outcome or None,
        "external_ref": case.external_ref or None,
        "finding": {
            "responsible": case.responsible, "reason": case.responsible_reason,
            "disagrees": case.buyer_disagrees or None,
        },
        "demand": _demand(case),
    }  # fmt: skip


def line(case: ListedCase) -> dict[str, Any]:
    """A case in a list."""
    order = {"order_no": case.order_no} if case.order_no else None
    return {
        "case_no": case.no, "state": case.state, "category": case.category, "urgency": case.urgency,
        "channel": case.channel, "filed_at": iso(case.filed_at),
        "order": _known_order(case.order) if case.order else order,
        "owner": {"agent_no": case.agent_no} if case.agent_no else None,
        "promises": [_promise(promise) for promise in case.promises],
    }  # fmt: skip


def _head(case: Case) -> dict[str, Any]:
    """The same of a case that we hold."""
    promises = sorted(case.matter.promises.all(), key=lambda promise: promise.pk)
    return {
        "case_no": case.matter.no, "state": case.state, "category": case.category, "urgency": case.urgency,
        "channel": case.channel, "filed_at": iso(case.filed_at), "order": _order(case),
        "owner": {"agent_no": case.owner.agent_no} if case.owner else None,
        "promises": [_promise(promise) for promise in promises],
    }  # fmt: skip


def chain(case: Case, files: Sequence[Evidence]) -> dict[str, list[str]]:
    """How well the problem is proven, by these files and the shop's records."""
    held = {row.what for row in files if row.damaged_at is None}
    by_the_shop = held_by_the_shop(case.order.snapshot) if case.order else frozenset[str]()
    found = assess(case.category, case.order.situation if case.order else "", held | by_the_shop)
    return {
        "present": [what.value for what in found.present], "missing": [what.value for what in found.missing],
        "points": list(found.points), "ours": [what.value for what in found.ours],
    }  # fmt: skip


def file_line(row: Evidence) -> dict[str, Any]:
    """One piece of evidence."""
    return {
        "no": row.no, "type": row.type, "what": row.what, "source": row.source, "name": row.name, "mime": row.mime,
        "size": row.size, "sha256": row.sha256, "added_at": iso(row.added_at),
        "captured_at": iso(row.captured_at) if row.captured_at else None, "unreadable": list(row.unreadable),
        "damaged": row.damaged_at is not None,
    }  # fmt: skip


def checked(text: str, items: "list[Item]", order: Order | None) -> dict[str, Any]:
    """Whether a demand can be met as it stands, and our wording."""
    facts = order_facts(order)
    found = check(text, items, facts, now())
    return {"missing": [letter.value for letter in found.missing], "suggestion": suggestion(found.proposed, facts)}


def _demand(case: Case) -> dict[str, Any]:
    rows = sorted(case.items.all(), key=lambda row: row.no)
    items = [Item(ItemKind(row.kind), row.amount, row.to, row.by, row.text) for row in rows if row.kind != "other"]
    return {"text": case.demand, "items": [_item(row) for row in rows]} | checked(case.demand, items, case.order)


def _item(row: DemandItem) -> dict[str, Any]:
    offer = {
        "kind": row.offer_kind, "amount": _yuan(row.offer_amount), "by": iso(row.offer_by) if row.offer_by else None,
        "text": row.offer_text, "at": iso(row.offered_at) if row.offered_at else None,
    }  # fmt: skip
    return {
        "no": row.no, "kind": row.kind, "amount": _yuan(row.amount), "to": row.to,
        "by": iso(row.by) if row.by else None, "text": row.text, "state": row.state,
        "offer": offer if row.offer_kind else None,
        "decided_at": iso(row.decided_at) if row.decided_at else None,
        "arrived_at": iso(row.arrived_at) if row.arrived_at else None, "remedy": row.remedy_id,
    }  # fmt: skip


def _yuan(amount: Money) -> str | None:
    return str(amount) if amount else None


def _order(case: Case) -> dict[str, str | None] | None:
    order = case.order
    if order is None:
        return {"order_no": case.order_no} if case.order_no else None
    return _known_order(order)


def _known_order(order: Order | ListedOrder) -> dict[str, str | None]:
    return {
        "order_no": order.order_no, "title": order.title, "amount": str(order.amount), "situation": order.situation,
        "paid_at": iso(order.paid_at) if order.paid_at else None,
    }  # fmt: skip


def _promise(promise: Promise | ListedPromise) -> dict[str, Any]:
    told = {
        "kind": promise.kind, "due": iso(promise.due), "calendar": promise.calendar, "state": promise.state,
        "estimated": promise.estimated,
    }  # fmt: skip
    return told | {"about": promise.about} if promise.about else told


def _remedy(remedy: Remedy) -> dict[str, Any]:
    return {"id": remedy.pk, "kind": remedy.kind, "state": remedy.state, "amount": remedy.request.get("amount")}


def _said(message: Message) -> dict[str, str]:
    side = message.author if message.author in {"buyer", "system"} else "shop"
    return {"at": iso(message.at), "from": side, "text": message.text}


def _timeline(case: Case) -> "list[dict[str, str]]":
    """The steps that have words for the buyer, oldest first."""
    facts = sorted(case.matter.facts.all(), key=lambda fact: fact.seq)
    told = ((fact, fact_text(fact)) for fact in facts)
    return [{"at": iso(fact.at), "name": fact.name, "by": fact.by, "says": text} for fact, text in told if text]
