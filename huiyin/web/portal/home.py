"""Screen 1: one field that finds the order."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from huiyin.domain.orders.queries import the_shop
from huiyin.domain.orders.rescue import Proof
from huiyin.domain.orders.rescue import find as find_order
from huiyin.domain.promises.models import Promise
from huiyin.lib.limits import actions as limits
from huiyin.web.portal import visits
from huiyin.web.portal.lines import lines_now
from huiyin.web.portal.people import presence
from huiyin.web.portal.waiting import waiting_now

FINDS_PER_MINUTE = 120  # many phones share one address; wrong tries are counted apart and stop at five


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The first page."""
    now = timezone.now()
    mine = visits.matters_of(request)
    shown = {
        "presence": presence(now), "waiting": waiting_now(now), "kept": kept(now), "mine": mine[:1],
        "lines": lines_now(now),
    }  # fmt: skip
    return render(request, "portal/home.html", shown)


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Look for what was typed; the answer has an address of its own, for this browser only."""
    now, text = timezone.now(), request.POST.get("q", "").strip()
    limits.take(f"find:{visits.address_of(request)}:minute", FINDS_PER_MINUTE, 60, now)
    if not text:
        return redirect("portal:home")
    finding = find_order(text, Proof(), visits.asker_of(request), shop=the_shop(), now=now)
    visits.remember_finding(request, finding)
    return redirect("portal:found", pk=finding.pk)


def kept(now: datetime) -> dict[str, int] | None:
    """What we promised in the last 30 days and kept, counted from the promises themselves; None before the first."""
    ended = Promise.objects.filter(obligor="us", ended_at__gte=now - timedelta(days=30)).exclude(kind="acknowledge")
    sums = ended.aggregate(kept=Count("pk", filter=Q(state="kept")), broken=Count("pk", filter=Q(state="broken")))
    promised = sums["kept"] + sums["broken"]
    return {"promised": promised, "kept": sums["kept"], "broken": sums["broken"]} if promised else None
