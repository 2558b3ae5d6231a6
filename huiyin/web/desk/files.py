"""Files of a case: originals as they are, adding one, the papers. Every look is noted in the access ledger."""

from typing import BinaryIO, TypeVar, cast
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.adapters.papers.of_case import Papers, export, papers_of
from huiyin.adapters.papers.of_case import letter as letter_pdf
from huiyin.domain.cases.exhibits import open_evidence, the_files
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.cases.uploads import Upload, take
from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.domain.journal.queries import accesses_of, broken_access
from huiyin.domain.orders.proof import Level
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.web.desk.exhibits import PLAYED, SHOWN
from huiyin.web.desk.gate import by_staff, case_or_404, me
from huiyin.web.desk.picture import Refused, is_revealed
from huiyin.web.desk.screen import frame, show
from huiyin.web.desk.sound_cards import holds_recordings, refuse_to_take
from huiyin.web.ui.ranges import answer_bytes
from huiyin.web.ui.words_desk import by_text, case_title, refusal_at_desk, word
from huiyin.web.ui.words_desk_case import LOOKS, looked_at

R = TypeVar("R", bound=HttpResponseBase)
# nothing that somebody uploads may run here, whatever it claims to be
_LOCKED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_GET
@by_staff
def evidence(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The bytes of one piece: pictures and sound where they stand, everything else (or with `?save`) as a download."""
    case = case_or_404(request, no)
    row = Evidence.objects.select_related("case").filter(case=case, no=number).first()
    if row is None:
        raise Http404(str(number))
    if row.what == "call" and row.source == "system":
        refuse_to_take(me(request), case)  # played from its copy, see `sounds`
    inline = row.mime in SHOWN | PLAYED and "save" not in request.GET
    look = (Look.PLAYED if row.mime in PLAYED else Look.VIEWED) if inline else Look.DOWNLOADED
    data = open_evidence(row, look, by=me(request).by, files=the_files(), now=now())
    return download(answer_bytes(request, data, row.mime, row.sha256), row.name, inline=inline)


@require_POST
@by_staff
def add(request: HttpRequest, no: str) -> HttpResponse:
    """A file a member of staff brings: a recording, a mail, a supplier's answer."""
    case, at = case_or_404(request, no), now()
    try:
        file = request.FILES.get("file")
        if file is None or file.file is None:
            raise Refusal("file_missing")
        upload = Upload(cast(BinaryIO, file.file), file.name or "file", request.POST.get("what", "other"))
        row = take(case, upload, by=me(request).by, files=the_files(), now=at)
    except (Refusal, Unavailable) as trouble:
        no_ = trouble if isinstance(trouble, Refusal) else Refusal("disk_full")
        typed = {"what": [request.POST.get("what", "")]}
        return show(request, case_or_404(request, no), at, Refused("evidence", refusal_at_desk(no_), typed))
    messages.success(request, gettext("Kept as evidence %(no)s.") % {"no": row.no})
    return redirect("desk:matter", no)


@require_GET
@by_staff
def letter(request: HttpRequest, no: str) -> HttpResponse:
    """The letter of complaint."""
    case = case_or_404(request, no)
    made = letter_pdf(_papers(request, case), case, _language(), files=the_files(), now=now())
    return _paper(request, case, "letter", made)


@require_GET
@by_staff
def result(request: HttpRequest, no: str) -> HttpResponse:
    """The written result, where something was agreed or the case is closed."""
    case = case_or_404(request, no)
    made = _papers(request, case).result_pdf(_language())
    if made is None:
        raise Refusal("no_result_yet")
    return _paper(request, case, "result", made)


@require_GET
@by_staff
def dossier(request: HttpRequest, no: str) -> HttpResponseBase:
    """Letter, result, originals, the record and a signature in one file."""
    case = case_or_404(request, no)
    if holds_recordings(case):
        refuse_to_take(me(request), case)
    built = export(
        _papers(request, case), case, _language(), by=me(request).by, files=the_files(), now=now()
    )  # fmt: skip
    answer = StreamingHttpResponse(built.pieces(), content_type="application/zip")
    answer["Content-Length"] = str(built.length)
    return download(answer, f"huiyin-{no}.zip")


@require_GET
@by_staff
def looks(request: HttpRequest, no: str) -> HttpResponse:
    """Who looked at this case, for those who lead. The newest first."""
    if me(request).tier not in LEADS:
        raise Refusal("supervisors_only")
    case = case_or_404(request, no)
    rows = [
        {"at": one.at, "who": by_text(one.by), "how": word(LOOKS, one.kind), "what": looked_at(one.item)}
        for one in reversed(accesses_of(case.matter))
    ]
    seen = {"at": "page", "no": no, "title": case_title(case), "rows": rows, "broken": broken_access(case.matter)}
    return render(request, "desk/looks.html", frame(request) | seen)


def _papers(request: HttpRequest, case: Case) -> Papers:
    """Addresses stay masked on papers as on the screen, unless this person has had them shown for a reason."""
    return papers_of(case, Level.SIGNED if is_revealed(request, case) else Level.ORDER_FACTS)


def _paper(request: HttpRequest, case: Case, item: str, pdf: bytes) -> HttpResponse:
    note_access(case.matter_id, item, Look.DOWNLOADED, by=me(request).by, now=now())
    return download(HttpResponse(pdf, content_type="application/pdf"), f"{item}-{case.matter.no}.pdf")


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def download(answer: R, name: str, *, inline: bool = False) -> R:
    """Bytes somebody brought: as a download, or inline where they can do no harm."""
    how = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    answer["Content-Security-Policy"] = _LOCKED
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
