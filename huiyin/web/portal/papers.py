"""Papers to keep: receipt, letter, result as PDF, and the dossier with everything. Every export is on the record."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.adapters.papers.of_case import Papers, export, letter, papers_of
from huiyin.domain.cases.actions.wanting import choose_next_step
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.letter import NextStep
from huiyin.domain.cases.models import Case
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.lib.limits import actions as limits
from huiyin.web.portal import visits

PAPERS, WINDOW_S = 40, 600  # from one address


def case_for(request: HttpRequest, no: str) -> Case:
    """The case on a matter of this browser. Raises Http404."""
    case = Case.objects.select_related("matter", "owner", "order__matter", "buyer").filter(
        matter=visits.matter_for(request, no)
    ).first()  # fmt: skip
    if case is None:
        raise Http404
    return case


def _papers(request: HttpRequest, case: Case) -> Papers:
    limits.take(f"papers:{visits.address_of(request)}", PAPERS, WINDOW_S, timezone.now())
    return papers_of(case, visits.level_of(request, case.order))


def _language(request: HttpRequest) -> str:
    return "en" if getattr(request, "LANGUAGE_CODE", "") == "en" else "zh-hans"


@never_cache
@require_safe
def paper(request: HttpRequest, no: str, kind: str) -> HttpResponse:
    """`receipt`, `letter` or `result`, as a PDF to keep."""
    case = case_for(request, no)
    papers, language = _papers(request, case), _language(request)
    makers: dict[str, Callable[[str], bytes | None]] = {
        "receipt": papers.receipt_pdf, "letter": partial(_letter, papers, case), "result": papers.result_pdf
    }  # fmt: skip
    pdf = makers[kind](language) if kind in makers else None
    if pdf is None:
        raise Http404
    note_access(case.matter_id, kind, Look.DOWNLOADED, by="buyer", now=timezone.now())
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{no}.pdf"'
    return answer


@require_POST
def next_step(request: HttpRequest, no: str) -> HttpResponse:
    """Where the buyer turns when the deadline is missed: kept, so that every letter says the same; then the letter."""
    case, step = case_for(request, no), request.POST.get("next", "")
    limits.take(f"papers:{visits.address_of(request)}", PAPERS, WINDOW_S, timezone.now())
    if step in set(NextStep):
        choose_next_step(case, NextStep(step), by="buyer", now=timezone.now())
    return redirect("portal:paper", no=no, kind="letter")


def _letter(papers: Papers, case: Case, language: str) -> bytes:
    return letter(papers, case, language, files=the_files(), now=timezone.now())


@never_cache
@require_safe
def dossier(request: HttpRequest, no: str) -> HttpResponseBase:
    """Everything of the case in one file that anybody can verify."""
    case = case_for(request, no)
    built = export(
        _papers(request, case), case, _language(request), by="buyer", files=the_files(), now=timezone.now()
    )  # fmt: skip
    answer = StreamingHttpResponse(built.pieces(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="huiyin-{no}.zip"'
    answer["Content-Length"] = str(built.length)
    return answer
