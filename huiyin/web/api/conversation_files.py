"""Files of a conversation, and its transcript to take along."""

from typing import Any, BinaryIO, cast
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Status

from huiyin.adapters.papers.transcripts import as_text, transcript_pdf
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.conversations.actions.writing import LONGEST_CLIENT_ID
from huiyin.domain.conversations.models import Message
from huiyin.domain.conversations.queries import sent_as, transcript
from huiyin.domain.conversations.uploads import Upload, take
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.events import Look
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.files import Spoiled
from huiyin.lib.limits import actions as limits
from huiyin.web.api import conversation_out as out
from huiyin.web.api.problems import PROBLEMS, Problem, status_of
from huiyin.web.api.talkers import talker_in

router = Router(tags=["conversations"])
UPLOADS, HOUR = 60, 3600  # an hour and conversation
_SHOWN = ("image/", "audio/", "video/")
_FORM = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"},
                                          "client_id": {"type": "string"}}}  # fmt: skip
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}


@router.post("/{no}/files", response={201: out.MessageOut, **PROBLEMS}, openapi_extra=_BODY)
def send_file(request: HttpRequest, no: str) -> Status[dict[str, Any]]:
    """Send one file, up to 20 MB, its type proven from its content. The same `client_id` again is sent once."""
    talker = talker_in(request, no)
    sent = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if not sent:
        raise Problem(422, "file_missing")
    client_id = request.POST.get("client_id", "")[:LONGEST_CLIENT_ID]
    if (known := sent_as(talker.conversation, client_id, talker.by)) is not None:
        return Status(201, out.message(known))
    limits.take(f"files:{talker.conversation.pk}", UPLOADS, HOUR, now())
    file = cast("UploadedFile[bytes]", sent[0])
    upload = Upload(cast(BinaryIO, file.file), file.name or "", client_id)
    try:
        message = take(talker.conversation, upload, by=talker.by, files=the_files(), now=now())
    except Refusal as no_:
        raise Problem(status_of(no_), no_.code, more={"name": (file.name or "")[:100]}, **no_.params) from no_
    return Status(201, out.message(message))


@router.get("/{no}/files/{int:seq}", response={200: None, **PROBLEMS})
def get_file(request: HttpRequest, no: str, seq: int) -> HttpResponse:
    """The bytes of a file as they were sent; if they are not those any more, nothing else is handed out."""
    talker = talker_in(request, no)
    rows = Message.objects.filter(matter=talker.conversation.matter_id, kind="file")
    if seq >= 2**31 or (row := rows.filter(seq=seq).first()) is None or (row.internal and not talker.sees_notes):
        raise Http404
    if talker.by != "buyer":
        journal.note_access(row.matter_id, f"message:{row.seq}", Look.DOWNLOADED, by=talker.by, now=now())
    try:
        data = the_files().read(row.sha256)
    except Spoiled as fault:
        raise Refusal("evidence_spoiled", no=row.seq, how=fault.health.value) from fault
    return _download(data, row.mime, row.name, way="inline" if row.mime.startswith(_SHOWN) else "attachment")


@router.get("/{no}/transcript.txt", response={200: None, **PROBLEMS})
def get_text(request: HttpRequest, no: str) -> HttpResponse:
    """Everything both sides said, as text."""
    conversation = talker_in(request, no).conversation
    said = as_text(transcript(conversation), conversation.language)
    return _download(said.encode(), "text/plain; charset=utf-8", f"huiyin-{conversation.matter.no}.txt")


@router.get("/{no}/transcript.pdf", response={200: None, **PROBLEMS})
def get_pdf(request: HttpRequest, no: str) -> HttpResponse:
    """Everything both sides said, as PDF."""
    conversation = talker_in(request, no).conversation
    limits.take(f"pdf:{conversation.pk}", UPLOADS, HOUR, now())
    made = transcript_pdf(transcript(conversation), conversation.language)
    return _download(made, "application/pdf", f"huiyin-{conversation.matter.no}.pdf")


def _download(data: bytes, kind: str, name: str, *, way: str = "attachment") -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
