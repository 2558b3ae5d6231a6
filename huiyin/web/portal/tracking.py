"""Following a matter: one ring, who holds it, what happened, what was said."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.adapters.papers.of_case import AGREED
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions.wanting import BEFORE_AN_OFFER
from huiyin.domain.cases.evidence import POINTS, known_what
from huiyin.domain.cases.pins import open_with_pin
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.queries import the_shop
from huiyin.domain.orders.rescue import Proof, find
from huiyin.domain.orders.situations import Situation
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.web.live import sign_topics
from huiyin.web.portal import visits
from huiyin.web.portal.home import FINDS_PER_MINUTE
from huiyin.web.portal.matters import view_of
from huiyin.web.ui.words import refusal_text
from huiyin.web.ui.words_evidence import example_of, points_text, what_name


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Number and PIN, or order number and bill number. Wrong ones get one answer, whatever is wrong."""
    mine = visits.matters_of(request)
    if request.method != "POST":
        return render(request, "portal/track.html", {"mine": mine})
    return _by_order(request, mine) if request.POST.get("order_no") else _by_pin(request, mine)


def _by_pin(request: HttpRequest, mine: list[Matter]) -> HttpResponse:
    no, pin = request.POST.get("no", ""), request.POST.get("pin", "")
    matter = open_with_pin(no, pin, visits.address_of(request), now=timezone.now())
    return _opened(request, matter) if matter else _wrong(request, mine)


def _by_order(request: HttpRequest, mine: list[Matter]) -> HttpResponse:
    """The order's own matter. A silent shop is called silent, not a wrong number."""
    now = timezone.now()
    limits.take(f"find:{visits.address_of(request)}:minute", FINDS_PER_MINUTE, 60, now)
    proof = Proof(bill_no=request.POST.get("bill_no", "").strip())
    finding = find(request.POST["order_no"], proof, visits.asker_of(request), shop=the_shop(), now=now)
    visits.remember_finding(request, finding)
    if finding.order is not None:
        return _opened(request, finding.order.matter)
    if finding.verdict["situation"] in {Situation.SHOP_UNREACHABLE, Situation.TOO_MANY_TRIES}:
        return redirect("portal:found", pk=finding.pk)
    return _wrong(request, mine)


def _opened(request: HttpRequest, matter: Matter) -> HttpResponse:
    visits.remember_matter(request, matter)
    return redirect("portal:matter", no=matter.no)


def _wrong(request: HttpRequest, mine: list[Matter]) -> HttpResponse:
    says = refusal_text(Refusal("number_or_pin_wrong"))
    return render(request, "portal/track.html", {"says": says, "typed": request.POST, "mine": mine}, status=422)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this browser follows: straight to the only one, else a list."""
    matters = visits.matters_of(request)
    if len(matters) == 1:
        return redirect("portal:matter", no=matters[0].no)
    return redirect("portal:track")


@never_cache
@require_safe
def show(request: HttpRequest, no: str) -> HttpResponse:
    """The matter as it stands."""
    if no not in request.session.get("matters", []):
        return redirect("portal:track")
    is_sent = request.session.pop("sent", "") == no
    return render(request, "portal/matter.html", _context(request, no) | {"sent": is_sent})


@never_cache
@require_safe
def now_fragment(request: HttpRequest, no: str) -> HttpResponse:
    """The parts of the page that flip by themselves: how it stands, what else is possible, the bar."""
    return render(request, "portal/matter_live.html", _context(request, no))


def _context(request: HttpRequest, no: str) -> dict[str, object]:
    matter = visits.matter_for(request, no)
    view = view_of(request, matter, timezone.now())
    asked = what_name(view.asked) if view.asked else ""
    return {
        "view": view, "matter": matter, "topics": sign_topics([f"matter:{no}"], f"matter:{no}"), "asked": asked,
        "example": example_of(view.asked), "points": points_text(POINTS[known_what(view.asked)]) if asked else "",
        "has_result": view.case is not None and view.case.state in AGREED,
        "can_want": view.case is None or (view.case.state in BEFORE_AN_OFFER and not view.points),
    }  # fmt: skip


@require_POST
def add(request: HttpRequest, no: str) -> HttpResponse:
    """The buyer writes. Where nobody answers for it yet, somebody does from now on. What is written after the end is
    kept as words: whether it is solved after all or not, only the buyer can say, with the button beside it."""
    matter, text, now = visits.matter_for(request, no), request.POST.get("text", ""), timezone.now()
    limits.take(f"writing:{visits.address_of(request)}", 30, 600, now)
    case = visits.case_of(matter)
    try:
        cases.add(matter, text, by="buyer", now=now)
    except Refusal as refused:
        context = _context(request, no) | {"says": refusal_text(refused), "text": text}
        return render(request, "portal/matter.html", context, status=422)
    if case is None:
        cases.open_on(matter, "buyer_wrote", category="complaint_followup", channel="web", now=now, by="buyer")
    messages.info(request, gettext("We have it. It stands below with everything else."))
    request.session["sent"] = no  # the page that follows forgets the draft
    return redirect("portal:matter", no=no)


@require_POST
def supervisor(request: HttpRequest, no: str) -> HttpResponse:
    """One step up, because the buyer wants it."""
    matter = visits.matter_for(request, no)
    case = visits.case_of(matter)
    if case is not None and case.level == 0:
        cases.escalate(case, "buyer_demands", by="buyer", now=timezone.now())
        messages.info(request, gettext("It has moved up to a supervisor."))
    return redirect("portal:matter", no=no)
