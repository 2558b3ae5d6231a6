"""Replies kept ready: everybody reads them here, those who lead add and change them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from huiyin.domain.conversations.actions import forget_canned, keep_canned
from huiyin.domain.conversations.models import Canned
from huiyin.domain.conversations.queries import canned_for
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import by_staff, me
from huiyin.web.desk.screen import frame
from huiyin.web.ui.language import SPOKEN
from huiyin.web.ui.words_desk import refusal_at_desk, word
from huiyin.web.ui.words_desk_live import CANNED_PLACES

NAMES = {"zh-hans": "中文", "en": "English"}


@require_http_methods(["GET", "POST"])
@by_staff
def canned(request: HttpRequest) -> HttpResponse:
    """The list; after a form that was refused with what was typed."""
    if request.method == "GET":
        return _page(request)
    if not me(request).leads:
        raise Refusal("supervisors_only")
    try:
        said = _change(request)
    except Refusal as no:
        return _page(request, no)
    messages.success(request, said)
    return redirect("desk:canned")


def _change(request: HttpRequest) -> str:
    typed, pk = request.POST, request.POST.get("pk", "")
    known = Canned.objects.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 16 else None
    if known is not None and typed.get("gone"):
        forget_canned(known)
        return gettext("Removed.")
    language = typed.get("language", "")
    spoken, team = language if language in SPOKEN else "zh-hans", typed.get("team", "").strip()[:40]
    kept = keep_canned(
        typed.get("slug", "").strip(), typed.get("title", ""), typed.get("text", ""), language=spoken, team=team
    )
    if known is not None and kept.pk != known.pk:  # it has another name now
        forget_canned(known)
    return gettext("Kept: /%(slug)s") % {"slug": kept.slug}


def _page(request: HttpRequest, no: Refusal | None = None) -> HttpResponse:
    person = me(request)
    rows = Canned.objects.order_by("slug", "language", "team") if person.leads else canned_for(person)
    shown = [_row(one) for one in rows]
    typed = _typed(request) if no else None
    blank: dict[str, Any] = {"language": person.language}
    for row in shown:
        if typed and row["pk"] == typed["pk"]:
            row.update(typed)
    context = frame(request, room="canned") | {
        "rows": shown, "typed": typed, "says": refusal_at_desk(no) if no else "",
        "blank": typed if typed and not typed["pk"] else blank, "languages": [(code, NAMES[code]) for code in NAMES],
        "variables": [(place, word(CANNED_PLACES, place)) for place in CANNED_PLACES],
    }  # fmt: skip
    return render(request, "desk/canned.html", context, status=409 if no else 200)


def _row(one: Canned) -> dict[str, Any]:
    names = ("pk", "slug", "title", "text", "language", "team")
    return {name: getattr(one, name) for name in names} | {"spoken": NAMES.get(one.language, one.language)}


def _typed(request: HttpRequest) -> dict[str, Any]:
    names = ("slug", "title", "text", "language", "team")
    pk = request.POST.get("pk", "")
    known = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 16 else None
    return {name: request.POST.get(name, "") for name in names} | {"pk": known}
