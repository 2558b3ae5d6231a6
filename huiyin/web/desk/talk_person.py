"""The person on the other end, before the first word: who, what they bought, what is open, how often they came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact, Identity
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.orders.models import Order
from huiyin.web.desk import facts
from huiyin.web.desk.lines import masked
from huiyin.web.desk.named_orders import likely, numbers_in
from huiyin.web.desk.offer_cards import Chip
from huiyin.web.desk.talking import name_of
from huiyin.web.ui.words_desk import (
    ABOUTS,
    CHANNELS,
    IDENTITIES,
    MEMBERS,
    SITUATIONS,
    STATES,
    case_title,
    word,
)
from huiyin.web.ui.words_desk_live import FATES, OUTSIDE

MOST_ORDERS, MOST_CASES, MOST_PAST = 3, 8, 8


@dataclass(frozen=True, slots=True)
class OrderSeen:
    title: str
    situation: str
    is_odd: bool
    mark: Chip
    facts: list[facts.Group]


@dataclass(frozen=True, slots=True)
class CaseSeen:
    no: str
    title: str
    state: str
    owner: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Past:
    at: datetime
    what: str
    fate: str
    talk: str


@dataclass(frozen=True, slots=True)
class Who:
    """`handed`: the summary of whoever had it before; `order_no`: as the buyer says, `order_mark`: whether proven."""

    rows: list[tuple[str, str]]
    marks: list[Chip]
    orders: list[OrderSeen]
    cases: list[CaseSeen]
    past: list[Past]
    handed: str
    order_no: str
    order_mark: Chip
    page: str


def who(talk: Conversation) -> Who:
    """Everything we know about the buyer of a conversation."""
    known = list(Identity.objects.filter(buyer=talk.buyer).order_by("kind", "pk")) if talk.buyer else []
    rows = [(gettext("Name"), name_of(talk))]
    if talk.buyer:
        rows.append((gettext("Member"), word(MEMBERS, talk.buyer.tier)))
        if talk.buyer.manager:
            rows.append((gettext("Manager"), " · ".join(filter(None, [talk.buyer.manager, talk.buyer.deputy]))))
    rows += [(word(IDENTITIES, one.kind), masked(one.kind, one.value)) for one in known]
    numbers = numbers_in(talk)
    return Who(
        rows=rows, marks=_marks(talk), orders=_orders(talk, numbers), cases=_cases(talk), past=_past(talk),
        handed=_handed(talk), order_no=talk.order_no or likely(numbers),
        order_mark=_mark(is_proven=talk.order_proven), page=talk.page,
    )  # fmt: skip


def _marks(talk: Conversation) -> list[Chip]:
    signed = talk.proof == "signed"
    marks = [Chip(gettext("the shop vouches for them") if signed else gettext("not proven who it is"),
                  "green" if signed else "grey")]  # fmt: skip
    if talk.elderly:
        marks.append(Chip(gettext("Elderly: take your time"), "amber"))
    return marks


def _orders(talk: Conversation, numbers: list[str]) -> list[OrderSeen]:
    """Those they named, the one of the opening first, then others of theirs."""
    theirs = Q(buyer=talk.buyer) if talk.buyer else Q()
    named = Q(order_no__in=numbers) if numbers else Q()
    if not theirs and not named:
        return []
    found = Order.objects.filter(theirs | named if theirs and named else theirs or named)
    place = {no: at for at, no in enumerate(numbers)}
    first = sorted(found.order_by("-looked_at")[:20], key=lambda order: place.get(order.order_no, len(place)))
    return [_order(order, talk) for order in first[:MOST_ORDERS]]


def _order(order: Order, talk: Conversation) -> OrderSeen:
    situation = word(SITUATIONS, order.situation)
    is_theirs = talk.proof == "signed" and talk.buyer_id is not None and order.buyer_id == talk.buyer_id
    mark = _mark(is_proven=is_theirs or (talk.order_proven and order.order_no == talk.order_no))
    title = order.title or order.order_no
    return OrderSeen(title, situation, order.situation != "delivered", mark, facts.found(order))


def _mark(*, is_proven: bool) -> Chip:
    """Anybody may type an order number, or a name whose orders we know: only a seal proves it."""
    if is_proven:
        return Chip(gettext("Verified"), "green")
    return Chip(gettext("Told by the buyer, not verified"), "amber")


def _cases(talk: Conversation) -> list[CaseSeen]:
    if talk.buyer is None and talk.case is None:
        return []
    about = Q(matter=talk.case_id) | Q(buyer=talk.buyer, buyer__isnull=False)
    found = Case.objects.filter(about).select_related("matter", "order", "owner").order_by("-filed_at")
    return [_case(case) for case in found[:MOST_CASES]]


def _case(case: Case) -> CaseSeen:
    owner = case.owner.agent_no if case.owner else ""
    return CaseSeen(case.matter.no, case_title(case), word(STATES, case.state), owner, case.state != "closed")


def _past(talk: Conversation) -> list[Past]:
    if talk.buyer is None:
        return []
    before = Contact.objects.filter(buyer=talk.buyer).exclude(pk=talk.contact_id or 0).select_related("matter")
    return [_contact(one) for one in before.order_by("-at", "-pk")[:MOST_PAST]]


def _contact(contact: Contact) -> Past:
    where = word({**CHANNELS, **OUTSIDE}, contact.channel)
    no = contact.matter.no if contact.matter and contact.matter.topic == "talk" else ""
    return Past(contact.at, f"{where} · {word(ABOUTS, contact.about)}", word(FATES, contact.fate or "none"), no)


def _handed(talk: Conversation) -> str:
    """What the one before wrote for whoever takes it, or a supervisor whispered: the newest note of somebody else."""
    if talk.agent is None:
        return ""
    notes = Message.objects.filter(matter=talk.matter_id, internal=True).exclude(author=talk.agent.by)
    newest: Any = notes.order_by("-seq").values_list("text", flat=True).first()
    return newest or ""
