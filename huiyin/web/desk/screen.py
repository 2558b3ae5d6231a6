"""Putting a screen of the desk together: the frame, the three columns, and what stays live in them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiyin.domain.cases.models import Case
from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.domain.orders.queries import breaker_is_open
from huiyin.lib import clock
from huiyin.web.desk.call_bar import bar
from huiyin.web.desk.gate import me
from huiyin.web.desk.here import here
from huiyin.web.desk.lines import waiting
from huiyin.web.desk.picture import Refused, picture
from huiyin.web.live import sign_topics
from huiyin.web.ui.words_desk import TIERS, word
from huiyin.web.ui.words_desk_live import keys


def frame(request: HttpRequest, *topics: str, room: str = "todo") -> dict[str, Any]:
    """What every screen of the desk needs: who is here and doing what, what the screen may watch, in which `room` of
    the rail it is, whether the breaker is open."""
    person = me(request)
    return bar(request, clock.now()) | {
        "person": person,
        "here": here(request, clock.now()),
        "keys": keys(),
        "room": room,
        "tier": word(TIERS, person.tier),
        "leads": person.tier in LEADS,
        "is_stopped": breaker_is_open(),
        "topics": sign_topics(["desk", f"agent:{person.agent_no}", *topics], person.by),
    }


def show(request: HttpRequest, case: Case, now: datetime, refused: Refused | None = None) -> HttpResponse:
    """One matter: the whole screen, or only what a live update fetches again (`?part=list` or `?part=matter`)."""
    part = request.GET.get("part", "")
    if part == "list":
        return render(request, "desk/parts/list.html", waiting(request, now, case.matter.no))
    note_access(case.matter_id, "case", Look.VIEWED, by=me(request).by, now=now)
    seen = picture(request, case, now, refused) | {"leads": me(request).tier in LEADS}
    if part == "matter":
        return render(request, "desk/parts/matter.html", seen)
    everything = frame(request, f"matter:{case.matter.no}") | waiting(request, now, case.matter.no) | seen
    everything["at"] = "person" if request.GET.get("at") == "person" else "matter"
    return render(request, "desk/desk.html", everything, status=409 if refused else 200)
