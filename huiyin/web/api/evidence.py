"""Evidence of a case: added as a form with files, listed, and its bytes, each look noted in the access ledger."""

from typing import Annotated, Any, BinaryIO, cast
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import Field
from pydantic import ValidationError as Invalid

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.evidence import What
from huiyin.domain.cases.exhibits import open_evidence, the_files
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.cases.pins import open_with_pin
from huiyin.domain.cases.uploads import Upload, take
from huiyin.domain.journal.events import Look
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api import complaint_out as out
from huiyin.web.api.auth import Key, key_of
from huiyin.web.api.cases import case_of
from huiyin.web.api.fields import Input, LocalMoment
from huiyin.web.api.problems import PROBLEMS, Problem, status_of
from huiyin.web.ui import words_api
from huiyin.web.ui.ranges import answer_bytes

router = Router(tags=["complaints"], auth=Key("complaints"))
_SHOWN = ("image/", "audio/", "video/")  # everything else is downloaded: a PDF or text may carry what runs
_FORM = {
    "type": "object",
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "what": {"type": "string", "enum": [what.value for what in What]},
        "captured_at": {"type": "string"},
        "unreadable": {"type": "array", "items": {"type": "string"}},
        "secret": {"type": "string"},
    },
}
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}


class About(Input):
    """What somebody says about the files they send."""

    what: What | None = None
    captured_at: LocalMoment | None = None
    unreadable: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=40)] = []


class RefusedFile(Schema):
    """A file of the request that was not taken, and why."""

    name: str
    code: str
    detail: str


class AddedOut(Schema):
    """`added` are the files of this request, also those that were there already, `refused` those that were not taken;
    `evidence` is what there is now."""

    case_no: str
    state: str
    added: list[out.EvidenceFile]
    refused: list[RefusedFile]
    evidence: out.EvidenceOut


@router.post("/{case_no}/evidence", response={201: AddedOut, **PROBLEMS}, openapi_extra=_BODY)
def add_evidence(request: HttpRequest, case_no: str) -> Status[dict[str, Any]]:
    """Add files: up to 20 MB each, types proven from their content. The same file twice is one piece of evidence. Of
    several each is answered by itself; where none can be taken it is the problem of the first. With the buyer's
    `secret` they are the buyer's, else the shop's."""
    case, at = case_of(case_no), now()
    by = _by(request, case)
    sent = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if not sent:
        raise Problem(422, "file_missing")
    about = _about(request)
    rows, refused = _take_each(case, sent, about, by)
    if not rows:
        raise refused[0]
    cases.came(case.matter, by=by, now=at)
    fresh = case_of(case.matter.no)
    files = sorted(fresh.evidence.all(), key=lambda row: row.no)
    told = out.chain(fresh, files) | {"files": [out.file_line(row) for row in files]}
    added = [out.file_line(row) for row in rows]
    answer = {"added": added, "refused": [_why_not(no) for no in refused], "evidence": told}
    return Status(201, {"case_no": fresh.matter.no, "state": fresh.state} | answer)


@router.get("/{case_no}/evidence", response={200: out.EvidenceOut, **PROBLEMS})
def list_evidence(request: HttpRequest, case_no: str) -> dict[str, Any]:
    """What a case holds and what is missing."""
    case = case_of(case_no)
    files = sorted(case.evidence.all(), key=lambda row: row.no)
    return out.chain(case, files) | {"files": [out.file_line(row) for row in files]}


@router.get("/{case_no}/evidence/{int:no}", response={200: None, **PROBLEMS})
def get_evidence(request: HttpRequest, case_no: str, no: int) -> HttpResponse:
    """The bytes as they were added, or the `Range` of them; if they are not those any more, a 409 says so and nothing
    else is sent."""
    case = case_of(case_no)
    rows = Evidence.objects.select_related("case").filter(case=case, no=no)
    if no >= 2**31 or (row := rows.first()) is None:
        raise Http404
    data = open_evidence(row, Look.DOWNLOADED, by=key_of(request).by, files=the_files(), now=now())
    return _as_download(answer_bytes(request, data, row.mime, row.sha256), row)


def _by(request: HttpRequest, case: Case) -> str:
    """The buyer with their PIN, else the program."""
    key, secret = key_of(request), request.POST.get("secret")
    if secret is None:
        return key.by
    if open_with_pin(case.matter.no, secret[:40], f"key:{key.pk}", now=now()) is None:
        raise Problem(403, "secret_wrong")
    return "buyer"


def _as_download(answer: HttpResponse, row: Evidence) -> HttpResponse:
    """An answer that no browser takes for a page of ours."""
    way = "inline" if row.mime.startswith(_SHOWN) else "attachment"
    answer["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(row.name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _take_each(
    case: Case, sent: "list[UploadedFile[bytes]]", about: About, by: str
) -> tuple[list[Evidence], list[Problem]]:  # fmt: skip
    rows: list[Evidence] = []
    refused: list[Problem] = []
    for file in sent:
        try:
            rows.append(_take(case, file, about, by))
        except Problem as no:
            refused.append(no)
    return rows, refused


def _why_not(no: Problem) -> dict[str, str]:
    detail = words_api.refusal(Refusal(no.code, **no.params))
    return {"name": str(no.more["name"]), "code": no.code, "detail": detail}


def _take(case: Case, file: "UploadedFile[bytes]", about: About, by: str) -> Evidence:
    stream = cast(BinaryIO, file.file)  # a spooled file of Django's, opened to read bytes
    what = about.what.value if about.what else What.OTHER.value
    upload = Upload(stream, file.name or "", what, about.captured_at, about.unreadable)
    try:
        return take(case, upload, by=by, files=the_files(), now=now())
    except Refusal as no:
        raise Problem(status_of(no), no.code, more={"name": (file.name or "")[:100]}, **no.params) from no


def _about(request: HttpRequest) -> About:
    given: dict[str, Any] = {name: request.POST[name] for name in ("what", "captured_at") if request.POST.get(name)}
    try:
        return About.model_validate(given | {"unreadable": request.POST.getlist("unreadable")})
    except Invalid as fault:
        errors = [{**error, "loc": ("form", "form", *error["loc"])} for error in fault.errors(include_url=False)]
        raise ValidationError(errors) from fault
