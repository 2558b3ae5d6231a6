"""From the phone into the chat, in the same place (HL16): by the link of a text message, or by a button of the page
that calls. The chat opens in the browser that asked, and in no other."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.domain.conversations.tokens import token_for
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import WITH_PERSON
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.models import ChatLink
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.web.portal import visits
from huiyin.web.portal.call import call_of
from huiyin.web.ui.words import refusal_text

KEPT = "chat_link"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest) -> HttpResponse:
    """`/w#token` from the text message. The visit has its session before the link is used: where the answer is lost on
    its way, loading the page again, or opening the link again, opens the chat. Only the page knows whether a token
    came with it: a browser that has used a link before may hold a new one."""
    now, mine = timezone.now(), request.session.get(KEPT, 0)
    if request.method != "POST":
        _keep_session(request, now)
        return render(request, "portal/link.html", {"again": reverse("portal:moved") if mine else ""})
    token = visits.posted_token(request, now)
    if passes.was_used(mine, token):
        return redirect("portal:moved")
    link = passes.find_chat_link(token, now=now)
    if link is None:
        return render(request, "portal/moved_not.html", status=410)
    try:
        passes.use_chat_link(link, now=now)
    except Refusal as no:
        return render(request, "portal/moved_not.html", {"why": _why(no)}, status=409)
    request.session[KEPT] = link.pk
    return redirect("portal:moved")


def _keep_session(request: HttpRequest, now: datetime) -> None:
    """A session is a row, so an address gets only so many a minute. Without one the link still opens the chat; only an
    answer that was lost cannot be had again."""
    if KEPT in request.session:
        return
    if limits.count(f"chat-link-page:{visits.address_of(request)}:minute", 60, now) <= visits.TOKENS_PER_MINUTE:
        request.session[KEPT] = 0


@never_cache
@require_http_methods(["GET", "HEAD"])
def moved(request: HttpRequest) -> HttpResponse:
    """Hands the chat to this browser's chat page."""
    link = ChatLink.objects.select_related("call__talk").filter(pk=request.session.get(KEPT, 0)).first()
    if link is None or link.used_at is None:
        return render(request, "portal/moved_not.html", status=410)
    return render(request, "portal/moved.html", _opening(link.call.talk.no))


@require_POST
def change(request: HttpRequest) -> JsonResponse:
    """The page that calls goes on in writing: what opens the chat, or why not, in words."""
    call = call_of(request)
    if call is None:
        return JsonResponse({}, status=404)
    try:
        voice.change_to_chat(call, now=timezone.now())
    except Refusal as no:
        return JsonResponse({"says": refusal_text(no)}, status=409)
    return JsonResponse(_opening(call.talk.no))


def _why(no: Refusal) -> str:
    """Why it was not possible: used before, somebody has come, or nobody waits there any more."""
    if no.code == "chat_link_over":
        return ""
    is_answered = no.code in {"talk_not_now", "item_over"} or no.params.get("state") in WITH_PERSON
    return "answered" if is_answered else "over"


def _opening(no: str) -> dict[str, str]:
    return {"id": no, "token": token_for(no)}
