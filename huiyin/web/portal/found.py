"""Screens 2 and 3: what we found, one choice, and what came of it, at one address."""

import json
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.domain.cases.actions.wanting import BEFORE_AN_OFFER
from huiyin.domain.journal.actions import defer
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders import actions, rescue
from huiyin.domain.orders.models import Finding
from huiyin.domain.orders.proof import Level
from huiyin.domain.orders.queries import the_shop
from huiyin.domain.orders.situations import Option
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.lib.limits import actions as limits
from huiyin.lib.paste import entries
from huiyin.lib.seal import unseal
from huiyin.web.live import sign_topics
from huiyin.web.portal import visits
from huiyin.web.portal.home import FINDS_PER_MINUTE
from huiyin.web.portal.outcomes import await_remedy, page_of
from huiyin.web.portal.people import presence
from huiyin.web.ui import words

CODES, CODES_WINDOW_S = 5, 900  # codes sent for one address, and for one entry


@never_cache
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The finding as it stands now."""
    return render(request, "portal/found.html", _context(request, visits.finding_for(request, pk)))


@never_cache
@require_safe
def now_fragment(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that flips by itself."""
    return render(request, "portal/found_now.html", _context(request, visits.finding_for(request, pk)))


def _fresh(request: HttpRequest, finding: Finding, now: datetime) -> Finding:
    """An event, the watch or another search has seen the order change: this page says so now, not in a minute."""
    order = finding.order
    if order is None or finding.retry_at is None or order.situation == finding.verdict["situation"]:
        return finding
    rescue.look_again(finding, shop=the_shop(), now=now)
    return visits.finding_for(request, finding.pk)


def _context(request: HttpRequest, finding: Finding) -> dict[str, object]:
    now = timezone.now()
    finding = _fresh(request, finding, now)
    page = page_of(request, finding, now)
    tone, chip = words.chip(finding)
    return {
        "page": page, "finding": finding, "tone": tone, "chip": chip, "headline": words.headline(finding),
        "more": words.more(finding), "facts": words.small_facts(finding), "presence": presence(now),
        "complain_on": _complains_on(finding), "is_code_sent": finding.pk in request.session.get("codes", []),
        "topics": sign_topics(page.topics, f"finding:{finding.pk}"),
    }  # fmt: skip


def _complains_on(finding: Finding) -> Matter | None:
    """Where a complaint about it belongs: on the order's own matter, once the order is proven."""
    return finding.order.matter if finding.order is not None and finding.level != Level.NONE.value else None


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what was chosen. A second tap, a reload and the back button all lead to the same remedy."""
    finding, option, now = visits.finding_for(request, pk), request.POST.get("option", ""), timezone.now()
    if option == Option.CODE:
        return _send_code(request, finding, now)
    if option == Option.PERSON and finding.order is None:
        return redirect("portal:person")
    try:
        choice = rescue.choose(finding, option, by="buyer", shop=the_shop(), now=now)
    except Refusal as refused:
        messages.info(request, words.refusal_text(refused))
        return redirect("portal:found", pk=pk)
    except Unavailable:
        messages.info(request, words.refusal_text(Refusal("shop_silent")))
        return redirect("portal:found", pk=pk)
    return _after(request, finding, option, choice)


def _after(request: HttpRequest, finding: Finding, option: str, choice: rescue.Choice) -> HttpResponse:
    visits.remember_matter(request, choice.matter)
    if choice.keys:
        visits.keep_keys(request, finding, choice.keys)
    if choice.remedy is not None:
        await_remedy(choice.remedy)
    if option == Option.WAIT:
        messages.info(request, gettext("All right. We keep asking; this page changes by itself, and you hear from us."))
    if option in {Option.PERSON, Option.NOT_WORKING, Option.NOT_MY_MAIL}:
        return redirect("portal:matter", no=choice.matter.no)
    return redirect("portal:found", pk=finding.pk)


def _send_code(request: HttpRequest, finding: Finding, now: datetime) -> HttpResponse:
    text = _typed(finding)
    for bucket in (f"codes:{visits.address_of(request)}", f"codes:{sha256(text.encode()).hexdigest()}"):
        limits.take(bucket, CODES, CODES_WINDOW_S, now)  # nobody fills somebody else's mailbox
    defer("send_code", text=text)
    request.session["codes"] = [*request.session.get("codes", []), finding.pk][-visits.MOST :]
    return redirect("portal:found", pk=finding.pk)


def _typed(finding: Finding) -> str:
    """What was typed into the one field, so that nobody types it twice."""
    asked: dict[str, str] = json.loads(unseal(settings.SECRET_KEY.encode(), finding.asked))
    return asked["text"]


@require_POST
def prove(request: HttpRequest, pk: int) -> HttpResponse:
    """One more thing: the code we sent, or the number on the bill, alone enough or with what was typed first."""
    finding, now = visits.finding_for(request, pk), timezone.now()
    limits.take(f"find:{visits.address_of(request)}:minute", FINDS_PER_MINUTE, 60, now)
    code, bill_no = request.POST.get("code", "").strip(), request.POST.get("bill_no", "").strip()
    amount = request.POST.get("amount", "").strip()
    if not code and not bill_no:
        return redirect("portal:found", pk=pk)
    text, proof = _typed(finding), rescue.Proof(bill_no=bill_no, amount=amount, code=code)
    if any(entry.by == "bill_no" for entry in entries(bill_no)):
        text, proof = bill_no, rescue.Proof()  # a whole bill number proves its order, whatever was typed before
    better = rescue.find(text, proof, visits.asker_of(request), shop=the_shop(), now=now)
    visits.remember_finding(request, better)
    if code and better.order is None and finding.pk in request.session.get("codes", []):
        request.session["codes"] = [*request.session["codes"], better.pk]
    return redirect("portal:found", pk=better.pk)


@require_POST
def solved(request: HttpRequest, pk: int) -> HttpResponse:
    """The one question, answered with yes."""
    finding = visits.finding_for(request, pk)
    if finding.order is not None:
        actions.settled(finding.order, by="buyer", now=timezone.now())
    return redirect("portal:found", pk=pk)


@require_POST
def not_solved(request: HttpRequest, pk: int) -> HttpResponse:
    """The one question, answered with no: a person answers for it from now on."""
    finding = visits.finding_for(request, pk)
    matter = actions.ask_person(finding, "not_solved", by="buyer", now=timezone.now())
    visits.remember_matter(request, matter)
    case = visits.case_of(matter)
    if case is None or case.state not in BEFORE_AN_OFFER or case.items.exists():
        return redirect("portal:matter", no=matter.no)
    messages.info(request, gettext("A person takes over. If you like, say what you want from us; you need not."))
    return redirect("portal:want", no=matter.no)
