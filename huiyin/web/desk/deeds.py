"""What a person does with a case. One address a verb; a plain form is enough. A refusal shows the same screen again
with the reason and with everything that was typed."""

import time
from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import queries
from huiyin.domain.cases.actions.steps import changes_since
from huiyin.domain.cases.giving import Gift, Seen, Wish, give, given_since
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.places import where
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.domain.orders.queries import the_shop
from huiyin.domain.staff.models import Person
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.web.desk import exhibits, forms, possible, steps
from huiyin.web.desk.gate import by_staff, case_or_404, me
from huiyin.web.desk.lines import shown
from huiyin.web.desk.picture import REVEALED_S, SESSION_REVEALED, Refused
from huiyin.web.desk.screen import show
from huiyin.web.ui.words_desk import refusal_at_desk
from huiyin.web.ui.words_steps import change_text, given_text

Deed = Callable[[HttpRequest, Case, datetime], str]


@require_POST
@by_staff
def deed(request: HttpRequest, no: str, verb: str) -> HttpResponse:
    """Do it if the rules allow it, say what was done, and show the matter again."""
    case = case_or_404(request, no)
    if verb not in DEEDS:
        raise Http404(verb)
    return answer_with(request, case, verb, lambda at: _allowed(request, case, verb, at))


def _allowed(request: HttpRequest, case: Case, verb: str, at: datetime) -> str:
    stands = where(case, list(DemandItem.objects.filter(case=case)), at)
    if (no := possible.why_not(verb, queries.actor(me(request)), queries.standing(case), stands)) is not None:
        raise no
    return DEEDS[verb](request, case, at)


def answer_with(request: HttpRequest, case: Case, verb: str, do: Callable[[datetime], str]) -> HttpResponse:
    """What follows a deed: back to the matter, or the matter with the reason and what was typed."""
    at = now()
    try:
        said = do(at)
    except (Refusal, Unavailable) as trouble:
        no = trouble if isinstance(trouble, Refusal) else Refusal("shop_silent")
        typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
        seen = Refused(verb, refusal_at_desk(no), typed, _changes(request, case))
        return show(request, case_or_404(request, case.matter.no), at, seen)
    # the tag tells the page which draft has arrived and may be forgotten
    messages.success(request, said, extra_tags=f"{verb}:{case.matter.no}")
    return redirect(f"{reverse('desk:matter', args=[case.matter.no])}?show={shown(request)}")


def _changes(request: HttpRequest, case: Case) -> list[str]:
    """What others did since the page was made that this form was filled in on."""
    seen, newest = forms.version(request), forms.newest_remedy(request)
    changes = [change_text(fact) for fact in changes_since(case.matter, seen)] if seen is not None else []
    given = given_since(case.order, newest) if newest is not None and case.order else []
    return [*changes, *(given_text(one) for one in given)]


def _answer(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.answer(case, me(request), request.POST.get("text", ""), now=at)
    return gettext("Sent to the buyer.")


def _note(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.note(case, me(request), request.POST.get("text", ""), now=at)
    return gettext("Noted, for colleagues only.")


def _take(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.assign(case, me(request), "taken", by=me(request).by, now=at, seen=forms.version(request))
    return gettext("You answer for it now.")


def _hand_over(request: HttpRequest, case: Case, at: datetime) -> str:
    to = Person.objects.filter(agent_no=request.POST.get("to", ""), is_active=True).exclude(tier="admin").first()
    if to is None:
        raise Refusal("choose_somebody")
    cases.assign(case, to, forms.reason(request), by=me(request).by, now=at, seen=forms.version(request))
    return gettext("Handed over to %(agent_no)s.") % {"agent_no": to.agent_no}


def _escalate(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.escalate(case, forms.reason(request), by=me(request).by, now=at, seen=forms.version(request))
    return gettext("Moved up. Agent %(agent_no)s answers for it now.") % {"agent_no": _owner(case)}


def _give(request: HttpRequest, case: Case, at: datetime) -> str:
    gift = request.POST.get("gift", "")
    if gift not in set(Gift):
        raise Refusal("not_an_option")
    seen = Seen(forms.version(request), forms.newest_remedy(request))
    wish = Wish(Gift(gift), request.POST.get("reason", ""), forms.amount(request.POST.get("amount", "")), seen)
    remedy = give(case, me(request), wish, shop=the_shop(), now=at)
    if remedy.state == "requested":
        return gettext("This is above a limit. It waits for somebody else who may approve it.")
    return gettext("Under way. The buyer is told when it is done.")


def _reveal(request: HttpRequest, case: Case, at: datetime) -> str:
    assert case.buyer is not None
    contacts.reveal(case.matter, case.buyer, request.POST.get("reason", ""), by=me(request).by, now=at)
    note_access(case.matter_id, "contact", Look.REVEALED, by=me(request).by, now=at)
    known = {no: until for no, until in request.session.get(SESSION_REVEALED, {}).items() if until > time.time()}
    request.session[SESSION_REVEALED] = known | {case.matter.no: int(time.time()) + REVEALED_S}
    return gettext("Shown for ten minutes. That you looked is recorded.")


def _unreadable(request: HttpRequest, case: Case, at: datetime) -> str:
    number = next(iter(forms.numbers(request, "evidence")), 0)
    exhibits.name_unreadable(case, number, request.POST.getlist("point"), by=me(request).by, now=at)
    return gettext("Noted for evidence %(no)s. It counts all the same.") % {"no": number}


def _owner(case: Case) -> str:
    return case.owner.agent_no if case.owner else "–"


DEEDS: dict[str, Deed] = {
    "answer": _answer, "note": _note, "take": _take, "hand_over": _hand_over, "escalate": _escalate, "give": _give,
    "reveal": _reveal, "unreadable": _unreadable, **steps.DEEDS,
}  # fmt: skip
