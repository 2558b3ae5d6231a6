"""What the router offers to this person, on every page, tab and device of theirs."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Offer
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import by_staff, device, is_element, me
from huiyin.web.desk.offer_cards import cards, place_of
from huiyin.web.ui.words_desk import refusal_at_desk, word
from huiyin.web.ui.words_desk_live import DECLINES

JUST_NOW = timedelta(seconds=60)  # so long a page that showed an offer may still learn what became of it


@require_GET
@by_staff
def offers(request: HttpRequest) -> HttpResponse:
    """What is offered now, and what became of what was a moment ago."""
    at = now()
    shown = {"offers": cards(_recent(request, at), at), "declines": [(code, word(DECLINES, code)) for code in DECLINES]}
    return render(request, "desk/parts/offers.html", shown)


@require_POST
@by_staff
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it and go there."""
    try:
        item = routing.accept(pk, me(request), device(request), now=now())
    except Offer.DoesNotExist:
        raise Http404(str(pk)) from None
    except Refusal as no:
        return _refused(request, no)
    there = place_of(item)
    return JsonResponse({"go": there}) if is_element(request) else redirect(there)


@require_POST
@by_staff
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Not now; somebody else is asked."""
    try:
        routing.decline(pk, me(request), request.POST.get("reason", ""), now=now())
    except Offer.DoesNotExist:
        raise Http404(str(pk)) from None
    except Refusal as no:
        return _refused(request, no)
    return JsonResponse({"done": True}) if is_element(request) else redirect("desk:desk")


def _recent(request: HttpRequest, at: datetime) -> list[Offer]:
    mine = Offer.objects.filter(agent=me(request), made_at__gte=at - JUST_NOW * 10).order_by("made_at", "pk")
    known = mine.select_related("agent", "item", "item__queue", "item__matter", "item__buyer")
    return [one for one in known if one.state == "pending" or (one.answered_at and at - one.answered_at < JUST_NOW)]


def _refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    no = Refusal("offer_not_yours") if no.code == "not_yours" else no
    if is_element(request):
        return JsonResponse({"says": refusal_at_desk(no), "code": no.code}, status=409)
    messages.error(request, refusal_at_desk(no))
    return redirect("desk:desk")
