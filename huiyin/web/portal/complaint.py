"""A complaint in a small form, and its receipt: number, PIN, what we promised."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.lib import numbers
from huiyin.lib.errors import Refusal
from huiyin.web.portal import visits
from huiyin.web.portal.filing import file_form, fresh_form, read_form
from huiyin.web.portal.rings import ring_for
from huiyin.web.ui.words import promise_reason, promise_text, refusal_text


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What happened, what you want, one contact."""
    form, says = fresh_form(), ""
    if request.method == "POST":
        form = read_form(request)
        try:
            case = file_form(request, form, channel="web", now=timezone.now())
        except Refusal as refused:
            form, says = replace(form, once=fresh_form().once), refusal_text(refused)
        else:
            return redirect("portal:receipt", no=case.matter.no)
    return render(request, "portal/complain.html", {"form": form, "says": says}, status=422 if says else 200)


@never_cache
@require_safe
def receipt(request: HttpRequest, no: str) -> HttpResponse:
    """What somebody keeps who comes back from another phone."""
    matter, key = visits.matter_for(request, no), settings.SECRET_KEY.encode()
    promises = matter.promises.exclude(kind="acknowledge").exclude(state="withdrawn").order_by("due")
    context = {
        "matter": matter, "pin": numbers.pin(key, no), "ring": ring_for(matter, timezone.now()),
        "link": f"{settings.PUBLIC_URL}/m#{no}.{numbers.link_token(key, no)}",
        "promises": [(promise_text(promise), promise_reason(promise)) for promise in promises],
    }  # fmt: skip
    return render(request, "portal/receipt.html", context)
