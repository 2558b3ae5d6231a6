"""Deciding about a remedy, and doing by hand what the shop's software cannot."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.cases import queries
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.verbs import Asked, why_not_approve, why_not_check, why_not_decline, why_not_finish
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import ManualTask, Remedy
from huiyin.lib.errors import Refusal
from huiyin.web.desk.deeds import answer_with
from huiyin.web.desk.gate import by_staff, case_or_404, me

Deed = Callable[[HttpRequest, Case, Remedy, datetime], str]


@require_POST
@by_staff
def remedy_deed(request: HttpRequest, no: str, pk: int, verb: str) -> HttpResponse:
    """Approve, decline, finish the steps, check what somebody else did."""
    case = case_or_404(request, no)
    try:
        remedy = queries.remedy_of(case, pk)
    except Remedy.DoesNotExist:
        raise Http404(str(pk)) from None
    if verb not in DEEDS:
        raise Http404(verb)
    return answer_with(request, case, f"{verb}-{pk}", lambda at: DEEDS[verb](request, case, remedy, at))


def _approve(request: HttpRequest, case: Case, remedy: Remedy, at: datetime) -> str:
    _refuse(why_not_approve(queries.actor(me(request)), _asked(remedy)))
    orders.approve(remedy.pk, me(request), now=at)
    return gettext("Approved. It is carried out now.")


def _decline(request: HttpRequest, case: Case, remedy: Remedy, at: datetime) -> str:
    _refuse(why_not_decline(queries.actor(me(request)), queries.standing(case), _asked(remedy)))
    orders.decline(remedy.pk, me(request), request.POST.get("reason", ""), now=at)
    return gettext("Declined. The matter stays open: tell the buyer what happens instead.")


def _finish(request: HttpRequest, case: Case, remedy: Remedy, at: datetime) -> str:
    task = _task(remedy)
    _refuse(why_not_finish(queries.actor(me(request)), queries.standing(case), queries.task_standing(remedy, task)))
    orders.finish_task(task, me(request), request.POST.get("proof", ""), now=at)
    return gettext("Thank you. A second person compares the proof now.")


def _check(request: HttpRequest, case: Case, remedy: Remedy, at: datetime) -> str:
    task = _task(remedy)
    _refuse(why_not_check(queries.actor(me(request)), queries.task_standing(remedy, task)))
    orders.check_task(task, me(request), now=at)
    return gettext("Checked. The buyer is told that it is done.")


def _asked(remedy: Remedy) -> Asked:
    return Asked(remedy.state, remedy.asked_by, remedy.amount)


def _task(remedy: Remedy) -> ManualTask:
    task = ManualTask.objects.select_related("remedy", "done_by", "checked_by").filter(remedy=remedy).first()
    if task is None:
        raise Http404(str(remedy.pk))
    return task


def _refuse(no: Refusal | None) -> None:
    if no is not None:
        raise no


DEEDS: dict[str, Deed] = {"approve": _approve, "decline": _decline, "finish": _finish, "check": _check}
