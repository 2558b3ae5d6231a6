"""What the chat fetches: its script, its words with how things stand now; and its page on the portal."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.actions.writing import LONGEST
from huiyin.domain.conversations.uploads import MOST_BYTES
from huiyin.domain.orders.models import Finding
from huiyin.domain.orders.proof import Level
from huiyin.domain.routing.queries import queue_now
from huiyin.lib.signing import link_token
from huiyin.web.case_links import case_link
from huiyin.web.chat.joined import script
from huiyin.web.chat.words import words
from huiyin.web.portal.filing import fresh_form
from huiyin.web.portal.people import Presence, presence
from huiyin.web.ui.hotline import hotline_now
from huiyin.web.ui.language import SPOKEN

QUEUE = "general"
FILE_TYPES = "image/*,application/pdf,text/plain,audio/mpeg,audio/wav,audio/mp4,audio/amr,video/mp4"
ORDER_LIVES = timedelta(hours=1)


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """The one script for any page: nothing personal, so any page may have it, also one that isolates itself."""
    return _script(request, "loader")


@require_safe
def page_script(request: HttpRequest) -> HttpResponse:
    """The same modules for our own page."""
    return _script(request, "page")


def _script(request: HttpRequest, entry: str) -> HttpResponse:
    joined = script(entry)
    tag = f'W/"{joined.version}"'
    if (known := get_conditional_response(request, etag=tag)) is not None:
        return known
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(joined.packed if is_packed else joined.text, content_type="text/javascript; charset=utf-8")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response.headers["ETag"] = tag
    return _for_any_page(response, 300)


@require_safe
def facts(request: HttpRequest) -> HttpResponse:
    """`/chat.json?lang=`: the words, limits, and who is there now. The same for everybody."""
    asked = request.GET.get("lang", "")
    now = timezone.now()
    with translation.override(asked if asked in SPOKEN else "zh-hans"):
        body = _facts(presence(now), now) | {"words": words()}
    return _for_any_page(JsonResponse(body, json_dumps_params={"ensure_ascii": False}), 15)


def _facts(here: Presence, now: datetime) -> dict[str, Any]:
    queue = queue_now(QUEUE, now)
    is_here = here.is_here if queue is None else queue.is_open and queue.expected_wait_s is not None
    return {
        "shop": settings.SHOP_NAME, "language": translation.get_language(), "zone": settings.TIME_ZONE,
        "now": now.isoformat(),
        "longest": LONGEST, "file_mb": MOST_BYTES >> 20, "file_types": FILE_TYPES,
        "calls_back": hotline_now().is_on, "is_here": is_here,
        "expected_wait_s": queue.expected_wait_s if queue else None,
        "closed_words": replace(here, is_here=is_here).words,
    }  # fmt: skip


def _for_any_page(response: HttpResponse, seconds: int) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The chat as a page. Without JavaScript: the form that leaves a message, which becomes a case."""
    now = timezone.now()
    order_no, case_no = _proven_order_no(request), _own_case_no(request)
    context = {
        "form": fresh_form(), "presence": presence(now), "order_no": order_no, "order": _order_token(order_no, now),
        "case_no": case_no, "case": case_link(case_no) if case_no else "",
    }  # fmt: skip
    return render(request, "chat/page.html", context)


def _proven_order_no(request: HttpRequest) -> str:
    """The order that this browser came from, `?f=` being one of its findings that proved one."""
    asked = request.GET.get("f", "")
    if not asked.isdecimal() or int(asked) not in request.session.get("findings", []):
        return ""
    finding = Finding.objects.select_related("order").filter(pk=int(asked)).exclude(level=Level.NONE.value).first()
    return finding.order.order_no if finding and finding.order else ""


def _own_case_no(request: HttpRequest) -> str:
    """The open case that this browser came from, `?m=` being one of the matters it may follow."""
    asked = request.GET.get("m", "")
    is_own = asked in request.session.get("matters", [])
    return asked if is_own and Case.objects.filter(matter__no=asked).exclude(state="closed").exists() else ""


def _order_token(order_no: str, now: datetime) -> str:
    """The same seal that the shop's own pages carry: what was proven here need not be told again."""
    return link_token(order_no, now + ORDER_LIVES, settings.SHOP_SECRET) if order_no and settings.SHOP_SECRET else ""
