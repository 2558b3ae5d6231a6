"""What programs use of the demo: the ledger, the switches, orders to order, the mailbox as JSON, the SMS gateway.

Not part of the shop contract and not signed: the demo listens on loopback and holds invented buyers only.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from huiyin.demo.actions import turn
from huiyin.demo.faults import Trouble
from huiyin.demo.mailbox import keep_sms, letters
from huiyin.demo.models import Effect, Order
from huiyin.demo.seed import add_orders, demo_orders, described
from huiyin.demo.situations import SITUATIONS

MOST_ORDERS = 500


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive, and the database answers."""
    return JsonResponse({"ok": Order.objects.exists()})


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Every effect of a remedy, once, newest last."""
    rows = Effect.objects.select_related("order").order_by("pk")
    return JsonResponse([_line(row) for row in rows], safe=False)


@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The demo orders, as in demo-shop.json."""
    return JsonResponse(demo_orders(), safe=False)


@csrf_exempt
@require_POST
def faults(request: HttpRequest) -> HttpResponse:
    """Turn a switch: `{fault, on, order_no?}`."""
    asked = _asked(request)
    if asked.get("fault") not in list(Trouble) or not isinstance(asked.get("on"), bool):
        return _wrong(f"fault is one of {', '.join(Trouble)}; on is true or false")
    turn(Trouble(asked["fault"]), str(asked.get("order_no") or ""), datetime.now(UTC), on=asked["on"])
    return JsonResponse({"ok": True})


@csrf_exempt
@require_POST
def more_orders(request: HttpRequest) -> HttpResponse:
    """New orders: `{situation, count?}`; an empty situation is a purchase that works."""
    asked = _asked(request)
    situation, count = asked.get("situation"), asked.get("count", 1)
    if situation not in ("", *SITUATIONS) or not isinstance(count, int) or not 1 <= count <= MOST_ORDERS:
        return _wrong(f"situation is empty or one of {', '.join(SITUATIONS)}; count is 1 to {MOST_ORDERS}")
    made = add_orders(str(situation), count, datetime.now(UTC))
    return JsonResponse([described(order) for order in made], safe=False, status=201)


@csrf_exempt
@require_POST
def sms(request: HttpRequest) -> HttpResponse:
    """The SMS gateway of the demo: `{to, text}`."""
    asked = _asked(request)
    to, text = asked.get("to"), asked.get("text")
    if not isinstance(to, str) or not isinstance(text, str) or not to.strip():
        return _wrong("to and text are strings")
    keep_sms(to[:200], text[:2000])
    return JsonResponse({"ok": True})


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """What one address or number got, newest first."""
    found = letters(request.GET.get("to", ""))
    return JsonResponse(
        [
            {
                "kind": row.kind,
                "to": row.to,
                "from": row.sender,
                "subject": row.subject,
                "text": row.text,
                "html": row.html,
                "at": row.at.isoformat(),
            }
            for row in found
        ],
        safe=False,
    )


def _line(row: Effect) -> dict[str, Any]:
    line = {
        "order_no": row.order.order_no,
        "effect": row.effect,
        "kind": row.kind,
        "at": row.at.isoformat(),
        "idempotency_key": row.idempotency_key,
    }
    return line if row.amount_fen is None else line | {"amount": f"{row.amount_fen / 100:.2f}"}


def _asked(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _wrong(detail: str) -> HttpResponse:
    return JsonResponse({"code": "invalid", "detail": detail}, status=422)
