"""Is a demand said so that it can be met? A hint, never a hurdle (CP3)."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from huiyin.domain.cases.demand import Check, OrderFacts, check
from huiyin.domain.cases.demand_words import suggestion
from huiyin.domain.cases.places import order_facts
from huiyin.domain.cases.triage import classify
from huiyin.domain.orders.models import Order
from huiyin.domain.orders.queries import the_shop
from huiyin.domain.orders.situations import judge
from huiyin.domain.orders.snapshots import as_json
from huiyin.lib.clock import now
from huiyin.lib.errors import Outside
from huiyin.web.api.auth import Key
from huiyin.web.api.complaint_in import MOST_ITEMS, ItemIn
from huiyin.web.api.fields import Input, Number, Written
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["complaints"], auth=Key("complaints"))


class DemandToCheck(Input):
    text: Annotated[str, Field(max_length=4_000), Written]
    order_no: Number | None = None
    items: Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)] | None = None


class CheckOut(Schema):
    """`missing`: S(pecific), M(easurable), A(chievable), R(elevant), T(ime-bound); `suggestion`: wording with all."""

    smart: bool
    missing: list[str]
    suggestion: str


@router.post("/check", response={200: CheckOut, **PROBLEMS})
def check_demand(request: HttpRequest, body: DemandToCheck) -> dict[str, Any]:
    """What is missing in a demand, and how it could be said, from the order's own facts where one is named."""
    facts = _facts((body.order_no or "").strip())
    about = classify(body.text, facts.situation if facts else "").category
    found: Check = check(body.text, [one.item() for one in body.items or ()], facts, now(), category=about)
    return {
        "smart": found.is_smart, "missing": [letter.value for letter in found.missing],
        "suggestion": suggestion(found.proposed, facts, about),
    }  # fmt: skip


def _facts(order_no: str) -> OrderFacts | None:
    """By what we know of the order, else by what the shop says; without either there are none."""
    if not order_no:
        return None
    known = Order.objects.filter(order_no=order_no).first()
    return order_facts(known or _from_the_shop(order_no))


def _from_the_shop(order_no: str) -> Order | None:
    """The order as a row that is not kept: asking how to say something opens no matter."""
    try:
        seen = the_shop().order(order_no)
    except Outside:
        return None
    if seen is None:
        return None
    return Order(
        order_no=seen.order_no, title=seen.goods.title, amount=seen.amount, snapshot=as_json(seen),
        situation=judge(seen, now()).situation.value,
    )  # fmt: skip
