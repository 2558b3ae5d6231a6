"""Calling the hotline from the browser: no telephone, no account, one call at a time."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.domain.voice.actions import ticket as grant
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.queries import lines, waits_in_chat
from huiyin.domain.voice.shipped import DEFAULT
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.portal import visits
from huiyin.web.portal.before_call import code_now
from huiyin.web.portal.lines import wait_on
from huiyin.web.ui.hotline import hotline_now
from huiyin.web.ui.templatetags.huiyin import grouped
from huiyin.web.ui.words import refusal_text
from huiyin.web.ui.words_caller import KEYPAD, page_state, stands

SESSION_NAME, SESSION_TICKET = "caller", "call_ticket"


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page that calls, or why it cannot."""
    at, line = now(), hotline_now()
    number = request.GET.get("line", DEFAULT)
    number = number if number in {one.number for one in lines(public=True)} else DEFAULT
    shown = {
        "line": line, "waiting": wait_on(number, at), "keypad": KEYPAD, "number": number, "code": code_now(request, at),
    }  # fmt: skip
    return render(request, "portal/call.html", shown)


@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """What this browser calls with, for ten minutes; or why not, in words."""
    line = hotline_now()
    if not line.is_on:
        return JsonResponse({"says": line.why}, status=409)
    visitor = request.session.setdefault(SESSION_NAME, get_random_string(32))
    number, language = request.POST.get("number") or DEFAULT, get_language() or "zh-hans"
    try:
        made = grant(visitor, visits.address_of(request), line=number, language=language, now=now())
    except Refusal as no:
        return JsonResponse({"says": refusal_text(no)}, status=429 if no.code == "too_often" else 409)
    request.session[SESSION_TICKET] = made.ticket.name
    return JsonResponse(
        {"ws": line.ws, "user": made.login.user, "password": made.login.password, "number": made.ticket.line}
    )


@never_cache
@require_safe
def standing(request: HttpRequest) -> JsonResponse:
    """Whether the hotline answers at this moment; pages that said it does not ask until it does."""
    line = hotline_now()
    return JsonResponse({"on": line.is_on, "says": line.why})


@require_safe
def stand(request: HttpRequest) -> JsonResponse:
    """How the call of this browser stands, in words. Empty before it has come in."""
    call = call_of(request)
    if call is None:
        return JsonResponse({})
    told = {"state": page_state(call.state), "says": stands(call, now()), "moved": waits_in_chat(call)}
    return JsonResponse(told | {"shown": grouped(call.matter.no)})


def call_of(request: HttpRequest) -> Call | None:
    """The call that this browser made last."""
    mine = Call.objects.filter(ticket__name=request.session.get(SESSION_TICKET, ""))
    return mine.select_related("matter", "talk", "agent").order_by("-started_at").first()
