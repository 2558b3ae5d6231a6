"""“Before you call” (HL14): six digits that bring the order, the words and the pictures of a matter to the agent."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.domain.cases.exhibits import evidence_for_buyer
from huiyin.domain.cases.models import Case
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order
from huiyin.domain.orders.proof import Level
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import About
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.seal import seal, unseal
from huiyin.web.portal import visits
from huiyin.web.portal.lines import lines_now
from huiyin.web.ui.words import refusal_text

CODES, CODES_WINDOW_S = 20, 3600  # for one address
KEPT = "call_code"


@dataclass(frozen=True, slots=True)
class CodeNow:
    """A code this browser holds. `shown`: the digits in two groups."""

    no: str
    digits: str
    until: datetime

    @property
    def shown(self) -> str:
        return f"{self.digits[:3]} {self.digits[3:]}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, no: str) -> HttpResponse:
    """What the agent will see, and the code that brings it; a POST makes a new one."""
    matter, now, says = visits.matter_for(request, no), timezone.now(), ""
    case = visits.case_of(matter)
    if request.method == "POST":
        try:
            _make(request, _about(request, matter, case), now)
            return redirect("portal:before-call", no=no)
        except Refusal as refused:
            says = refusal_text(refused)
    code = code_now(request, now)
    context = {
        "matter": matter, "says": says, "code": code if code and code.no == no else None, "lines": lines_now(now),
        "brings": brings(_order_of(request, matter, case), case),
    }  # fmt: skip
    return render(request, "portal/before_call.html", context, status=429 if says else 200)


def code_now(request: HttpRequest, now: datetime) -> CodeNow | None:
    """The code this browser was given last, while it works."""
    sealed = request.session.get(KEPT)
    if not sealed:
        return None
    no, digits, until = unseal(settings.SECRET_KEY.encode(), sealed).split(" ")
    ends = datetime.fromisoformat(until)
    return CodeNow(no, digits, ends) if ends > now and passes.is_open(digits, now=now) else None


def brings(order: Order | None, case: Case | None) -> list[str]:
    """What reaches the agent with the code, in words."""
    told = [gettext("The order: %(title)s") % {"title": order.title}] if order is not None else []
    if case is None:
        return told
    words = " ".join(case.what_happened.split())
    if words:
        told.append(gettext("What you wrote: “%(words)s”") % {"words": words if len(words) <= 40 else words[:39] + "…"})
    files = evidence_for_buyer(case).count()
    if files:
        told.append(ngettext("%(count)s file", "%(count)s files", files) % {"count": files})
    return told


def _make(request: HttpRequest, about: About, now: datetime) -> None:
    limits.take(f"call-codes:{visits.address_of(request)}", CODES, CODES_WINDOW_S, now)
    code = passes.give_call_code(about, now=now)
    kept = f"{about.matter.no} {code.digits} {code.expires_at.isoformat()}"
    request.session[KEPT] = seal(settings.SECRET_KEY.encode(), kept)


def _about(request: HttpRequest, matter: Matter, case: Case | None) -> About:
    order = _order_of(request, matter, case)
    buyer = case.buyer if case is not None else order.buyer if order is not None else None
    return About(
        matter, visits.level_of(request, order).value, order.order_no if order is not None else "", buyer,
        is_case=case is not None and case.state != "closed",
    )  # fmt: skip


def _order_of(request: HttpRequest, matter: Matter, case: Case | None) -> Order | None:
    """The order of this matter, where this browser has proven it."""
    named = case.order if case is not None else Order.objects.filter(matter=matter).first()
    return named if named is not None and visits.level_of(request, named) is not Level.NONE else None
