"""What conversations come in with."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from pydantic import AfterValidator, Field

from huiyin.domain.cases.exhibits import is_proven
from huiyin.domain.cases.knowing import who_knows
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.actions import Opening
from huiyin.domain.conversations.actions.writing import LONGEST, LONGEST_CLIENT_ID
from huiyin.domain.conversations.talk import Proof
from huiyin.domain.promises.promises import Tier
from huiyin.domain.routing.shipped import SUPERVISOR
from huiyin.domain.staff.models import ApiKey
from huiyin.lib.signing import Identity, identity_in, order_in_link
from huiyin.web.api.complaint_in import _email, _phone
from huiyin.web.api.fields import Input, Plain, Written
from huiyin.web.case_links import case_behind

ClientId = Annotated[Plain, Field(max_length=LONGEST_CLIENT_ID)]
Text = Annotated[Plain, Field(max_length=LONGEST), Written]
RESERVED = frozenset({"vip", SUPERVISOR})
Urgent = Literal["money_at_risk", "account_stolen", "deadline_today", "safety", "other"]


class VisitorContact(Input):
    """How to reach whoever writes, all of it optional in a chat. `tier` counts only from programs of the platform."""

    name: Annotated[Plain, Field(max_length=60)] | None = None
    phone: Annotated[Plain, Field(max_length=32), AfterValidator(_phone)] | None = None
    email: Annotated[Plain, Field(max_length=160), AfterValidator(_email)] | None = None
    wechat: Annotated[Plain, Field(max_length=60)] | None = None
    qq: Annotated[Plain, Field(max_length=20)] | None = None
    member: Annotated[Plain, Field(max_length=60)] | None = None
    tier: Tier | None = None

    def identities(self) -> dict[str, str]:
        """Kind → address; a member's number counts only where somebody vouches for it."""
        given = {"phone": self.phone, "email": self.email, "wechat": self.wechat, "qq": self.qq}
        return {kind: value.strip() for kind, value in given.items() if value and value.strip()}


class ConversationIn(Input):
    """Somebody turns to us. `visitor`: a random name the browser keeps for itself; with `client_id` a repeat opens the
    same conversation. `identity`: the shop's token that says who it is. `order_link`: its token for one order.
    `case_link`: our own, of a page of ours that has opened a matter."""

    text: Text
    channel: Literal["chat", "wechat", "weibo", "douyin", "api"] = "chat"
    contact: VisitorContact | None = None
    urgent: Urgent | bool | None = None
    urgent_reason: Urgent | None = None
    elderly: bool = False
    visitor: Annotated[Plain, Field(max_length=64, pattern=r"^([\w.-]{16,})?$")] = ""
    client_id: ClientId = ""
    identity: Annotated[Plain, Field(max_length=2048)] = ""
    order_link: Annotated[Plain, Field(max_length=1024)] = ""
    case_link: Annotated[Plain, Field(max_length=256)] = ""
    order_no: Annotated[Plain, Field(max_length=64)] = ""
    page: Annotated[Plain, Field(max_length=200)] = ""
    language: Literal["zh-hans", "en", ""] = ""
    queue: Annotated[Plain, Field(max_length=24)] = "general"

    def opening(self, request: HttpRequest, key: ApiKey | None, now: datetime) -> Opening:
        """What the domain takes. Raises Refusal `identity_wrong | identity_expired | link_wrong | link_expired`."""
        member = identity_in(self.identity, settings.SHOP_SECRET, now) if self.identity else None
        contact = self.contact or VisitorContact()
        sealed = order_in_link(self.order_link, settings.SHOP_SECRET, now) if self.order_link else ""
        sealed = sealed or (member.order_no if member else "")
        values: dict[str, Any] = {
            "text": self.text, "channel": self.channel if key is not None else "chat",
            "name": (contact.name or "").strip(), "identities": contact.identities(), "visitor": self.visitor,
            "address": request.META.get("REMOTE_ADDR", ""), "client_id": self.client_id,
            "language": self.language or _language(request), "page": self.page,
            "urgent_reason": self._urgency(), "elderly": self.elderly, "queue": self._queue(member, key),
            "order_no": sealed or self.order_no.strip(), "order_proven": bool(sealed) or key is not None,
        }  # fmt: skip
        if member is not None:
            values |= _signed(member, values)
        elif key is not None:
            values |= _vouched(contact, values)
        about = case_behind(self.case_link) if self.case_link else None
        if about is not None:
            values |= _of_case(about, values)
        is_known = member is not None or key is not None
        known = who_knows(values["identities"], self.text, now, is_proven=is_known, about=about)
        if key is not None and not values.get("tier") and known.buyer is not None:
            values["tier"] = known.buyer.tier
        return Opening(**values, prefers=known.prefers, barred=known.barred)

    def _queue(self, member: Identity | None, key: ApiKey | None) -> str:
        """Whom one asks for does not open every door: senior people and those of good customers are not for whoever
        writes their queue's name into a form."""
        is_guest = self.queue == "vip" and member is not None and member.tier in {Tier.GOLD, Tier.DIAMOND}
        return self.queue if key is not None or is_guest or self.queue not in RESERVED else "general"

    def _urgency(self) -> str:
        if not self.urgent:
            return self.urgent_reason or ""
        return self.urgent if isinstance(self.urgent, str) else self.urgent_reason or "other"


