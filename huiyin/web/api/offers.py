"""What a person is asked to take. An offer shows on all their devices; the first answer counts."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item, Offer
from huiyin.domain.routing.queries import pending_offers
from huiyin.lib.clock import now
from huiyin.web.api.agents import UNNAMED, Name
from huiyin.web.api.body import read_into
from huiyin.web.api.fields import Input, Plain, iso
from huiyin.web.api.persons import Agent, me
from huiyin.web.api.problems import PROBLEMS
from huiyin.web.ui.words_routing import why_offered

router = Router(tags=["agents"], auth=Agent())


class AnswerIn(Input):
    """`device` tells your windows apart; `reason` is a code, for declining."""

    device: Name = ""
    reason: Annotated[Plain, Field(max_length=32)] = ""


_BODY = {"requestBody": {"content": {"application/json": {"schema": AnswerIn.model_json_schema()}}}}


class WhyOut(Schema):
    """Why you: a stable code with its numbers, and the same in words."""

    code: str
    numbers: dict[str, float]
    says: str


class OfferOut(Schema):
    """`id` answers it; `conversation` is the number of the matter. Times are ours, whatever your clock says."""

    id: int
    kind: str
    queue: str
    conversation: str
    tier: str
    urgent: bool
    elderly: bool
    waited_s: int
    made_at: str
    expires_at: str
    left_s: float
    why: list[WhyOut]


class OffersOut(Schema):
    offers: list[OfferOut]


class TakenOut(Schema):
    """What is in your hands now."""

    item: int
    id: str
    conversation: str
    kind: str
    queue: str
    state: str
    agent_no: str


@router.get("", response={200: OffersOut, **PROBLEMS})
def list_offers(request: HttpRequest, device: Name = "") -> dict[str, Any]:
    """What rings for you now; renews the lease of the device."""
    person = me(request)
    routing.heartbeat(person, device or UNNAMED, now=now())
    return {"offers": [_offer(one) for one in pending_offers(person)]}


@router.post("/{offer_id}/accept", response={200: TakenOut, **PROBLEMS}, openapi_extra=_BODY)
def accept(request: HttpRequest, offer_id: str) -> dict[str, Any]:
    """Take it. 409 `offer_taken_here` where another window of yours was first, `offer_gone` where it is over."""
    answer = read_into(request, AnswerIn)
    item = routing.accept(_number(offer_id), me(request), answer.device or UNNAMED, now=now())
    return _taken(item, me(request).agent_no)


@router.post("/{offer_id}/decline", response={204: None, **PROBLEMS}, openapi_extra=_BODY)
def decline(request: HttpRequest, offer_id: str) -> Status[None]:
    """Not now: somebody else is asked."""
    routing.decline(_number(offer_id), me(request), read_into(request, AnswerIn).reason, now=now())
    return Status(204, None)


def _number(offer_id: str) -> int:
    """Raises Http404 for what cannot be the id of an offer."""
    if not (offer_id.isascii() and offer_id.isdigit() and len(offer_id) < 19):
        raise Http404(offer_id)
    return int(offer_id)


def _offer(one: Offer) -> dict[str, Any]:
    item, at = one.item, now()
    return {
        "id": one.pk, "kind": item.kind, "queue": item.queue.slug, "conversation": item.matter.no, "tier": item.tier,
        "urgent": item.urgent, "elderly": item.elderly, "made_at": iso(one.made_at), "expires_at": iso(one.expires_at),
        "waited_s": max(0, int((at - item.arrived_at).total_seconds())),
        "left_s": max(0.0, round((one.expires_at - at).total_seconds(), 1)),
        "why": [{**reason, "says": why_offered(reason)} for reason in one.why],
    }  # fmt: skip


def _taken(item: Item, agent_no: str) -> dict[str, Any]:
    return {
        "item": item.pk, "id": item.matter.no, "conversation": item.matter.no, "kind": item.kind,
        "queue": item.queue.slug, "state": item.state, "agent_no": agent_no,
    }  # fmt: skip
