"""The page of a conversation and the small answers its elements ask for while it runs."""

from typing import BinaryIO, cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.commitments import recognise
from huiyin.domain.conversations.evasions import found_in
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.queries import canned_for
from huiyin.domain.conversations.uploads import Upload, take
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.lib.files import Spoiled
from huiyin.web.desk import replies, said
from huiyin.web.desk.exhibits import PLAYED, SHOWN
from huiyin.web.desk.files import download
from huiyin.web.desk.gate import by_staff, is_element, me
from huiyin.web.desk.talk_picture import is_mine, mark_of, owed_on
from huiyin.web.desk.talk_screen import show_talk
from huiyin.web.desk.talking import talks_for
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_desk import refusal_at_desk, word
from huiyin.web.ui.words_desk_live import EVASIONS


def talk_or_404(request: HttpRequest, no: str) -> Conversation:
    """The conversation, as far as this person may see it."""
    found = talks_for(me(request)).select_related("matter", "buyer", "agent", "case", "contact").filter(matter__no=no)
    talk = found.first()
    if talk is None:
        raise Http404(no)
    return talk


@require_GET
@by_staff
def talk(request: HttpRequest, no: str) -> HttpResponse:
    """What waits, the conversation, the person."""
    return show_talk(request, talk_or_404(request, no), now())


@require_GET
@by_staff
def messages(request: HttpRequest, no: str) -> HttpResponse:
    """What was said after a place, with everything the page must know about the state of the conversation."""
    row, after, at = talk_or_404(request, no), request.GET.get("after", ""), now()
    if not is_mine(row, me(request)):
        note_access(row.matter_id, "talk", Look.VIEWED, by=me(request).by, now=at)
    new = said.after(row, int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0, at)
    html = render_to_string("desk/parts/said.html", {"said": new}, request)
    state = {"buyer_read": row.buyer_read, "mark": mark_of(row, owed_on(row)), "more": new.more}
    return JsonResponse({"html": html, "last": new.last} | state)


@require_POST
@by_staff
def say(request: HttpRequest, no: str) -> HttpResponse:
    """A word to the buyer or a note for colleagues. The same `client_id` again is the message there is."""
    row, at = talk_or_404(request, no), now()
    text, internal = request.POST.get("text", ""), request.POST.get("internal") == "1"
    client_id, by = request.POST.get("client_id", "")[:64], me(request).by
    try:
        promised = request.POST.get("promise") == "1" and (not internal or _is_spoken(request, row))
        sent = replies.send(row, replies.Reply(text, client_id, promised, internal), by=by, now=at)
    except Refusal as no_:
        return _refused(request, row, no_)
    return JsonResponse({"seq": sent.seq}) if is_element(request) else redirect("desk:talk", no)


def _is_spoken(request: HttpRequest, row: Conversation) -> bool:
    """Whether this person promises by word of mouth here, and only writes it down."""
    return row.channel == "phone" and is_mine(row, me(request))


@require_POST
@by_staff
def attach(request: HttpRequest, no: str) -> HttpResponse:
    """A file for the buyer."""
    row, file = talk_or_404(request, no), request.FILES.get("file")
    try:
        if file is None or file.file is None:
            raise Refusal("file_missing")
        upload = Upload(cast(BinaryIO, file.file), file.name or "file", request.POST.get("client_id", ""))
        sent = take(row, upload, by=me(request).by, files=the_files(), now=now())
    except (Refusal, Unavailable) as trouble:
        return _refused(request, row, trouble if isinstance(trouble, Refusal) else Refusal("disk_full"))
    return JsonResponse({"seq": sent.seq}) if is_element(request) else redirect("desk:talk", no)


@require_POST
@by_staff
def read(request: HttpRequest, no: str) -> HttpResponse:
    """Whoever talks with the buyer has read this far."""
    row, seq = talk_or_404(request, no), request.POST.get("seq", "")
    if is_mine(row, me(request)) and seq.isascii() and seq.isdigit() and len(seq) < 9:
        conversations.read_up_to(row, min(int(seq), row.last_seq), by=me(request).by, now=now())
    return HttpResponse(status=204)


@require_POST
@by_staff
def typing(request: HttpRequest, no: str) -> HttpResponse:
    """Somebody types."""
    row = talk_or_404(request, no)
    if is_mine(row, me(request)):
        conversations.typing(row, by=me(request).by)
    return HttpResponse(status=204)


@require_POST
@by_staff
def check(request: HttpRequest, no: str) -> HttpResponse:
    """What our rules mind about a reply (AI6), and the commitment they find in it (CP14), also in a note of a call."""
    row, text = talk_or_404(request, no), request.POST.get("text", "")[:4000]
    is_note = request.POST.get("note") == "1"
    minds = [] if is_note else [word(EVASIONS, one.value) for one in found_in(text, has_case=row.case_id is not None)]
    if replies.is_unfilled(text) and not is_note:
        minds.insert(0, gettext("Something between 〔 〕 is still to be filled in."))
    found = recognise(text, timezone.localtime(now()))
    promised = {"says": f"{deadline(found.until)} · {found.what}"} if found else None
    return JsonResponse({"hints": minds, "commitment": promised})


@require_GET
@by_staff
def canned(request: HttpRequest, no: str) -> HttpResponse:
    """The replies kept ready, filled in for this conversation; those of the buyer's language first."""
    row = talk_or_404(request, no)
    known = sorted(canned_for(me(request)), key=lambda one: (one.language != row.language, one.slug))
    return JsonResponse({"replies": [replies.filled(one, row, me(request), now()) for one in known]})


@require_GET
@by_staff
def file(request: HttpRequest, no: str, seq: int) -> HttpResponse:
    """The bytes of a file that was sent: pictures and sound where they stand, everything else as a download."""
    row = talk_or_404(request, no)
    sent = Message.objects.filter(matter=row.matter_id, seq=seq).exclude(sha256="").first()
    if sent is None:
        raise Http404(str(seq))
    inline = sent.mime in SHOWN | PLAYED and "save" not in request.GET
    look = Look.VIEWED if inline else Look.DOWNLOADED
    note_access(row.matter_id, f"file:{seq}", look, by=me(request).by, now=now())
    try:
        data = the_files().read(sent.sha256)
    except Spoiled as fault:
        raise Refusal("evidence_spoiled", no=seq, how=fault.health.value) from fault
    return download(HttpResponse(data, content_type=sent.mime), sent.name, inline=inline)


def _refused(request: HttpRequest, row: Conversation, no: Refusal) -> HttpResponse:
    if is_element(request):
        return JsonResponse({"says": refusal_at_desk(no), "code": no.code}, status=409)
    return show_talk(request, row, now(), "say", no)
