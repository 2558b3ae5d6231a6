"""The language switch: one choice, kept for a year."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from huiyin.web.ui.language import COOKIE, SPOKEN


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page."""
    wanted, back = request.POST.get("to", ""), request.POST.get("back", "/")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if is_ours else "portal:home")
    if wanted in SPOKEN:
        response.set_cookie(COOKIE, wanted, max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure())
    return response
