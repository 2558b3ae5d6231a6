"""The first page of the hotline in the console: its lines, which menu counts, and what was changed lately."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.domain.journal.models import Fact
from huiyin.domain.routing.hours import rules_from
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import is_open
from huiyin.domain.voice.hotline import actions as hotline
from huiyin.domain.voice.hotline.actions.lines import Seen
from huiyin.domain.voice.hotline.queries import TIERS as TIER_CODES
from huiyin.domain.voice.hotline.queries import Columns, columns_of, lately, live, takes
from huiyin.domain.voice.hotline.showing import number_that_rings
from huiyin.domain.voice.hotline.tables import fingerprint
from huiyin.domain.voice.models import Line
from huiyin.domain.voice.shipped import DEFAULT
from huiyin.lib.errors import Refusal
from huiyin.web.console.gate import by_leads
from huiyin.web.console.hotline_parts import all_lines, clean, page, queues
from huiyin.web.desk.gate import me
from huiyin.web.ui.words_console import queue_title
from huiyin.web.ui.words_desk import by_text, refusal_at_desk
from huiyin.web.ui.words_hotline import TOLD
from huiyin.web.ui.words_hours import hours_text
from huiyin.web.ui.words_menu import FIELDS, TIERS, node_title, word

NAMES = tuple(Columns.__dataclass_fields__)
Row = dict[str, Any]


@require_GET
@by_leads
def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "console/hotline.html", _page(request))


@require_http_methods(["GET", "POST"])
@by_leads
def line(request: HttpRequest, number: str = "") -> HttpResponse:
    """One line, or a new one; after a form that was refused with what was typed and what is different. Where somebody
    took the line away meanwhile, what was typed is the form of a new one."""
    all_lines()
    if request.method == "GET":
        return _form(request, number)
    try:
        said = _change(request, number)
    except Refusal as no:
        return _form(request, number, no)
    messages.success(request, said)
    return redirect("console:hotline")


def _change(request: HttpRequest, number: str) -> str:
    typed, person, now = request.POST, me(request), timezone.now()
    if number and typed.get("gone"):
        hotline.remove_line(number, person, now=now)
        return gettext("Line %(number)s taken away. Who dials it is answered on the usual line.") % {"number": number}
    if not number:
        kept = hotline.add_line(typed.get("number", "").strip(), _columns(typed), person, now=now)
    else:
        kept = hotline.change_line(Seen(number, typed.get("was", "")), _columns(typed), person, now=now)
    return gettext("Line %(number)s counts from the next call on.") % {"number": kept.number}


def _columns(typed: QueryDict) -> Columns:
    def text(name: str) -> str:
        return clean(typed.get(name, ""), 40)

    return Columns(
        text("title"), text("title_en"), text("queue")[:24], text("tier")[:12], text("node")[:32], text("shown"),
        typed.get("is_public") == "1",
    )  # fmt: skip


def _form(request: HttpRequest, number: str, no: Refusal | None = None) -> HttpResponse:
    known = Line.objects.filter(number=number).first()
    if number and known is None and no is None:
        raise Http404(number)
    now_there = columns_of(known) if known else Columns("", "")
    shown = _columns(request.POST) if no else now_there
    table = live().table
    context = page(request, "lines") | {
        "line": known, "one": shown, "was": fingerprint(asdict(now_there)) if known else "", "queues": queues(),
        "number": clean(request.POST.get("number", number), 40), "is_usual": bool(known and known.number == DEFAULT),
        "nodes": [(name, node_title(table, name)) for name in table["nodes"]],
        "tiers": [(code, word(TIERS, code)) for code in TIER_CODES], "refused": refusal_at_desk(no) if no else "",
        "different": _differences(now_there, shown) if no and no.code == "line_changed" else [],
        "hours": {one.slug: hours_text(rules_from(one.hours)) for one in Queue.objects.all()},
    }  # fmt: skip
    return render(request, "console/hotline_line.html", context, status=409 if no else 200)


def _differences(there: Columns, typed: Columns) -> list[tuple[str, object, object]]:
    old, new = asdict(there), asdict(typed)
    return [(word(FIELDS, one), old[one], new[one]) for one in NAMES if old[one] != new[one]]


def _page(request: HttpRequest) -> Row:
    table, now = live(), timezone.now()
    by_slug = {one.slug: one for one in Queue.objects.all()}
    rows = [_row(one, by_slug.get(one.queue), table.table) for one in all_lines()]
    for row in rows:
        row["is_open"] = row["of"] is not None and is_open(row["of"], now)
    return page(request, "lines") | {
        "rows": rows, "live": table, "live_by": by_text(table.by), "recorded": len(takes()),
        "rings": number_that_rings(),
        "lately": [{"text": told, "by": by_text(one.by), "at": one.at} for one in lately() if (told := _told(one))],
    }  # fmt: skip


def _row(one: Line, queue: Queue | None, table: Any) -> Row:
    return {
        "number": one.number, "title": queue_title(one.title, one.title_en), "shown": one.shown, "of": queue,
        "queue": queue_title(queue.title, queue.title_en) if queue else one.queue, "is_public": one.is_public,
        "node": node_title(table, one.node or str(table["start"])), "is_lost": one.node not in {"", *table["nodes"]},
        "hours": hours_text(rules_from(queue.hours)) if queue else "",
        "tier": word(TIERS, one.tier) if one.tier else "",
    }  # fmt: skip


def _told(fact: Fact) -> str:
    teller = TOLD.get(fact.name)
    return teller(fact.data) if teller else ""
