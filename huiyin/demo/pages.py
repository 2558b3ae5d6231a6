"""The demo shop as people see it: the counter with its switches, an order as its buyer sees it, the mailbox."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from huiyin.demo import words
from huiyin.demo.actions import log_in, redeem, reveal_keys, turn
from huiyin.demo.delivery import help_link, help_token
from huiyin.demo.faults import Trouble, all_on
from huiyin.demo.mailbox import letters
from huiyin.demo.members import identity_of
from huiyin.demo.models import Order
from huiyin.demo.refusals import live_items
from huiyin.demo.seed import NORMAL, add_orders, restock
from huiyin.demo.snapshots import catalogue, order_row, snapshot
from huiyin.lib.errors import Rejected

NEWEST = 120
RESTOCK = 100


@require_GET
def counter(request: HttpRequest) -> HttpResponse:
    """Goods, demo orders by situation, and the switches of the whole shop."""
    on = all_on()
    rows = Order.objects.select_related("article").prefetch_related("payments").order_by("situation", "pk")[:NEWEST]
    context = {
        "goods": catalogue(),
        "situations": [(slug, words.SITUATIONS[slug]) for slug in words.SITUATIONS],
        "orders": [(row, words.SITUATIONS.get(row.situation, row.situation)) for row in rows],
        "switches": _switches(words.WHOLE_SHOP, on.get("", set())),
        "huiyin": settings.HUIYIN_URL,
    }
    return render(request, "demo/counter.html", context)


@require_GET
def order_page(request: HttpRequest, order_no: str) -> HttpResponse:
    """The order as the shop's buyer sees it, with Huiyin's contact block and the signed link."""
    return _order_page(request, order_no, [])


@require_POST
def buy(request: HttpRequest) -> HttpResponse:
    """Buy something, with the trouble chosen in the form."""
    situation, email = request.POST.get("situation", NORMAL), request.POST.get("email", "").strip()[:200]
    if situation not in words.SITUATIONS:
        raise Http404
    order = add_orders(situation, 1, datetime.now(UTC))[0]
    if email:
        Order.objects.filter(pk=order.pk).update(email=email)
    return redirect("order", order_no=order.order_no)


@require_POST
def act(request: HttpRequest, order_no: str, verb: str) -> HttpResponse:
    """What a buyer can do on the order page: see the key, redeem it, sign in."""
    now = datetime.now(UTC)
    if not Order.objects.filter(order_no=order_no).exists():
        raise Http404
    try:
        if verb == "show":
            return _order_page(request, order_no, reveal_keys(order_no, now, "page"))
        if verb == "redeem":
            redeem(order_no, now)
        if verb == "login":
            log_in(order_no, now)
    except Rejected:
        pass  # nothing to show or redeem any more: the page says how the order stands
    return redirect("order", order_no=order_no)


@require_POST
def flip(request: HttpRequest) -> HttpResponse:
    """Turn a switch from a page."""
    order_no, is_on = request.POST.get("order_no", ""), request.POST.get("on") == "1"
    try:
        trouble = Trouble(request.POST.get("fault", ""))
    except ValueError as fault:
        raise Http404 from fault
    turn(trouble, order_no, datetime.now(UTC), on=is_on)
    return redirect("order", order_no=order_no) if order_no else redirect("counter")


@require_POST
def refill(request: HttpRequest, sku: str) -> HttpResponse:
    """Put keys on the shelf, so that who waits for stock can be served."""
    if sku not in {goods.sku for goods in catalogue() if goods.stock is not None}:
        raise Http404
    restock(sku, RESTOCK, datetime.now(UTC))
    return redirect("counter")


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails and SMS buyers got."""
    to = request.GET.get("to", "")
    return render(request, "demo/mailbox.html", {"letters": letters(to), "to": to, "huiyin": settings.HUIYIN_URL})


def _order_page(request: HttpRequest, order_no: str, keys: list[str]) -> HttpResponse:
    row, now = order_row(order_no), datetime.now(UTC)
    if row is None:
        raise Http404
    seen = snapshot(row)
    context: dict[str, Any] = {
        "order": seen,
        "keys": keys,
        "has_key": any(item.masked for item in live_items(seen)),
        "situation": words.SITUATIONS.get(row.situation, ""),
        "payments": [(payment, words.PAYMENTS[payment.state]) for payment in seen.payments],
        "refunds": [(refund, words.REFUNDS[refund.state]) for refund in seen.refunds],
        "delivery": words.DELIVERIES[seen.delivery.state],
        "switches": _switches(words.ONE_ORDER, all_on().get(order_no, set())),
        "huiyin": settings.HUIYIN_URL,
        "token": help_token(order_no, now),
        "identity": identity_of(seen.buyer, order_no, now),
        "link": help_link(order_no, now),
    }
    return render(request, "demo/order.html", context)


def _switches(troubles: tuple[Trouble, ...], on: set[str]) -> list[tuple[str, str, bool]]:
    return [(trouble.value, words.TROUBLES[trouble], trouble in on) for trouble in troubles]
