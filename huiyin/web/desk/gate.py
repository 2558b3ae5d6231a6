"""Who gets into the desk: people who are logged in, with every page fresh and none kept by the browser."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import case_for
from huiyin.domain.staff.models import Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def by_staff(view: View[P]) -> View[P]:
    """Only for people who work here; others go to the login and come back. A fragment gets 401 instead."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs) if request.user.is_authenticated else _outside(request)
        add_never_cache_headers(response)
        return response

    return guarded


def _outside(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") or request.headers.get("Huiyin-Element"):
        return HttpResponse(status=401)
    if request.method != "GET":
        return redirect("desk:login")
    return redirect(f"/desk/login?{urlencode({'next': request.get_full_path()})}")


def me(request: HttpRequest) -> Person:
    """Who is logged in."""
    return cast(Person, request.user)


def device(request: HttpRequest) -> str:
    """The name of this browser's login among the devices of a person: a lease is held per device."""
    key = request.session.session_key or ""
    return "desk-" + hashlib.sha256(b"huiyin desk device\0" + key.encode()).hexdigest()[:16]


def is_element(request: HttpRequest) -> bool:
    """Whether one of our elements asks, which wants an answer and no page."""
    return "Huiyin-Element" in request.headers


def case_or_404(request: HttpRequest, no: str) -> Case:
    """The case, as far as this person may see it."""
    try:
        return case_for(me(request), no)
    except Case.DoesNotExist:
        raise Http404(no) from None


def way_back(request: HttpRequest) -> str:
    """Where a small form (presence, language) was sent from, if that is a page of ours."""
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/desk/") else "/desk/"
