"""Logging in and out. A wrong name and a wrong password get the same answer in the same time."""

from datetime import timedelta

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.domain.routing import actions as routing
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import device, me
from huiyin.web.passwords import person_with
from huiyin.web.ui.language import COOKIE
from huiyin.web.ui.words_desk import refusal_at_desk

A_SHIFT = timedelta(hours=12)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The login page; a good login goes where it was meant to."""
    if request.user.is_authenticated:
        return redirect(_target(request))
    if request.method == "GET":
        return _page(request)
    try:
        person = person_with(request, request.POST.get("username", "").strip()[:60], request.POST.get("password", ""))
    except Refusal as no:
        return _page(request, no)
    auth.login(request, person)
    request.session.set_expiry(A_SHIFT)
    response = redirect(_target(request))
    response.set_cookie(COOKIE, person.language, max_age=86_400 * 365, samesite="Lax")
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out: what this browser said about presence ends, and everything the session held is gone."""
    if request.user.is_authenticated:
        routing.leave(me(request), device(request), now=now())
    auth.logout(request)
    return redirect("desk:login")


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    status = {None: 200, "too_often": 429}.get(refusal.code if refusal else None, 401)
    context = {
        "says": refusal_at_desk(refusal) if refusal else "",
        "username": request.POST.get("username", "")[:60],
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    response = render(request, "desk/login.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(("/desk/", "/console/"))
    return wanted if is_ours else "/desk/"
