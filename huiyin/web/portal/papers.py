"""Papers to keep: receipt, letter, result as PDF, and the dossier with everything. Every export is on the record."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.adapters.papers.of_case import Papers, export, papers_of
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
    step = request.GET.get("next", "")
    chosen = NextStep(step) if step in set(NextStep) else NextStep.NONE
    return papers_of(case, visits.level_of(request, case.order), chosen)


def _language(request: HttpRequest) -> str:
    return "en" if getattr(request, "LANGUAGE_CODE", "") == "en" else "zh-hans"


@never_cache
@require_safe
def paper(request: HttpRequest, no: str, kind: str) -> HttpResponse:
    """`receipt`, `letter` or `result`, as a PDF to keep."""
    case = case_for(request, no)
    papers, language = _papers(request, case), _language(request)
    makers = {"receipt": papers.receipt_pdf, "letter": papers.letter_pdf, "result": papers.result_pdf}
    pdf = makers[kind](language) if kind in makers else None
    if pdf is None:
        raise Http404
    note_access(case.matter_id, kind, Look.DOWNLOADED, by="buyer", now=timezone.now())
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{no}.pdf"'
    return answer


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
