"""Who gets into the console: whoever leads. Others are told so, and where their own work is."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from huiyin.web.desk.gate import View, by_staff, me

P = ParamSpec("P")


def by_leads(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for supervisors, operations and administrators; 403 with a way on for everybody else who works here."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not me(request).leads:
            return render(request, "console/not_yours.html", status=403)
        return view(request, *args, **kwargs)

    return by_staff(guarded)
