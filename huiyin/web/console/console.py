"""The first page of the console: how the centre works right now, and which screens show the board."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.domain.insight import actions
from huiyin.domain.insight.models import Wall
from huiyin.domain.insight.queries import board
from huiyin.domain.routing import actions as routing
from huiyin.lib.errors import Refusal
from huiyin.web.console.gate import by_leads
from huiyin.web.console.picture import picture
from huiyin.web.desk.gate import me
from huiyin.web.desk.screen import frame
from huiyin.web.ui.words_console import MODES, mode_words
from huiyin.web.ui.words_desk import refusal_at_desk


@require_GET
@by_leads
def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "console/console.html", _page(request))


@require_POST
@by_leads
def mode(request: HttpRequest) -> HttpResponse:
    """Ordinary, night or peak, for the whole centre (OP12)."""
    try:
        routing.set_mode(request.POST.get("mode", ""), me(request), now=timezone.now())
    except Refusal as no:
        messages.error(request, refusal_at_desk(no))
    return redirect("console:console")


@require_POST
@by_leads
def hang(request: HttpRequest) -> HttpResponse:
    """A link for one more screen; it is shown this once."""
    try:
        wall, token = actions.hang_wall(request.POST.get("name", ""), me(request), now=timezone.now())
    except Refusal as no:
        messages.error(request, refusal_at_desk(no))
        return redirect("console:console")
    link = f"{settings.PUBLIC_URL}{reverse('console:wall')}#{token}"
    return render(request, "console/console.html", _page(request) | {"made": wall, "link": link}, status=201)


@require_POST
@by_leads
def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """A screen whose link opens nothing more."""
    wall = get_object_or_404(Wall, pk=pk)
    actions.take_down_wall(wall, me(request), now=timezone.now())
    messages.success(request, gettext("The screen “%(name)s” shows nothing more.") % {"name": wall.name})
    return redirect("console:console")


def _page(request: HttpRequest) -> dict[str, Any]:
    seen = board(timezone.now())
    modes = [{"name": name, **mode_words(name), "is_now": name == seen.mode} for name in MODES]
    walls = Wall.objects.filter(revoked_at__isnull=True).select_related("made_by").order_by("pk")
    return frame(request, "queue") | {"picture": picture(seen), "modes": modes, "walls": walls, "room": "console"}
