"""Material: what is there, the one thing that may be missing, adding files, and our finding who is responsible."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.adapters.papers.words import REASONS, brought_by, size_of
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import exhibits
from huiyin.domain.cases.actions.steps import Doer
from huiyin.domain.cases.evidence import POINTS, Source, known_what
from huiyin.domain.cases.letter import NextStep
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.cases.uploads import Upload, take
from huiyin.domain.journal.events import Look
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.lib.limits import actions as limits
from huiyin.web.live import sign_topics
from huiyin.web.portal import visits
from huiyin.web.portal.papers import case_for
from huiyin.web.portal.wishes import Choice
from huiyin.web.ui.ranges import answer_bytes
from huiyin.web.ui.words import refusal_text
from huiyin.web.ui.words_cases import responsible_text
from huiyin.web.ui.words_evidence import (
    BRINGS,
    example_of,
    missing_text,
    next_step_name,
    point_name,
    points_text,
    source_for_buyer,
    what_name,
)
from huiyin.web.ui.words_records import parts_of

UPLOADS, WINDOW_S = 60, 600  # from one address
SHOWN = {"image/jpeg", "image/png", "image/webp", "image/gif"}  # what a browser shows safely by itself
PLAYED = {"audio/mpeg", "audio/wav", "audio/x-wav", "audio/mp4", "audio/x-m4a", "video/mp4"}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that must be legible, and whether somebody said that it is not."""

    code: str
    name: str
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One numbered piece as its buyer sees it."""

    no: int
    name: str
    about: str
    hard_to_read: str
    is_damaged: bool
    player: str = ""  # audio | video, where a browser can play it
    points: list[Point] = field(default_factory=list)  # what the buyer may say cannot be read in their own
    is_call: bool = False  # a recording of ours, which has a small copy


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of material somebody can bring: what must be legible and an example."""

    slug: str
    name: str
    points: str
    example: str
    each: list[Point]


def rows_of(case: Case) -> list[Row]:
    """What is attached, by number."""
    return [_row(one) for one in exhibits.evidence_for_buyer(case)]


def _row(one: Evidence) -> Row:
    source = Source.BUYER.value if one.custodian == "buyer" else one.source  # also what they sent in a chat
    about = " · ".join((source_for_buyer(brought_by(source, one.by)), size_of(one.size)))
    return Row(
        one.no, what_name(one.what), about, points_text(one.unreadable), one.damaged_at is not None,
        one.mime.split("/")[0] if one.mime in PLAYED and one.damaged_at is None else "",
        _points(one.what, one.unreadable) if one.source == Source.BUYER else [],
        is_call=one.what == "call" and one.source == Source.SYSTEM,
    )  # fmt: skip


def _points(what: str, named: Collection[str] = ()) -> list[Point]:
    return [Point(code, point_name(code), code in named) for code in POINTS[known_what(what)]]


def _kinds() -> list[Kind]:
    return [
        Kind(one, what_name(one), points_text(POINTS[known_what(one)]), example_of(one), _points(one)) for one in BRINGS
    ]


def finding_text(case: Case) -> str:
    """Who is responsible, said to the buyer: never what only an order's own buyer may know."""
    is_from_order = case.responsible_reason in REASONS
    if is_from_order and not exhibits.is_proven(case):
        return ""
    return "" if case.responsible == "unclear" else responsible_text(case.responsible, case.responsible_reason)


def missing_in(case: Case) -> str:
    """The slug of the one thing that would help; empty when nothing more is needed, and after the end."""
    missing = exhibits.chain_for_buyer(case).missing if case.state != "closed" else ()
    return missing[0].value if missing else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, no: str) -> HttpResponse:
    """The page; a POST adds files, from a plain form or one by one from the script."""
    case, now = case_for(request, no), timezone.now()
    if request.method != "POST":
        return render(request, "portal/evidence.html", _context(request, case))
    limits.take(f"uploads:{visits.address_of(request)}", UPLOADS, WINDOW_S, now)
    added, refused = _take_all(request, case, now)
    if added:
        cases.came(case.matter, by="buyer", now=now)
    if request.headers.get("Accept", "").startswith("application/json"):
        told = {"added": [one.no for one in added], "says": refused, "next": missing_in(case) or "other"}
        return JsonResponse(told, status=422 if refused else 201)
    if added:
        said = ngettext("%(count)s file is attached.", "%(count)s files are attached.", len(added))
        messages.info(request, said % {"count": len(added)})
    if refused:
        return render(request, "portal/evidence.html", _context(request, case) | {"says": refused}, status=422)
    return redirect("portal:evidence", no=no)


