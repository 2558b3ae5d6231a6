"""What the shop tells us: paid, delivered, shown, redeemed, a refund arrived, somebody signed in."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from huiyin.domain.orders import actions
from huiyin.lib.clock import now
from huiyin.web.api.auth import signed_by_the_shop
from huiyin.web.api.fields import Input, Moment
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["shop"], auth=signed_by_the_shop)


class EventIn(Input):
    """One event. A repeated `id` is harmless."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    type: Literal["paid", "delivered", "shown", "redeemed", "refund_arrived", "login"]
    order_no: Annotated[str, Field(max_length=64)] = ""
    at: Moment
    data: dict[str, Any] = {}


class EventOut(Schema):
    """`known`: we have had this event before."""

    known: bool


@router.post("", response={200: EventOut, **PROBLEMS})
def take_event(request: HttpRequest, body: EventIn) -> dict[str, bool]:
    """Take in an event, signed as docs/reference/shop-contract.md says; the worker looks at its order."""
    is_new = actions.take_in(body.id, body.type, body.order_no, body.data, at=body.at, now=now())
    return {"known": not is_new}
