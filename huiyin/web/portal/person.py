"""Finding a person: who is there, what happened, how to reach you."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huiyin.lib.errors import Refusal
from huiyin.web.portal.filing import file_form, fresh_form, read_form
from huiyin.web.portal.people import presence
from huiyin.web.ui.words import refusal_text


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """One box, one contact; then the page that follows the matter."""
    now, form, says = timezone.now(), fresh_form(), ""
    if request.method == "POST":
        form = read_form(request)
        try:
            case = file_form(request, form, channel="web", now=now)
        except Refusal as refused:
            form, says = replace(form, once=fresh_form().once), refusal_text(refused)
        else:
            return redirect("portal:receipt", no=case.matter.no)
    context = {"form": form, "says": says, "presence": presence(now)}
    return render(request, "portal/person.html", context, status=422 if says else 200)
