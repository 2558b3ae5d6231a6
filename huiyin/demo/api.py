"""The shop's side of the HTTP contract, `/huiyin/v1`, as django-ninja serves and documents it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Schema
from ninja.errors import ValidationError
from pydantic import AwareDatetime

from huiyin.demo import snapshots
from huiyin.demo.actions import requery_payment, reveal_keys
from huiyin.demo.faults import SILENCE_S, Busy, Lying, Silent, Trouble, is_on, must_answer, unanswered
from huiyin.demo.models import Payment
from huiyin.demo.remedies import carry_out, state_of
from huiyin.demo.schemas import (
    CapabilitiesOut,
    KeysOut,
    OrderOut,
    OrdersOut,
    PaymentOut,
    Problem,
    ReceiptOut,
    RemedyIn,
    TermsListOut,
)
from huiyin.demo.terms import terms_for
from huiyin.domain.orders.shop import OrderSnapshot, Receipt, RemedyKind, Terms
from huiyin.domain.orders.shop import Payment as PaymentValue
from huiyin.lib.errors import Refusal, Rejected
from huiyin.lib.signing import Message, ShopKey, check_signed

DELAY_HEADER = "X-Demo-Delay"  # seconds the outermost layer holds an answer back (demo/serve.py)
NOT_FOUND = {"code": "not_found", "detail": "no such thing at this shop"}
PROBLEMS = {401: Problem, 404: Problem, 409: Problem, 422: Problem, 503: Problem}


def _is_signed(request: HttpRequest) -> bool:
    """Every call carries the shop's seal; raises Refusal, which becomes a 401."""
    target = quote(request.path, safe="/:@!$&'()*+,;=~")
    query = request.META.get("QUERY_STRING", "")
    message = Message(request.method or "", f"{target}?{query}" if query else target, request.body)
    check_signed(message, request.headers, ShopKey(settings.SHOP_KEY_ID, settings.SHOP_SECRET), datetime.now(UTC))
    return True


api = NinjaAPI(
    title="Huiyin shop contract",
    version="1",
    description="What Huiyin asks of a shop. Signing is described in docs/reference/shop-contract.md.",
    urls_namespace="shop-contract",
    docs_url=None,  # the page would load scripts from elsewhere; openapi.json is served
    auth=[_is_signed],
)


class Search(Schema):
    """Either `by` and `value`, or `paid_since`."""

    by: str = ""
    value: str = ""
    paid_since: AwareDatetime | None = None


@api.get("/capabilities", response={200: CapabilitiesOut, **PROBLEMS})
def capabilities(request: HttpRequest) -> dict[str, Any]:
    """What this shop's software can do by itself."""
    must_answer()
    can = {"void", "reveal", "events", "remedy_state", *map(str, RemedyKind)}
    if is_on(Trouble.NO_REMEDIES):
        can -= {*map(str, RemedyKind), "void"}
    if is_on(Trouble.NO_REMEDY_STATE):
        can -= {"remedy_state"}
    return {"shop": "demo", "can": sorted(can)}


@api.get("/orders", response={200: OrdersOut, **PROBLEMS})
def find_orders(request: HttpRequest, search: Query[Search]) -> dict[str, list[OrderSnapshot]]:
    """Orders by one thing a buyer knows, newest first (20); or paid after a moment, oldest first (200)."""
    if search.paid_since is not None:
        must_answer()
        silent = unanswered()
        rows = [row for row in snapshots.paid_since(search.paid_since) if row.order_no not in silent]
        return {"orders": snapshots.snapshots(rows)}
    if search.by not in snapshots.FIND_BY:
        raise Rejected("invalid", f"by is one of {', '.join(snapshots.FIND_BY)}")
    rows = snapshots.found(search.by, search.value)
    must_answer(row.order_no for row in rows)
    return {"orders": snapshots.snapshots(rows)}


@api.get("/orders/{order_no}", response={200: OrderOut, **PROBLEMS})
def get_order(request: HttpRequest, order_no: str) -> OrderSnapshot:
    """One order."""
    must_answer([order_no])
    row = snapshots.order_row(order_no)
    if row is None:
        raise Rejected("not_found")
    return snapshots.snapshot(row)


