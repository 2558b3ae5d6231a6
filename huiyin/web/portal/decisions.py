"""The buyer's word on a case: yes, partly or no to each point, solved or not, received."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions.steps import Doer
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.web.portal import changed, visits
from huiyin.web.portal.papers import case_for
from huiyin.web.ui.words import refusal_text

Deed = Callable[[Case, list[int], str, Doer, datetime], None]


def _accept(case: Case, nos: list[int], text: str, doer: Doer, now: datetime) -> None:
    cases.accept(case, nos, doer, now=now)


def _partly(case: Case, nos: list[int], text: str, doer: Doer, now: datetime) -> None:
    cases.negotiate(case, nos, text, doer, now=now)


def _refuse(case: Case, nos: list[int], text: str, doer: Doer, now: datetime) -> None:
    cases.refuse(case, nos, text, doer, now=now)


def _withdraw(case: Case, nos: list[int], text: str, doer: Doer, now: datetime) -> None:
    cases.withdraw(case, nos, text, doer, now=now)


def _arrived(case: Case, nos: list[int], text: str, doer: Doer, now: datetime) -> None:
    for item in DemandItem.objects.filter(case=case, no__in=nos[:1]):
        cases.arrive(item, doer, now=now, verified="buyer")


def _solved(case: Case, nos: list[int], text: str, doer: Doer, now: datetime) -> None:
    """After the end it confirms what we had only said ourselves."""
    if case.state == "closed":
        cases.accept(case, [], doer, now=now)
    else:
        cases.close(case, "confirmed", by=doer.by, now=now)


def _reopen(case: Case, nos: list[int], text: str, doer: Doer, now: datetime) -> None:
    cases.reopen(case, "not_solved", doer, now=now, text=text)


DEEDS: dict[str, Deed] = {
    "accept": _accept, "partly": _partly, "refuse": _refuse, "withdraw": _withdraw, "arrived": _arrived,
    "solved": _solved, "reopen": _reopen,
}  # fmt: skip


@require_POST
def decide(request: HttpRequest, no: str) -> HttpResponse:
    """One tap on one point, or on all of it. What has changed since the page was made is shown first."""
    case, now = case_for(request, no), timezone.now()
    limits.take(f"writing:{visits.address_of(request)}", 60, 600, now)
    deed = DEEDS.get(request.POST.get("deed", ""))
    seen = request.POST.get("seen", "")
    doer = Doer("buyer", seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None)
    nos = [int(one) for one in request.POST.getlist("item") if one.isascii() and one.isdigit() and len(one) < 6]
    try:
        if deed is None:
            raise Refusal("not_an_option")
        deed(case, nos, request.POST.get("text", ""), doer, now)
    except Refusal as refused:
        messages.warning(request, refusal_text(refused))
        for line in changed.lines(case, nos, refused):
            messages.warning(request, line)
    else:
        messages.info(request, gettext("Noted, and it holds. What comes next stands here."))
    return redirect("portal:matter", no=no)