def _context(request: HttpRequest, case: Case) -> dict[str, object]:
    missing, no = missing_in(case), case.matter.no
    return {
        "case": case, "matter": case.matter, "rows": rows_of(case), "kinds": _kinds(),
        "missing": missing_text(missing) if missing else "", "chosen": missing or "other",
        "finding": finding_text(case),
        "steps": [Choice(one.value, next_step_name(one.value)) for one in NextStep if one is not NextStep.POLICE],
        "is_open": case.state != "closed", "topics": sign_topics([f"matter:{no}"], f"matter:{no}"),
    }  # fmt: skip


def _take_all(request: HttpRequest, case: Case, now: datetime) -> tuple[list[Evidence], str]:
    """Every file by itself: one that cannot be taken does not keep the others out."""
    files = [one for one in request.FILES.getlist("file") if isinstance(one, UploadedFile)]
    if not files:
        return [], refusal_text(Refusal("file_missing"))
    added, refused = [], ""
    for one in files:
        try:
            added.append(_take(case, one, request.POST, now))
        except Refusal as no:
            refused = f"{one.name}: {refusal_text(no)}"
        except Unavailable:
            refused = refusal_text(Refusal("no_room"))
    return added, refused


def _take(case: Case, one: "UploadedFile[Any]", said: QueryDict, now: datetime) -> Evidence:
    what = said.get("what", "other")
    kind, hard = what if what in BRINGS else "other", said.getlist("unreadable")
    upload = Upload(cast("BinaryIO", one.file), one.name or "file", kind, unreadable=hard)
    return take(case, upload, by="buyer", files=exhibits.the_files(), now=now)


@never_cache
@require_safe
def open_one(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The bytes: pictures are shown, sound and film played, everything else is saved."""
    case = case_for(request, no)
    one = exhibits.evidence_for_buyer(case).filter(no=number).select_related("case").first()
    if one is None:
        raise Http404
    if "copy" in request.GET and (copy := exhibits.copy_of(one)) is not None:
        played = exhibits.open_copy(one, copy, by="buyer", files=exhibits.the_files(), now=timezone.now())
        return answer_bytes(request, played, copy.small_mime, copy.small_sha256)
    if one.custodian == "shop" and one.mime == "application/json" and "save" not in request.GET:
        return _record(request, case, one)
    look = Look.PLAYED if one.mime in PLAYED else Look.VIEWED if one.mime in SHOWN else Look.DOWNLOADED
    data = exhibits.open_evidence(one, look, by="buyer", files=exhibits.the_files(), now=timezone.now())
    answer = answer_bytes(request, data, one.mime, one.sha256)
    how = "inline" if one.mime in SHOWN | PLAYED else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{one.no}.{one.name.rsplit(".", 1)[-1]}"'
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _record(request: HttpRequest, case: Case, one: Evidence) -> HttpResponse:
    """A record of the shop as a page to read; the original is one tap away."""
    data = exhibits.open_evidence(one, Look.VIEWED, by="buyer", files=exhibits.the_files(), now=timezone.now())
    context = {"matter": case.matter, "one": one, "title": what_name(one.what), "parts": parts_of(json.loads(data))}
    return render(request, "portal/record.html", context)


@require_POST
def unreadable(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The buyer says what cannot be read in what they brought (CP20). It counts all the same."""
    case = case_for(request, no)
    one = exhibits.evidence_for_buyer(case).filter(no=number, source=Source.BUYER).select_related("case").first()
    if one is None:
        raise Http404
    cases.name_unreadable(one, request.POST.getlist("point"), by="buyer", now=timezone.now())
    messages.info(request, gettext("Noted. It counts all the same; we look for the rest ourselves."))
    return redirect("portal:evidence", no=no)


@require_POST
def contest(request: HttpRequest, no: str) -> HttpResponse:
    """The buyer sees our finding differently: one tap, words welcome."""
    case = case_for(request, no)
    cases.contest(case, request.POST.get("text", ""), Doer("buyer"), now=timezone.now())
    messages.info(request, gettext("Noted. Somebody looks at it again and answers you."))
    return redirect("portal:matter" if request.POST.get("from") == "matter" else "portal:evidence", no=no)
