"""The first screen of the desk: what waits, by the time left."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from huiyin.domain.cases import digests
from huiyin.domain.cases.queries import PAGE, find_for, said_for
from huiyin.domain.promises.models import Promise
from huiyin.lib.clock import now
from huiyin.web.desk.gate import by_staff, me
from huiyin.web.desk.here import here
from huiyin.web.desk.lines import line, waiting
from huiyin.web.desk.screen import frame


@require_GET
@by_staff
def desk(request: HttpRequest) -> HttpResponse:
    """The list, and beside it what broke while nobody was looking."""
    at = now()
    if request.GET.get("part") == "list":
        return render(request, "desk/parts/list.html", waiting(request, at))
    untold = digests.untold_to(me(request)).breaches
    shown = waiting(request, at) | {"at": "list", "untold": untold, "late": _first_of_each(untold)}
    if request.GET.get("part") == "empty":
        return render(request, "desk/parts/empty.html", shown | {"here": here(request, at)})
    return render(request, "desk/desk.html", frame(request) | shown)


def _first_of_each(breaches: Iterable[Promise]) -> list[Promise]:
    first: dict[int, Promise] = {}
    for one in breaches:
        first.setdefault(one.matter_id, one)
    return list(first.values())


@require_GET
@by_staff
def find(request: HttpRequest) -> HttpResponse:
    """Straight to the matter that a number, address or order number means; else what says these words."""
    typed = request.GET.get("q", "").strip()[:160]
    case = find_for(me(request), typed)
    if case is not None:
        return redirect("desk:matter", case.matter.no)
    found = said_for(me(request), typed) if typed else []
    if len(found) == 1:
        return redirect("desk:matter", found[0].matter.no)
    if found:
        lines = [line(one, now()) for one in found]
        return render(request, "desk/found.html", frame(request) | {"typed": typed, "lines": lines, "most": PAGE})
    if typed:
        said = gettext("We found no matter for “%(typed)s”. Try its number, the order number, or the whole address.")
        messages.info(request, said % {"typed": typed[:60]})
    return redirect("desk:desk")
