"""The phone window: a page of its own, so that a call goes on while the pages of the desk come and go."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huiyin.adapters.asterisk.standing import reason
from huiyin.domain.cases.callers import may_know
from huiyin.domain.voice.logins import browser_phone, login_of
from huiyin.domain.voice.models import Call
from huiyin.lib.clock import now
from huiyin.web.desk.call_bar import bar
from huiyin.web.desk.call_cards import about
from huiyin.web.desk.gate import by_staff, me
from huiyin.web.desk.screen import frame
from huiyin.web.ui.hotline import hotline_now


@require_GET
@by_staff
def phone(request: HttpRequest) -> HttpResponse:
    """The window. It signs in to the hotline as this person's browser."""
    line, login = hotline_now(), login_of(browser_phone(me(request).agent_no), settings.SECRET_KEY.encode())
    # while it does not answer the window stands all the same: it signs in by itself as soon as it can
    shown = {"is_on": bool(settings.HOTLINE_WS), "away": line.why, "ws": settings.HOTLINE_WS, "login": login}
    shown |= {"reason": reason()} | bar(request, now())
    return render(request, "desk/phone.html", frame(request) | shown)


@require_GET
@by_staff
def card(request: HttpRequest, no: str) -> HttpResponse:
    """Who rings: the card that the phone window shows before somebody answers."""
    call = Call.objects.select_related("matter", "talk", "buyer").filter(matter__no=no).first()
    if call is None or not may_know(call, me(request)):
        raise Http404(no)
    return render(request, "desk/parts/call_about.html", {"about": about(call, me(request), now())})