def _signed(member: Identity, values: dict[str, Any]) -> dict[str, Any]:
    """The shop's seal says who this is: its word before what was typed."""
    theirs = {"member": member.sub, "phone": member.phone, "email": member.email}
    identities = values["identities"] | {kind: value for kind, value in theirs.items() if value}
    tier = member.tier if member.tier in set(Tier) else ""
    return {"identities": identities, "name": member.name or values["name"], "proof": Proof.SIGNED, "tier": tier}


def _of_case(case: Case, values: dict[str, Any]) -> dict[str, Any]:
    """Whoever has opened a matter of theirs here need not say again who they are and which order it is."""
    theirs = dict(case.buyer.identities.values_list("kind", "value")) if case.buyer is not None else {}
    order = {} if values["order_proven"] else {"order_no": case.order_no, "order_proven": is_proven(case)}
    return {"case": case.matter, "identities": theirs or values["identities"]} | order


def _vouched(contact: VisitorContact, values: dict[str, Any]) -> dict[str, Any]:
    """A program of the platform knows who it speaks for."""
    identities = values["identities"] | ({"member": contact.member.strip()} if contact.member else {})
    return {"identities": identities, "tier": contact.tier.value if contact.tier else ""}


def _language(request: HttpRequest) -> str:
    code = getattr(request, "LANGUAGE_CODE", "zh-hans")
    return "en" if code.startswith("en") else "zh-hans"


class MessageIn(Input):
    """`internal`: a note among staff."""

    text: Text
    client_id: ClientId = ""
    internal: bool = False


class ReadIn(Input):
    seq: Annotated[int, Field(ge=0, lt=2**31)]


class UrgentIn(Input):
    reason: Urgent = "other"


class RatingIn(Input):
    rating: Annotated[int, Field(ge=1, le=5, strict=True)]
    words: Annotated[Plain, Field(max_length=1000)] = ""


class CallBackIn(Input):
    phone: Annotated[Plain, Field(max_length=32), Written]


class EndIn(Input):
    """For the buyer nothing is needed; staff say how it ended and what comes next (HL12)."""

    disposition: Annotated[Plain, Field(max_length=16)] = ""
    next_step: Annotated[Plain, Field(max_length=200)] = ""
    next_by: datetime | None = None
    number_spoken: bool = False
    as_case: bool | None = None  # what leaves something to do becomes a case; null: after a call


class ToWhom(Input):
    to: Annotated[Plain, Field(max_length=40)]
    summary: Annotated[Plain, Field(max_length=2000), Written]


class CaseIn(Input):
    """`case_no`: of a case it joins; without it a case of its own is made."""

    case_no: Annotated[Plain, Field(max_length=40)] = ""
    what_happened: Annotated[Plain, Field(max_length=10_000)] = ""
    demand: Annotated[Plain, Field(max_length=4_000)] = ""
    category: Annotated[Plain, Field(max_length=24)] = ""
