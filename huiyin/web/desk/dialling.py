"""Calling the buyer of an open matter: the phone of whoever answers for it rings first, then theirs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Identity
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import by_staff, case_or_404, me
from huiyin.web.ui.hotline import hotline_now
from huiyin.web.ui.words_desk import refusal_at_desk


@require_POST
@by_staff
def dial(request: HttpRequest, no: str) -> HttpResponse:
    """Ring the phone of whoever asks, then the buyer."""
    case = case_or_404(request, no)
    try:
        if (refused := why_not(case, me(request))) is not None:
            raise refused
        voice.call_buyer(case.matter, number_of(case), me(request), now=now())
    except Refusal as refusal:
        messages.error(request, refusal_at_desk(refusal))
    else:
        messages.success(request, gettext("Your phone rings first, then the buyer's."))
    return redirect("desk:matter", no)


def why_not(case: Case, person: Person) -> Refusal | None:
    """Why this person cannot call the buyer of this matter now, or None."""
    if not hotline_now().is_on:
        return Refusal("hotline_off")
    if case.state == "closed":
        return Refusal("wrong_state")
    if case.owner_id != person.pk and not person.leads:
        return Refusal("not_yours", owner=case.owner.agent_no if case.owner else "–")
    return None if number_of(case) else Refusal("no_phone_number")


def number_of(case: Case) -> str:
    """The buyer's number; empty where we know none."""
    known = Identity.objects.filter(buyer=case.buyer, kind="phone", buyer__isnull=False).order_by("pk")
    return known.values_list("value", flat=True).first() or ""


def dialling(case: Case, person: Person) -> dict[str, Any] | None:
    """The button: whether it is possible, else why not. None where there is nobody to call any more, or no hotline."""
    if case.state == "closed" or not hotline_now().is_on:
        return None
    refused = why_not(case, person)
    return {"yes": refused is None, "why": refusal_at_desk(refused) if refused else ""}
