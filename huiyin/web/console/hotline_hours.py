"""When a queue answers: the hours of every line that leads to it (HL3)."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.hours import rules_from
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import is_open
from huiyin.domain.voice.models import Line
from huiyin.lib.errors import Refusal
from huiyin.web.console.gate import by_leads
from huiyin.web.console.hotline_parts import page
from huiyin.web.desk.gate import me
from huiyin.web.ui.words_console import queue_title
from huiyin.web.ui.words_desk import refusal_at_desk
from huiyin.web.ui.words_hours import days_text, hours_text

Rules = list[dict[str, Any]]
ROWS = 7
MIDNIGHT, END = "00:00", "24:00"  # a browser's clock knows no 24 o'clock


@require_http_methods(["GET", "POST"])
@by_leads
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; after one that was refused with what was typed."""
    queue = Queue.objects.filter(slug=slug).first()
    if queue is None:
        raise Http404(slug)
    if request.method == "GET":
        return _form(request, queue, queue.hours)
    typed = _typed(request.POST)
    try:
        routing.keep_hours(slug, typed, _was(request.POST), me(request), now=timezone.now())
    except Refusal as no:
        return _form(request, queue, typed, no)
    messages.success(request, gettext("The hours count from now on."))
    return redirect("console:hotline")


def _typed(typed: QueryDict) -> Rules:
    """Rows without days are none; no rows: around the clock."""
    found = []
    for at in range(ROWS):
        days, closes = typed.get(f"days_{at}", "")[:20], typed.get(f"to_{at}", "")[:5]
        if days:
            to = END if closes == MIDNIGHT else closes
            found.append({"days": _days(days), "from": typed.get(f"from_{at}", "")[:5], "to": to})
    return found


def _days(text: str) -> Any:
    """`work`, or weekdays as `0,1,2`."""
    numbers = text.split(",")
    return [int(one) for one in numbers] if all(one.isascii() and one.isdigit() for one in numbers) else text


def _was(typed: QueryDict) -> Rules:
    try:
        seen = json.loads(typed.get("was", "")[:10_000])
    except ValueError:
        return []
    return seen if isinstance(seen, list) else []


def _form(request: HttpRequest, queue: Queue, shown: Rules, no: Refusal | None = None) -> HttpResponse:
    rows = [_row(at, one) for at, one in enumerate(shown[:ROWS])]
    rows += [_row(at, {}) for at in range(len(rows), min(len(rows) + 2, ROWS))]
    context = page(request, "lines") | {
        "queue": queue, "title": queue_title(queue.title, queue.title_en), "rows": rows, "choices": _choices(shown),
        "was": json.dumps(queue.hours), "now_text": hours_text(rules_from(queue.hours)),
        "is_open": is_open(queue, timezone.now()), "refused": refusal_at_desk(no) if no else "",
        "lines": [queue_title(one.title, one.title_en) for one in Line.objects.filter(queue=queue.slug).order_by("pk")],
    }  # fmt: skip
    return render(request, "console/hotline_hours.html", context, status=409 if no else 200)


def _row(at: int, one: dict[str, Any]) -> dict[str, Any]:
    closes = one.get("to", "22:00")
    return {
        "at": at, "days": _code(one.get("days", "")), "from": one.get("from", "09:00"),
        "to": MIDNIGHT if closes == END else closes,
    }  # fmt: skip


def _choices(shown: Rules) -> list[tuple[str, str]]:
    usual: list[Any] = ["all", "work", "rest", *([day] for day in range(7))]
    own = [one["days"] for one in shown if isinstance(one["days"], list) and _are_days(one["days"])]
    return [(_code(days), days_text(days)) for days in [*usual, *(one for one in own if one not in usual)]]


def _are_days(days: list[Any]) -> bool:
    return all(type(one) is int and 0 <= one < 7 for one in days)


def _code(days: Any) -> str:
    return days if isinstance(days, str) else ",".join(map(str, days))
