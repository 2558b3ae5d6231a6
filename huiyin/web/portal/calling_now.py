"""“Are you calling me right now?” (HL1): agent number and code word together, or nothing is confirmed.

Whether somebody's telephone is in a call with us is nobody else's business, so no telephone number is asked for: who
really is called has heard the word, which only we and the page of their matter know.
"""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from huiyin.domain.voice.calls import LIVE
from huiyin.domain.voice.models import Call
from huiyin.lib.code_words import code_word, is_same
from huiyin.lib.errors import Refusal
from huiyin.lib.numbers import normalise
from huiyin.web.portal import visits
from huiyin.web.portal.ours import Answer, count_wrong, refuse_guessing
from huiyin.web.ui.words import refusal_text


@never_cache
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Whether this agent of ours is on the line with somebody and says this word."""
    now, address = timezone.now(), visits.address_of(request)
    agent_no = normalise(request.POST.get("agent", ""))[:8]
    word = request.POST.get("word", "").strip()[:40]
    try:
        refuse_guessing(address, now)
    except Refusal as refused:
        typed = {"says": refusal_text(refused), "agent": agent_no, "word": word}
        return render(request, "portal/ours.html", typed, status=429)
    call = call_of(agent_no, word, now)
    if call is None:
        count_wrong(address, now)
    context = {"asked": f"{agent_no} · {word}", "agent": agent_no, "word": word, "answer": _answer(call)}
    return render(request, "portal/ours.html", context)


def _answer(call: Call | None) -> Answer:
    if call is None:
        more = gettext("Hang up. If you are not sure, call our official number yourself.")
        return Answer("red", gettext("No call of ours has this agent and this word right now."), more)
    more = gettext("Even so we never ask for a password, a card key or a code from your bank.")
    return Answer("green", gettext("Yes, this is us: this agent is on the line right now."), more)


def call_of(agent_no: str, word: str, now: datetime) -> Call | None:
    """The call that is going on with this agent and this word."""
    if not agent_no or not word:
        return None
    live = Call.objects.filter(agent__agent_no=agent_no, state__in=LIVE).select_related("talk", "case")
    return next((call for call in live if any(is_same(one, word) for one in words_of(call, now))), None)


def words_of(call: Call, now: datetime) -> list[str]:
    """What the agent may say: the word of the call's matter or of the case it is about, of today and of when it
    began (a call may last over midnight)."""
    key, matters = settings.SECRET_KEY.encode(), {one.no for one in (call.talk, call.case) if one is not None}
    days = {timezone.localtime(at).date() for at in (now, call.started_at)}
    return [code_word(key, no, day) for no in matters for day in days]
