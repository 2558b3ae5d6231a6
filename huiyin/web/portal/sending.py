"""The link that came by SMS during a call (HL15): pictures go straight into what is being talked about, once."""

from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.domain.cases import exhibits
from huiyin.domain.cases import uploads as evidence
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import uploads as said
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions.links import MOST_FILES
from huiyin.domain.voice.passes.models import UploadLink
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.web.portal import visits
from huiyin.web.ui.words import refusal_text

KEPT = "upload_link"


@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest) -> HttpResponse:
    """`/u#token` from the text message: the token is posted by the page, and stands in no log."""
    if request.method != "POST":
        return render(request, "portal/link.html")
    now = timezone.now()
    link = passes.find_link(visits.posted_token(request, now), now=now)
    if link is None:
        raise Refusal("upload_link_over")
    request.session[KEPT] = link.pk
    return redirect("portal:pictures")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest) -> HttpResponse:
    """Choose or take pictures; sent once, they are there for whoever talks with you."""
    now = timezone.now()
    link = UploadLink.objects.select_related("matter").filter(pk=request.session.get(KEPT, 0)).first()
    if link is None or link.used_at is not None or link.expires_at <= now:
        sent = link.files if link is not None else 0
        return render(request, "portal/pictures_over.html", {"sent": sent}, status=200 if sent else 410)
    context = {"until": link.expires_at, "most": MOST_FILES}
    if request.method != "POST":
        return render(request, "portal/pictures.html", context)
    taken, refused = _take_all(request, link, now)
    if not taken:
        return render(request, "portal/pictures.html", context | {"says": refused}, status=422)
    passes.use_link(link, taken, now=now)
    return render(request, "portal/pictures_over.html", {"sent": taken, "says": refused})


def _take_all(request: HttpRequest, link: UploadLink, now: datetime) -> tuple[int, str]:
    """How many were taken, and why one was not. One that cannot be taken does not keep the others out."""
    files = [one for one in request.FILES.getlist("file") if isinstance(one, UploadedFile)][:MOST_FILES]
    taken, refused = 0, "" if files else refusal_text(Refusal("file_missing"))
    for place, one in enumerate(files):
        try:
            _take(link, place, one, now)
            taken += 1
        except Refusal as no:
            refused = f"{one.name}: {refusal_text(no)}"
        except Unavailable:
            refused = refusal_text(Refusal("no_room"))
    return taken, refused


def _take(link: UploadLink, place: int, one: "UploadedFile[Any]", now: datetime) -> None:
    """Into the conversation, where the agent sees it at once, and to the evidence of its case if there is one."""
    talk = Conversation.objects.select_related("matter").get(matter=link.matter)
    stream, name = cast("BinaryIO", one.file), one.name or "file"
    case = Case.objects.filter(matter=talk.case_id).select_related("matter").first() if talk.case_id else None
    if case is not None and case.state != "closed":
        evidence.take(case, evidence.Upload(stream, name), by="buyer", files=exhibits.the_files(), now=now)
        stream.seek(0)
    if talk.state != "ended" or case is None:
        upload = said.Upload(stream, name, client_id=f"link-{link.pk}-{place}")
        said.take(talk, upload, by="buyer", files=exhibits.the_files(), now=now)
