"""CH10: a contact that did not come through us, logged by pasting it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from huiyin.domain.conversations.actions import Pasted, log_pasted
from huiyin.lib import paste
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk import forms
from huiyin.web.desk.gate import by_staff, me
from huiyin.web.desk.screen import frame
from huiyin.web.ui.words_desk import refusal_at_desk, word
from huiyin.web.ui.words_desk_live import OUTSIDE, OUTSIDE_FATES

# what an address is called on these channels; elsewhere its form tells
KINDS = {"qq": "qq", "wechat": "wechat", "phone": "phone", "sms": "phone", "mail": "email"}


@require_http_methods(["GET", "POST"])
@by_staff
def outside(request: HttpRequest) -> HttpResponse:
    """The form, and keeping what was typed into it."""
    at = now()
    if request.method == "GET":
        return _page(request, {"channel": "wechat", "fate": "answered", "at": _local(at)})
    try:
        kept = log_pasted(_pasted(request, at), me(request), now=at)
    except Refusal as no:
        return _page(request, {name: request.POST.get(name, "") for name in request.POST}, no)
    messages.success(request, gettext("Kept as %(no)s.") % {"no": kept.matter.no}, extra_tags="outside:text")
    return redirect("desk:outside") if request.POST.get("fate") == "answered" else redirect("desk:talk", kept.matter.no)


def _pasted(request: HttpRequest, at: datetime) -> Pasted:
    typed, channel = request.POST, request.POST.get("channel", "")
    return Pasted(
        channel=channel, text=typed.get("text", ""), at=forms.moment(typed.get("at", "")) or at,
        identities=_identities(channel, typed.get("address", "")), name=typed.get("name", "").strip()[:60],
        answered=typed.get("fate") == "answered",
    )  # fmt: skip


def _identities(channel: str, address: str) -> dict[str, str]:
    """The address by its kind: that of the channel, else what its form says."""
    plain = address.strip()[:160]
    if not plain:
        return {}
    read = {one.by: one.value for one in paste.entries(plain) if one.by in {"phone", "email", "qq", "wechat"}}
    wanted = KINDS.get(channel)
    if wanted:
        return {wanted: read.get(wanted, plain)}
    return dict(list(read.items())[:1])


def _page(request: HttpRequest, typed: dict[str, str], no: Refusal | None = None) -> HttpResponse:
    shown = {
        "typed": typed, "says": refusal_at_desk(no) if no else "",
        "channels": [(code, word(OUTSIDE, code)) for code in OUTSIDE],
        "fates": [(code, word(OUTSIDE_FATES, code)) for code in OUTSIDE_FATES],
    }  # fmt: skip
    return render(request, "desk/outside.html", frame(request, room="outside") | shown, status=409 if no else 200)


def _local(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"
