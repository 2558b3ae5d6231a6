"""A complaint: what is wanted, as chips and one box; guided, one question a screen, where no order is known."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.adapters.papers.dues import due_sentence
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions.wanting import BEFORE_AN_OFFER
from huiyin.domain.cases.demand import Item
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.places import order_facts
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order
from huiyin.domain.promises.promises import Category
from huiyin.lib import numbers
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.web.portal import visits, wishes
from huiyin.web.portal.evidence import missing_in
from huiyin.web.portal.filing import LONGEST, Form, file_form, fresh_form, identities_in, mark_of, read_form
from huiyin.web.portal.rings import ring_for
from huiyin.web.portal.wishes import Choice
from huiyin.web.ui.words import promise_reason, promise_text, refusal_text
from huiyin.web.ui.words_desk import CATEGORIES, word
from huiyin.web.ui.words_evidence import missing_text

ABOUT_ORDERS = (
    Category.RECHARGE_DELAYED, Category.CARD_INVALID, Category.WRONG_AMOUNT, Category.DUPLICATE_CHARGE,
    Category.PROMO_DISPUTE, Category.REFUND_REQUEST,
)  # fmt: skip
ABOUT_OTHERS = (
    Category.SERVICE_ATTITUDE, Category.ACCOUNT_STOLEN, Category.ACCOUNT_ACCESS, Category.FRAUD,
    Category.MEMBERSHIP_POINTS, Category.COMPLAINT_FOLLOWUP, Category.OTHER,
)  # fmt: skip
CHECKS_PER_MINUTE = 60


def _choices(categories: tuple[Category, ...]) -> list[Choice]:
    own = {Category.OTHER: gettext("None of these"), Category.COMPLAINT_FOLLOWUP: gettext("An earlier matter")}
    return [Choice(one.value, own.get(one) or word(CATEGORIES, one.value)) for one in categories]


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What it is about, what happened, what you want, one contact: one question a screen."""
    found, says, now = visits.found_order(request), "", timezone.now()
    form = replace(fresh_form(), order_no=found.order_no if found else "")
    if request.method == "POST":
        form = read_form(request)
        try:
            matter = _file(request, form, now)
        except Refusal as refused:
            form, says = replace(form, once=fresh_form().once), refusal_text(refused)
        else:
            return redirect("portal:receipt", no=matter.no)
    context = {
        "form": form, "says": says, "hours": wishes.hours_offered(), "about_orders": _choices(ABOUT_ORDERS),
        "about_others": _choices(ABOUT_OTHERS), "wishes": _rows(request, ()),
        "is_known": found is not None and form.order_no == found.order_no,
    }  # fmt: skip
    return render(request, "portal/complain.html", context, status=422 if says else 200)


def _file(request: HttpRequest, form: Form, now: datetime) -> Matter:
    """On the order's own matter where this browser has proven the order, else on a new one."""
    form = replace(form, items=wishes.items_sent(request.POST, now))
    order = visits.proven_order(request, form.order_no)
    case = visits.case_of(order.matter) if order else None
    if order is not None and (case is None or case.state in BEFORE_AN_OFFER):
        return _want(request, order.matter, form, now).matter
    return file_form(request, form, channel="web", now=now).matter


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def want(request: HttpRequest, no: str) -> HttpResponse:
    """The same on a matter that is known: chips, one box, done."""
    matter, now = visits.matter_for(request, no), timezone.now()
    case, order = visits.case_of(matter), Order.objects.filter(matter=matter).first()
    form, says = fresh_form(), ""
    if request.method == "POST":
        form = read_form(request)
        try:
            form = replace(form, items=wishes.items_sent(request.POST, now))
            _want(request, matter, form, now)
        except Refusal as refused:
            form, says = replace(form, once=fresh_form().once), refusal_text(refused)
        else:
            return redirect("portal:receipt", no=no)
    elif case is not None and case.state not in BEFORE_AN_OFFER:
        return redirect("portal:matter", no=no)
    context = {
        "form": form, "says": says, "matter": matter, "order": order, "hours": wishes.hours_offered(),
        "wishes": _rows(request, wishes.proposed(order_facts(order), now)),
        "asks_contact": not _is_reachable(case, order), "due": due_sentence(order) if order else "",
    }  # fmt: skip
    return render(request, "portal/want.html", context, status=422 if says else 200)


def _rows(request: HttpRequest, proposed: tuple[Item, ...]) -> list[wishes.WishRow]:
    return wishes.rows_sent(request.POST) if request.method == "POST" else wishes.rows_of(proposed)


def _is_reachable(case: Case | None, order: Order | None) -> bool:
    return bool((case and case.buyer_id) or (order and order.buyer_id))


def _want(request: HttpRequest, matter: Matter, form: Form, now: datetime) -> Case:
    """Name it on the matter's case; the same form sent twice names it once."""
    order = Order.objects.filter(matter=matter).first()
    for text in (form.what_happened, form.demand):
        if len(text) > LONGEST:
            raise Refusal("too_long", limit=LONGEST, length=len(text))
    known = visits.case_of(matter)
    identities = {} if _is_reachable(known, order) else identities_in(form.contact)
    if known is not None and limits.used(mark_of(form), 24 * 3600, now):
        return known
    wanted = cases.Wanted(form.items, form.what_happened, form.demand, identities)
    case = cases.want(matter, wanted, by="buyer", now=now)
    limits.count(mark_of(form), 24 * 3600, now)
    visits.remember_matter(request, matter)
    return case


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What would make the demand easier to meet: one line and our wording. Never in anybody's way."""
    now = timezone.now()
    limits.take(f"check:{visits.address_of(request)}", CHECKS_PER_MINUTE, 60, now)
    no = request.POST.get("matter", "")
    mine = no in request.session.get("matters", [])
    named = visits.proven_order(request, request.POST.get("order_no", "")[:64])
    order = Order.objects.filter(matter__no=no).first() if mine else named
    try:
        items = wishes.items_sent(request.POST, now)
    except Refusal as refused:
        return JsonResponse({"says": refusal_text(refused), "suggestion": ""})
    case = Case.objects.filter(matter__no=no).first() if mine else None
    hint = wishes.hint_for(request, items, order_facts(order), now, case.category if case else "")
    return JsonResponse({"says": hint.says, "suggestion": hint.suggestion})


@never_cache
@require_safe
def receipt(request: HttpRequest, no: str) -> HttpResponse:
    """What somebody keeps who comes back from another phone."""
    matter, key = visits.matter_for(request, no), settings.SECRET_KEY.encode()
    promises = matter.promises.exclude(kind="acknowledge").exclude(state__in=["withdrawn", "kept"]).order_by("due")
    case = visits.case_of(matter)
    context = {
        "matter": matter, "pin": numbers.pin(key, no), "ring": ring_for(matter, timezone.now()), "case": case,
        "link": f"{settings.PUBLIC_URL}/m#{no}.{numbers.link_token(key, no)}", "missing": _missing(case),
        "promises": [(promise_text(promise), promise_reason(promise)) for promise in promises],
    }  # fmt: skip
    return render(request, "portal/receipt.html", context)


def _missing(case: Case | None) -> str:
    """The one thing that would help, if there is one."""
    missing = missing_in(case) if case else ""
    return missing_text(missing) if missing else ""
