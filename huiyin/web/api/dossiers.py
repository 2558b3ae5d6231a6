"""What can be carried away from a case: the dossier that proves itself, and its papers alone."""

from typing import Literal, TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from huiyin.adapters.papers.of_case import Papers, export, letter, papers_of
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.letter import NextStep
from huiyin.domain.cases.models import Case
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.events import Look
from huiyin.domain.orders.proof import Level
from huiyin.lib.clock import now
from huiyin.web.api.auth import Key, key_of
from huiyin.web.api.cases import case_of
from huiyin.web.api.fields import Input
from huiyin.web.api.problems import PROBLEMS, Problem

Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)
router = Router(tags=["complaints"], auth=Key("complaints"))


class PapersWanted(Input):
    """The language of the papers, and where the buyer turns next when the deadline is missed: without it what the buyer
    chose last."""

    language: Literal["zh-hans", "en"] = "zh-hans"
    next_step: NextStep | None = None


@router.get("/{case_no}/dossier", response={200: None, **PROBLEMS})
def get_dossier(request: HttpRequest, case_no: str, wanted: Query[PapersWanted]) -> StreamingHttpResponse:
    """Letter, result, originals, the whole record and a signature as ZIP; `huiyin verify` checks it."""
    case, papers = _papers(case_no, wanted)
    built = export(papers, case, wanted.language, by=key_of(request).by, files=the_files(), now=now())
    answer = StreamingHttpResponse(built.pieces(), content_type="application/zip")
    answer["Content-Length"] = str(built.length)
    return _named(answer, f"huiyin-{case.matter.no}.zip")


@router.get("/{case_no}/letter", response={200: None, **PROBLEMS})
def get_letter(request: HttpRequest, case_no: str, wanted: Query[PapersWanted]) -> HttpResponse:
    """The letter of complaint as PDF."""
    case, papers = _papers(case_no, wanted)
    made = letter(papers, case, wanted.language, files=the_files(), now=now())
    return _paper(request, case, "letter", made)


@router.get("/{case_no}/result", response={200: None, **PROBLEMS})
def get_result(request: HttpRequest, case_no: str, wanted: Query[PapersWanted]) -> HttpResponse:
    """The result (处理文书) as PDF; 409 as long as nothing was agreed."""
    case, papers = _papers(case_no, wanted)
    content = papers.result_pdf(wanted.language)
    if content is None:
        raise Problem(409, "no_result_yet", more={"state": case.state})
    return _paper(request, case, "result", content)


def _papers(case_no: str, wanted: PapersWanted) -> tuple[Case, Papers]:
    found = case_of(case_no)
    case = Case.objects.select_related("matter", "owner", "order__matter", "buyer").get(pk=found.pk)
    return case, papers_of(case, Level.SIGNED, wanted.next_step)


def _paper(request: HttpRequest, case: Case, name: str, content: bytes) -> HttpResponse:
    journal.note_access(case.matter_id, name, Look.EXPORTED, by=key_of(request).by, now=now())
    return _named(HttpResponse(content, content_type="application/pdf"), f"huiyin-{case.matter.no}-{name}.pdf")


def _named(answer: Answer, name: str) -> Answer:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
