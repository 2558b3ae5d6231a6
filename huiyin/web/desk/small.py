"""The small forms of the top bar: language, the breaker, the banner of what broke."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.cases import digests
from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.orders import actions as orders
from huiyin.domain.staff import actions as staff
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import by_staff, me, way_back
from huiyin.web.ui.language import COOKIE, SPOKEN


@require_POST
@by_staff
def language(request: HttpRequest) -> HttpResponse:
    """The language of this person, here and at the next login."""
    chosen = request.POST.get("language", "")
    if chosen not in SPOKEN:
        chosen = "zh-hans"
    staff.speak(me(request), chosen)
    response = redirect(way_back(request))
    response.set_cookie(COOKIE, chosen, max_age=86_400 * 365, samesite="Lax")
    return response


@require_POST
@by_staff
def breaker(request: HttpRequest) -> HttpResponse:
    """A lead has looked: automatic remedies go on."""
    if me(request).tier not in LEADS:
        raise Refusal("supervisors_only")
    orders.close_breaker(me(request), now=now())
    messages.success(request, gettext("Automatic remedies go on."))
    return redirect("desk:desk")


@require_POST
@by_staff
def told(request: HttpRequest) -> HttpResponse:
    """The banner of broken promises has been read."""
    digests.noticed(me(request), now=now())
    return redirect("desk:desk")
