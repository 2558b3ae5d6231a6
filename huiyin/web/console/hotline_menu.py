"""The menu in the console: the draft (or what callers hear) as a tree, publishing, and the versions before."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.domain.voice.hotline import actions as hotline
from huiyin.domain.voice.hotline.queries import draft, faults_of, live, versions, working
from huiyin.domain.voice.hotline.tables import differences, fingerprint, frame_of
from huiyin.domain.voice.menu_faults import MenuFault
from huiyin.domain.voice.models import Menu
from huiyin.lib.errors import Refusal
from huiyin.web.console.gate import by_leads
from huiyin.web.console.hotline_cards import cards, named_faults, overview
from huiyin.web.console.hotline_parts import clean, known, page, queues
from huiyin.web.desk.gate import me
from huiyin.web.ui.words_desk import by_text, refusal_at_desk
from huiyin.web.ui.words_menu import FIELDS, fault_text, node_title, word

Context = dict[str, Any]


@require_GET
@by_leads
def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "console/hotline_menu.html", _page(request))


@require_POST
@by_leads
def publish(request: HttpRequest) -> HttpResponse:
    """The draft counts from the next call on, if nothing is wrong with it."""
    try:
        hotline.publish(_number(request, "edition"), known(), me(request), now=timezone.now())
    except (Refusal, MenuFault) as no:
        return _refused(request, no)
    messages.success(request, gettext("Published. Callers hear it from the next call on."))
    return redirect("console:hotline-menu")


@require_POST
@by_leads
def drop(request: HttpRequest) -> HttpResponse:
    """Forget the draft."""
    try:
        hotline.drop_draft(_number(request, "edition"), me(request), now=timezone.now())
    except Refusal as no:
        return _refused(request, no)
    messages.success(request, gettext("The draft is gone; callers hear what they heard before."))
    return redirect("console:hotline-menu")


@require_POST
@by_leads
def back(request: HttpRequest) -> HttpResponse:
    """An earlier version counts again."""
    try:
        hotline.bring_back(_number(request, "version"), _number(request, "live"), known(), me(request),
                           now=timezone.now())  # fmt: skip
    except Menu.DoesNotExist:
        raise Http404 from None
    except (Refusal, MenuFault) as no:
        return _refused(request, no)
    messages.success(request, gettext("Brought back. Callers hear it from the next call on."))
    return redirect("console:hotline-menu")


@require_POST
@by_leads
def frame(request: HttpRequest) -> HttpResponse:
    """Where the menu begins, and what holds for all of it."""
    typed = request.POST
    wanted = {
        "start": clean(typed.get("start", ""), 32), "closed": clean(typed.get("closed", ""), 32),
        "queue": clean(typed.get("queue", ""), 24), "tries": _number(request, "tries"),
    }  # fmt: skip
    try:
        hotline.keep_frame(wanted, typed.get("was", ""), me(request), now=timezone.now())
    except Refusal as no:
        typed_over = {"frame": wanted, "different": _differences(frame_of(working()), wanted)}
        return _refused(request, no, typed_over)
    return redirect("console:hotline-menu")


def _number(request: HttpRequest, name: str) -> int:
    """-1, which is no number of anything, for what is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _differences(there: Context, typed: Context) -> list[tuple[str, object, object]]:
    return [(word(FIELDS, one), there[one], typed[one]) for one in there if there[one] != typed[one]]


def _refused(request: HttpRequest, no: Refusal | MenuFault, more: Context | None = None) -> HttpResponse:
    if isinstance(no, Refusal):
        said = {"refused": refusal_at_desk(no), "why": []}
    else:
        why = [fault_text(one) for one in no.faults]
        said = {"refused": gettext("This cannot be heard by callers as it is:"), "why": why}
    return render(request, "console/hotline_menu.html", _page(request) | said | (more or {}), status=409)


def _page(request: HttpRequest) -> Context:
    ours, counts = draft(), live()
    table = working()
    faults = faults_of(table, known())
    news = differences(counts.table, table)
    shown = frame_of(table)
    return page(request, "menu") | {
        "draft": ours, "draft_by": by_text(ours.by) if ours else "", "live": counts, "live_by": by_text(counts.by),
        "tree": overview(table), "cards": cards(table, faults, news), "faults": named_faults(table, faults),
        "gone": [node_title(counts.table, name) for name, how in news.items() if how == "removed"],
        "news": len(news), "frame": shown, "frame_was": fingerprint(shown), "frame_is_new": "" in news,
        "queues": queues(), "nodes": [(name, node_title(table, name)) for name in table["nodes"]],
        "versions": [
            {"pk": one.pk, "at": one.at, "by": by_text(one.by), "is_live": one.pk == counts.pk,
             "changes": len(differences(counts.table, one.table))}
            for one in versions(10)
        ],
    }  # fmt: skip
