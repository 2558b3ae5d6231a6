"""Complaints: filed by programs of the platform and other channels, then followed."""

import re
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from huiyin.domain.cases import actions
from huiyin.domain.cases.actions import Filing
from huiyin.domain.cases.lookups import Wanted, cases_page, find_case
from huiyin.domain.cases.models import STATES, Case
from huiyin.domain.journal import actions as journal
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Category
from huiyin.lib import numbers
from huiyin.lib.clock import now
from huiyin.web.api import idempotency
from huiyin.web.api.auth import Key, key_of
from huiyin.web.api.fields import Input, LocalMoment, Number, Plain, Written, iso
from huiyin.web.api.paging import PAGE, cursor, page, place_of
from huiyin.web.api.problems import PROBLEMS
from huiyin.web.ui.words import fact_text

router = Router(tags=["complaints"], auth=Key("complaints"))
Channel = Literal[
    "web", "phone", "chat", "mail", "wechat", "weibo", "12315", "heimao", "association", "wechatpay", "alipay", "api"
]
State = Literal["", *STATES]  # type: ignore[valid-type]  # one list for the table, the API and its description
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
FEWEST_DIGITS = 5  # 12315; extensions and whatever stands between digits are not ours to judge


def _email(text: str) -> str:
    if text.strip() and not _EMAIL.fullmatch(text.strip()):
        raise PydanticCustomError("email_invalid", "no mail address")
    return text


def _phone(text: str) -> str:
    if text.strip() and sum(letter.isdigit() for letter in text) < FEWEST_DIGITS:
        raise PydanticCustomError("phone_invalid", "no phone number")
    return text


