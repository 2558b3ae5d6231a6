"""“Is this really you?” (HL1): a number, an agent, somebody who calls at this moment. Fake hotlines are a known fraud.

A number, mail or web address of ours is public, so it is answered as often as anybody asks. Agent numbers are not a
list to be had: few tries from one address, few in all, and a yes says that a number alone proves nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.domain.staff.queries import agent_with_number
from huiyin.domain.voice.queries import lines
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.numbers import normalise
from huiyin.web.portal import visits
from huiyin.web.portal.lines import Number, numbers
from huiyin.web.ui.words import refusal_text

ASKS, ASKS_WINDOW_S = 30, 600  # of anything, from one address
TRIES, TRIES_WINDOW_S = 5, 3600  # agent numbers that nobody here has, from one address
ALL_TRIES = 300  # of them from everywhere: a list of ten thousand takes days, and we see it
LONGEST_AGENT_NO = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What we say: `tone` green (ours), red (not ours), amber (not by itself)."""

    tone: str
    head: str
    more: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """One field for whatever somebody was shown or told."""
    if request.method != "POST":
        return render(request, "portal/ours.html")
    now, asked = timezone.now(), request.POST.get("what", "").strip()[:200]
    try:
        limits.take(f"ours:{visits.address_of(request)}", ASKS, ASKS_WINDOW_S, now)
        answer = answer_to(asked, visits.address_of(request), now) if asked else None
    except Refusal as refused:
        context = {"asked": asked, "says": refusal_text(refused)}
        return render(request, "portal/ours.html", context, status=429)
    return render(request, "portal/ours.html", {"asked": asked, "answer": answer})


def answer_to(asked: str, address: str, now: datetime) -> Answer:
    """Whether this is ours. Raises Refusal `too_often` where somebody tries agent numbers."""
    if _is_published(asked):
        more = gettext("But a display can be forged: it may still be somebody else who calls. Ask for the code word.")
        return Answer("green", gettext("Yes, this is ours."), more)
    plain = normalise(asked)
    if plain.isalnum() and len(plain) <= LONGEST_AGENT_NO:
        return _agent(plain, address, now)
    more = gettext("We never call, write or pay from there. Give them nothing, and call us if you have already.")
    return Answer("red", gettext("No, this is not ours."), more)


def refuse_guessing(address: str, now: datetime) -> None:
    """Raises Refusal `too_often` once agents or words were tried too often, from this address or from everywhere."""
    for bucket, most in ((f"ours-agent:{address}", TRIES), ("ours-agent", ALL_TRIES)):
        if limits.used(bucket, TRIES_WINDOW_S, now) >= most:
            limits.take(bucket, 0, TRIES_WINDOW_S, now)  # says by itself how long


def count_wrong(address: str, now: datetime) -> None:
    """One more try that named nobody of ours."""
    for bucket in (f"ours-agent:{address}", "ours-agent"):
        limits.count(bucket, TRIES_WINDOW_S, now)


def _agent(agent_no: str, address: str, now: datetime) -> Answer:
    refuse_guessing(address, now)
    if agent_with_number(agent_no):
        more = gettext("Anybody can name a number, though. Ask for the code word: only we and your page know it.")
        return Answer("amber", gettext("An agent with this number works for us."), more)
    count_wrong(address, now)
    more = gettext("Perhaps you misheard it. If somebody calls you under this number, hang up and call us.")
    return Answer("red", gettext("No agent of ours has this number."), more)


def _is_published(asked: str) -> bool:
    """Whether it is one of our numbers, addresses or pages, however it is written."""
    told, ours = asked.casefold(), urlsplit(settings.PUBLIC_URL)
    mail = settings.DEFAULT_FROM_EMAIL.rsplit("<", 1)[-1].rstrip(">").casefold()
    if told == mail or _host(told) == (ours.hostname, ours.port):
        return True
    if any(told == line.number.casefold() for line in lines()):  # what a display shows where we have no number
        return True
    return any(told in _spelled(one) or is_same_number(told, one.shown) for one in numbers(public=False))


def _spelled(one: Number) -> set[str]:
    return {one.shown.casefold(), one.sip.casefold()} - {""}


def _host(told: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(told if "://" in told else f"//{told}")
        return parts.hostname, parts.port
    except ValueError:
        return None, None


def is_same_number(told: str, shown: str) -> bool:
    """Whether two ways of writing name one telephone number; the country code of China may be left out."""
    one, other = _digits(told), _digits(shown)
    return bool(one) and one == other


def _digits(text: str) -> str:
    plain = normalise(text).replace("(", "").replace(")", "").removeprefix("+").removeprefix("0086")
    if not plain.isdecimal():
        return ""
    return plain.removeprefix("86") if len(plain) > 10 else plain
