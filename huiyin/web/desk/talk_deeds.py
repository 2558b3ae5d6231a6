"""What a person does with a conversation. One address a verb; a refusal shows the page again with the reason and with
everything that was typed."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import visible_to
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item, somebody_takes
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk import forms
from huiyin.web.desk.gate import by_staff, device, me
from huiyin.web.desk.talk import talk_or_404
from huiyin.web.desk.talk_screen import show_talk
from huiyin.web.desk.talking import mine
from huiyin.web.ui.templatetags.huiyin import grouped

Deed = Callable[[HttpRequest, Conversation, datetime], str]


@require_POST
@by_staff
def deed(request: HttpRequest, no: str, verb: str) -> HttpResponse:
    """Do it if the rules allow it, say what was done, and go on where there is something to do."""
    if verb not in DEEDS:
        raise Http404(verb)
    row, at = talk_or_404(request, no), now()
    try:
        said = DEEDS[verb](request, row, at)
    except Refusal as refusal:
        return show_talk(request, talk_or_404(request, no), at, verb, refusal)
    messages.success(request, said)
    return redirect("desk:talk", no) if verb not in LEAVING else _next(request, at)


def _next(request: HttpRequest, at: datetime) -> HttpResponse:
    """The conversation that waits longest, else the list."""
    waiting = sorted(mine(me(request), at), key=lambda line: (not line.unread, line.since))
    return redirect("desk:talk", waiting[0].no) if waiting else redirect("desk:desk")


def _end(request: HttpRequest, row: Conversation, at: datetime) -> str:
    typed = request.POST
    wrap_up = WrapUp(
        typed.get("disposition", ""), typed.get("next_step", ""), forms.moment(typed.get("next_by", "")),
        number_spoken=typed.get("number") == "1",
    )  # fmt: skip
    case = cases.wrap_up(row, wrap_up, by=me(request).by, now=at, as_case=typed.get("as_case") == "1")
    if case is not None:
        kept = gettext("Ended and kept as matter %(no)s: it is yours until it is settled.")
        return kept % {"no": grouped(case.matter.no)}
    return gettext("Ended; the buyer has the number and what comes next.")


def _hand_over(request: HttpRequest, row: Conversation, at: datetime) -> str:
    to = request.POST.get("to", "")
    if not to:
        raise Refusal("choose_somebody")
    conversations.hand_over(row, to, request.POST.get("summary", ""), by=me(request).by, now=at)
    item = open_item(row.matter)
    if item is not None and not somebody_takes(item, at):
        return gettext(
            "Handed over, but nobody who takes it is here right now. The buyer reads by when they are answered."
        )
    return gettext("Handed over. Whoever takes it reads your summary first.")


def _case(request: HttpRequest, row: Conversation, at: datetime) -> str:
    case = cases.from_conversation(row, by=me(request).by, now=at)
    return gettext("It is matter %(no)s now; what was said belongs to it as evidence.") % {
        "no": grouped(case.matter.no)
    }


def _join(request: HttpRequest, row: Conversation, at: datetime) -> str:
    typed = "".join((request.POST.get("case") or request.POST.get("number", "")).split())[:20]
    case = visible_to(me(request)).select_related("matter").filter(matter__no=typed).first()
    if case is None:
        raise Refusal("no_such_matter", no=typed)
    cases.join_conversation(row, Case.objects.get(pk=case.pk), by=me(request).by, now=at)
    return gettext("It belongs to matter %(no)s now.") % {"no": grouped(case.matter.no)}


def _urgent(request: HttpRequest, row: Conversation, at: datetime) -> str:
    conversations.mark_urgent(row, request.POST.get("reason", ""), by=me(request).by, now=at)
    return gettext("Marked urgent: it goes first, to somebody senior.")


def _take_over(request: HttpRequest, row: Conversation, at: datetime) -> str:
    conversations.take_over(row, me(request), now=at)
    routing.step_in(me(request), device(request), now=at)
    return gettext("You talk with the buyer now.")


LEAVING = {"end", "hand_over"}
DEEDS: dict[str, Deed] = {
    "end": _end, "hand_over": _hand_over, "case": _case, "join": _join, "urgent": _urgent, "take_over": _take_over,
}  # fmt: skip
