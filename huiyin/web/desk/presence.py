"""The presence switch: saying what one is doing, and the heartbeat of an open desk."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Places
from huiyin.domain.routing.queries import presence_now
from huiyin.domain.routing.states import Presence
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import by_staff, device, me, way_back
from huiyin.web.desk.here import here
from huiyin.web.ui.words_desk import refusal_at_desk


@require_http_methods(["GET", "POST"])
@by_staff
def presence(request: HttpRequest) -> HttpResponse:
    """The switch as it stands, after what was chosen."""
    at, says = now(), ""
    if request.method == "POST":
        try:
            _choose(request)
        except Refusal as no:
            says = refusal_at_desk(no)
        if "HX-Request" not in request.headers and not says:
            return redirect(way_back(request))
    shown = {"here": here(request, at, says), "person": me(request)}
    return render(request, "desk/parts/presence.html", shown, status=409 if says else 200)


@require_POST
@by_staff
def beat(request: HttpRequest) -> HttpResponse:
    """This desk is open. Says what its person is doing, so that a page that shows something else asks again."""
    routing.heartbeat(me(request), device(request), now=now())
    return JsonResponse({"state": presence_now(me(request), now()).value})


def _choose(request: HttpRequest) -> None:
    state = request.POST.get("state", "")
    if state == Presence.OFFLINE:
        routing.leave(me(request), now=now())
        return
    reason = request.POST.get("reason", "") if state == Presence.BREAK else ""
    routing.set_presence(me(request), device(request), state, reason=reason, capacity=_places(request), now=now())


def _places(request: HttpRequest) -> Places | None:
    """How many at once, as the menu was sent: one more at peak only where it asked for that."""
    chats = request.POST.get("capacity", "")
    most = {"chat": int(chats)} if chats.isascii() and chats.isdigit() and len(chats) < 4 else {}
    stretches = request.POST.get("stretches") == "1" if "at_peak" in request.POST else None
    return Places(most, stretches) if most or stretches is not None else None
