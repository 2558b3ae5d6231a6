"""MB1: a lead says who answers for a diamond member, and who stands in."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal.models import Matter
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import by_staff, case_or_404, me
from huiyin.web.desk.naming import candidates, may_name
from huiyin.web.desk.talk import talk_or_404
from huiyin.web.ui.words_desk import refusal_at_desk


@require_POST
@by_staff
def of_case(request: HttpRequest, no: str) -> HttpResponse:
    """The manager of the buyer of a case."""
    case = case_or_404(request, no)
    _name(request, case.matter, case.buyer)
    return redirect("desk:matter", no)


@require_POST
@by_staff
def of_talk(request: HttpRequest, no: str) -> HttpResponse:
    """The manager of whoever chats."""
    talk = talk_or_404(request, no)
    _name(request, talk.matter, talk.buyer)
    return redirect("desk:talk", no)


def _name(request: HttpRequest, matter: Matter, buyer: Buyer | None) -> None:
    person = me(request)
    if buyer is None:
        raise Http404(matter.no)
    try:
        if not may_name(buyer, person):
            raise Refusal("supervisors_only" if person.tier not in LEADS else "managers_for_diamonds")
        manager, deputy = _chosen(request.POST, "manager"), _chosen(request.POST, "deputy")
        contacts.name_manager(matter, buyer, manager, deputy, by=person.by, now=now())
    except Refusal as no:
        messages.error(request, refusal_at_desk(no))
    else:
        messages.success(request, _said(manager))


def _chosen(typed: Mapping[str, str], field: str) -> str:
    """The agent number chosen; empty for nobody."""
    wanted = typed.get(field, "")
    if wanted and wanted not in {one.agent_no for one in candidates()}:
        raise Refusal("choose_somebody")
    return wanted


def _said(manager: str) -> str:
    if not manager:
        return gettext("Nobody in particular answers for this member now.")
    return gettext("Agent %(agent_no)s answers for this member from now on.") % {"agent_no": manager}
