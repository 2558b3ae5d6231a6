"""Complaints: filed by programs of the platform and other channels, then followed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from huiyin.domain.cases import actions
from huiyin.domain.cases.listing import Wanted, cases_page
from huiyin.domain.cases.lookups import dress
from huiyin.domain.journal import actions as journal
from huiyin.lib import numbers
from huiyin.lib.clock import now
from huiyin.web.api import complaint_out as out
from huiyin.web.api import idempotency
from huiyin.web.api.answers import told
from huiyin.web.api.auth import Key, key_of
from huiyin.web.api.cases import case_of, with_version
from huiyin.web.api.complaint_in import CasesWanted, ComplaintIn
from huiyin.web.api.paging import cursor, page, place_of
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["complaints"], auth=Key("complaints"))


@router.post("", response={201: out.FiledOut, **PROBLEMS}, exclude_unset=True)
def file_complaint(request: HttpRequest, body: ComplaintIn) -> HttpResponse:
    """File a complaint. It never waits for the shop. With `Idempotency-Key`, a repeat gets the same answer again."""
    key = key_of(request)
    once = idempotency.once_of(request, key, body)

    def file() -> tuple[str, dict[str, Any]]:
        case = actions.file(body.filing(), by=key.by, now=now(), once=once)
        if case.order_no and case.order_id is None:
            journal.defer("look_at_order", order_no=case.order_no)
        dress(case)
        return case.matter.no, out.receipt(case)

    no, answer = idempotency.answer_once(once, file)
    return told({"case_no": no, "secret": numbers.pin(settings.SECRET_KEY.encode(), no), **answer}, 201)


@router.get("/{case_no}", response={200: out.CaseOut, **PROBLEMS}, exclude_unset=True, by_alias=True)
def get_complaint(request: HttpRequest, response: HttpResponse, case_no: str) -> dict[str, Any]:
    """One case by its number; blanks and hyphens in it are forgiven."""
    case = case_of(case_no)
    with_version(response, case)
    return out.whole(case)


@router.get("", response={200: out.CasesOut, **PROBLEMS}, exclude_unset=True)
def list_complaints(request: HttpRequest, wanted: Query[CasesWanted]) -> HttpResponse:
    """Cases, newest first: by number, address or words (`q`), `state`, `owner` (an agent number or `none`)."""
    chosen = Wanted(wanted.q.strip(), wanted.state, wanted.owner)
    rows, has_more = page(cases_page(chosen, place_of(wanted.cursor), wanted.limit + 1), wanted.limit)
    place = cursor((rows[-1].filed_at, rows[-1].pk)) if has_more else None
    return told({"complaints": [out.line(case) for case in rows], "next": place})
