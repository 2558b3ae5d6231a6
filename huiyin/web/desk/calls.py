"""Calls that are going on: the bar of one's own, the list of all, and what people do to them."""

import time
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import LIVE
from huiyin.domain.voice.commands import Verb
from huiyin.domain.voice.models import Call, Command
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.call_bar import bar, last_word
from huiyin.web.desk.call_list import rows
from huiyin.web.desk.gate import by_staff, me, way_back
from huiyin.web.desk.screen import frame
from huiyin.web.ui.words_desk import refusal_at_desk

PATIENCE_S, LOOK_S = 0.8, 0.02  # the switchboard answers within 300 ms
BAR, LIST = "desk/parts/call_bar.html", "desk/parts/calls.html"


@require_GET
@by_staff
def calls(request: HttpRequest) -> HttpResponse:
    """Everything that is going on."""
    shown = rows(me(request), now()) | {"leads": me(request).leads, "person": me(request)}
    if request.GET.get("part"):
        return render(request, LIST, shown)
    return render(request, "desk/calls.html", frame(request, "calls", "talks", room="calls") | shown)


@require_GET
@by_staff
def show_bar(request: HttpRequest) -> HttpResponse:
    """The bar by itself, when something has changed."""
    return render(request, BAR, _bar(request))


@require_POST
@by_staff
def do(request: HttpRequest, no: str, verb: str) -> HttpResponse:
    """Ask the switchboard, wait a moment for its answer, and say it."""
    call = _call_or_404(request, no)
    try:
        answered(voice.ask(call, verb, _params(request, verb), me(request), now=now()))
    except Refusal as refusal:
        return _told(request, {"says": refusal_at_desk(refusal), "is_bad": True})
    return _told(request, last_word(me(request), now()))


def answered(command: Command) -> Command:
    """The command as soon as the switchboard has answered it; as it stands when our patience is over."""
    end = time.monotonic() + PATIENCE_S
    while command.state in {"asked", "claimed"} and time.monotonic() < end:
        time.sleep(LOOK_S)
        command.refresh_from_db()
    return command


def _call_or_404(request: HttpRequest, no: str) -> Call:
    """A call that is going on, for whoever has it or leads."""
    mine = Q() if me(request).leads else Q(agent=me(request))
    found = Call.objects.filter(mine, matter__no=no, state__in=LIVE).select_related("matter", "talk", "agent").first()
    if found is None:
        raise Http404(no)
    return found


def _params(request: HttpRequest, verb: str) -> dict[str, Any]:
    """What a verb needs besides itself."""
    typed = request.POST
    if verb == Verb.KEYPAD:
        return {"keys": typed.get("keys", "")[:32]}
    if verb == Verb.SECRET:
        return {"what": typed.get("what", "")[:8]}
    if verb == Verb.TRANSFER:
        to, summary = typed.get("to", "")[:40], typed.get("summary", "")[:500]
        return {"to": to, "warm": typed.get("warm") == "1", "summary": summary}
    return {}


def _told(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    """What was done, in the bar or the list that asked; without scripts on the page it came from."""
    if "HX-Request" not in request.headers:
        (messages.error if told.get("is_bad") else messages.success)(request, told.get("says", ""))
        return redirect(way_back(request))
    if "list" in request.GET:
        return render(request, LIST, rows(me(request), now()) | {"leads": True, "person": me(request)} | told)
    return render(request, BAR, _bar(request) | told)


def _bar(request: HttpRequest) -> dict[str, Any]:
    return bar(request, now()) | {"person": me(request), "is_small": "small" in request.GET}
