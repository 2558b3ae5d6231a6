"""Putting the page of a conversation together: whole, or the part that a live update fetches again."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import me
from huiyin.web.desk.lines import waiting
from huiyin.web.desk.picture import Refused
from huiyin.web.desk.screen import frame
from huiyin.web.desk.talk_picture import is_mine, over, picture
from huiyin.web.ui.words_desk import refusal_at_desk

PARTS = {"head": "talk_head", "side": "talk_side", "foot": "talk_foot"}


def show_talk(
    request: HttpRequest, row: Conversation, now: datetime, verb: str = "", no: Refusal | None = None
) -> HttpResponse:  # fmt: skip
    """The conversation; after a refused deed with the reason and everything that was typed."""
    part = request.GET.get("part", "")
    if part == "list":
        return render(request, "desk/parts/list.html", waiting(request, now, row.matter.no, "desk:talk"))
    if part == "agents":
        shown = {"over": over(row, me(request), now), "chosen": request.GET.get("to", "")}
        return render(request, "desk/parts/talk_agents.html", shown)
    if not is_mine(row, me(request)):
        note_access(row.matter_id, "talk", Look.VIEWED, by=me(request).by, now=now)
    typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    seen = picture(request, row, now, Refused(verb, refusal_at_desk(no), typed) if no else None)
    if part in PARTS:
        return render(request, f"desk/parts/{PARTS[part]}.html", seen)
    number = row.matter.no
    topics = (f"talk:{number}", f"typing:{number}.buyer", f"matter:{number}")
    everything = frame(request, *topics) | waiting(request, now, number, "desk:talk") | seen
    everything["at"] = "person" if request.GET.get("at") == "person" else "matter"
    return render(request, "desk/talk.html", everything, status=409 if no else 200)