@api.get("/orders/{order_no}/terms", response={200: TermsListOut, **PROBLEMS})
def get_terms(request: HttpRequest, order_no: str) -> dict[str, tuple[Terms, ...]]:
    """What was in force when this order was paid: goods page, promotion, fees, refund rule."""
    must_answer([order_no])
    row = snapshots.order_row(order_no)
    if row is None:
        raise Rejected("not_found")
    return {"terms": terms_for(snapshots.snapshot(row))}


@api.get("/payments/{bill_no}", response={200: PaymentOut, **PROBLEMS})
def get_payment(request: HttpRequest, bill_no: str) -> PaymentValue:
    """How a payment stands, asked of the channel again."""
    row = Payment.objects.filter(bill_no=bill_no).select_related("order").first()
    must_answer([row.order.order_no] if row else [])
    if row is None:
        raise Rejected("not_found")
    return snapshots.payment_value(requery_payment(bill_no, datetime.now(UTC)))


@api.post("/orders/{order_no}/reveal", response={200: KeysOut, **PROBLEMS})
def reveal(request: HttpRequest, order_no: str) -> dict[str, list[str]]:
    """The full keys of a delivered order; the shop notes the first time they were shown."""
    must_answer([order_no])
    return {"keys": reveal_keys(order_no, datetime.now(UTC), "centre")}


@api.post("/remedies", response={200: ReceiptOut, **PROBLEMS})
def post_remedy(request: HttpRequest, response: HttpResponse, body: RemedyIn) -> Receipt:
    """Carry out a remedy once per key."""
    must_answer([body.order_no])
    if is_on(Trouble.NO_REMEDIES):
        raise Rejected("unsupported", "this shop cannot act by itself")
    receipt = carry_out(body.request(), datetime.now(UTC))
    if is_on(Trouble.REPLY_LOST, body.order_no):
        response[DELAY_HEADER] = str(SILENCE_S)
    return receipt


@api.get("/remedies/{key}", response={200: ReceiptOut, **PROBLEMS})
def get_remedy(request: HttpRequest, key: str) -> Receipt:
    """What became of a remedy: done, pending, failed or unknown."""
    must_answer()
    if is_on(Trouble.NO_REMEDY_STATE):
        raise Rejected("unsupported", "this shop cannot tell")
    with transaction.atomic():  # waits for a remedy that is being carried out at this moment
        return state_of(key)


STATUS = {"not_found": 404, "unsupported": 409, "invalid": 422}


@api.exception_handler(Rejected)
def _rejected(request: HttpRequest, fault: Rejected) -> HttpResponse:
    problem = NOT_FOUND if fault.code == "not_found" else {"code": fault.code, "detail": fault.detail}
    return api.create_response(request, problem, status=STATUS.get(fault.code, 409))


@api.exception_handler(Refusal)
def _unsigned(request: HttpRequest, fault: Refusal) -> HttpResponse:
    return api.create_response(request, {"code": fault.code, "detail": "sign the request"}, status=401)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    detail = "; ".join(f"{'.'.join(map(str, e['loc'][2:] or e['loc']))}: {e['msg']}" for e in fault.errors)
    return api.create_response(request, {"code": "invalid", "detail": detail}, status=422)


@api.exception_handler(Busy)
def _busy(request: HttpRequest, fault: Busy) -> HttpResponse:
    return api.create_response(request, {"code": "busy", "detail": "try again later"}, status=503)


@api.exception_handler(Silent)
def _silent(request: HttpRequest, fault: Silent) -> HttpResponse:
    response = api.create_response(request, {"code": "busy", "detail": "too late"}, status=503)
    response[DELAY_HEADER] = str(SILENCE_S)
    return response


@api.exception_handler(Lying)
def _lying(request: HttpRequest, fault: Lying) -> HttpResponse:
    return HttpResponse(b'{"orders": [{"order_no": 17, "amount": 1e99', content_type="application/json")