class ContactIn(Input):
    """How to reach the buyer: any one of phone, email, wechat, qq."""

    name: Annotated[str, Field(max_length=60)] | None = None
    phone: Annotated[str, Field(max_length=32), AfterValidator(_phone)] | None = None
    email: Annotated[str, Field(max_length=160), AfterValidator(_email)] | None = None
    wechat: Annotated[str, Field(max_length=60)] | None = None
    qq: Annotated[str, Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> "ContactIn":
        if not self.identities():
            raise PydanticCustomError("contact_missing", "no way to reach the buyer")
        return self

    def identities(self) -> dict[str, str]:
        """Kind → address."""
        given = {"phone": self.phone, "email": self.email, "wechat": self.wechat, "qq": self.qq}
        return {kind: value.strip() for kind, value in given.items() if value and value.strip()}


class DemandIn(Input):
    text: Annotated[str, Field(max_length=4_000), Written]


class ComplaintIn(Input):
    """A complaint. Without `category`, simple rules propose one."""

    contact: ContactIn
    what_happened: Annotated[str, Field(max_length=10_000), Written]
    demand: DemandIn
    order_no: Number | None = None
    category: Category | None = None
    channel: Channel | None = None
    external_ref: Annotated[str, Field(max_length=80)] | None = None
    occurred_at: LocalMoment | None = None

    def filing(self) -> Filing:
        """What the domain takes."""
        return Filing(
            what_happened=self.what_happened.strip(), demand=self.demand.text.strip(),
            identities=self.contact.identities(), name=(self.contact.name or "").strip(),
            order_no=(self.order_no or "").strip(), category=self.category.value if self.category else "",
            channel=self.channel or "api", external_ref=(self.external_ref or "").strip(), occurred_at=self.occurred_at,
        )  # fmt: skip


class OrderOut(Schema):
    order_no: str


class PromiseOut(Schema):
    """A clock on the case; `calendar` is the one it runs by, `estimated` says that holidays are not announced yet."""

    kind: str
    due: str
    calendar: str
    state: str
    estimated: bool


class OwnerOut(Schema):
    agent_no: str


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


class CaseOut(CaseLine):
    remedies: list[CaseRemedy]
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


class CasesOut(Schema):
    """`next` goes into `cursor` for the next page; null on the last one."""

    complaints: list[CaseLine]
    next: str | None


class CasesWanted(Input):
    q: Annotated[Plain, Field(max_length=200)] = ""
    state: State = ""
    owner: Annotated[Plain, Field(max_length=8)] = ""
    cursor: Annotated[Plain, Field(max_length=200)] = ""


@router.post("", response={201: FiledOut, **PROBLEMS})
def file_complaint(request: HttpRequest, body: ComplaintIn) -> Status[dict[str, Any]]:
    """File a complaint. It never waits for the shop. With `Idempotency-Key`, a repeat gets the same answer again."""
    key = key_of(request)
    once = idempotency.once_of(request, key, body)

    def file() -> tuple[str, dict[str, Any]]:
        case = actions.file(body.filing(), by=key.by, now=now(), once=once)
        if case.order_no and case.order_id is None:
            journal.defer("look_at_order", order_no=case.order_no)
        return case.matter.no, _receipt(case)

    no, answer = idempotency.answer_once(once, file)
    return Status(201, {"case_no": no, "secret": numbers.pin(settings.SECRET_KEY.encode(), no), **answer})


@router.get("/{case_no}", response={200: CaseOut, **PROBLEMS}, exclude_unset=True)
def get_complaint(request: HttpRequest, case_no: str) -> dict[str, Any]:
    """One case by its number; blanks and hyphens in it are forgiven."""
    case = find_case(case_no[:40])
    if case is None:
        raise Http404
    remedies = sorted(case.matter.remedies.all(), key=lambda remedy: remedy.pk)
    return _line(case) | {
        "remedies": [
            {"id": r.pk, "kind": r.kind, "state": r.state, "amount": r.request.get("amount")} for r in remedies
        ],
        "timeline": list(_timeline(case)),
    }


@router.get("", response={200: CasesOut, **PROBLEMS})
def list_complaints(request: HttpRequest, wanted: Query[CasesWanted]) -> dict[str, Any]:
    """Cases, newest first: by number, address or words (`q`), `state`, `owner` (an agent number or `none`)."""
    chosen = Wanted(wanted.q.strip(), wanted.state, wanted.owner)
    rows, has_more = page(cases_page(chosen, place_of(wanted.cursor), PAGE + 1))
    place = cursor((rows[-1].filed_at, rows[-1].pk)) if has_more else None
    return {"complaints": [_line(case) for case in rows], "next": place}


def _receipt(case: Case) -> dict[str, Any]:
    return {
        "state": case.state, "category": case.category, "urgency": case.urgency, "order": _order(case),
        "promises": [_promise(promise) for promise in case.matter.promises.order_by("pk")],
    }  # fmt: skip


def _line(case: Case) -> dict[str, Any]:
    promises = sorted(case.matter.promises.all(), key=lambda promise: promise.pk)
    return {
        "case_no": case.matter.no, "state": case.state, "category": case.category, "urgency": case.urgency,
        "channel": case.channel, "filed_at": iso(case.filed_at), "order": _order(case),
        "owner": {"agent_no": case.owner.agent_no} if case.owner else None,
        "promises": [_promise(promise) for promise in promises],
    }  # fmt: skip


def _order(case: Case) -> dict[str, str] | None:
    order_no = case.order.order_no if case.order else case.order_no
    return {"order_no": order_no} if order_no else None


def _promise(promise: Promise) -> dict[str, Any]:
    return {
        "kind": promise.kind, "due": iso(promise.due), "calendar": promise.calendar, "state": promise.state,
        "estimated": promise.estimated,
    }  # fmt: skip


def _timeline(case: Case) -> "list[dict[str, str]]":
    """The steps that have words for the buyer, oldest first."""
    facts = sorted(case.matter.facts.all(), key=lambda fact: fact.seq)
    told = ((fact, fact_text(fact)) for fact in facts)
    return [{"at": iso(fact.at), "name": fact.name, "by": fact.by, "says": text} for fact, text in told if text]
