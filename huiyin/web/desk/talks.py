"""All conversations that are open: whoever leads reads along from here, whispers and takes over."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from huiyin.domain.conversations.models import OPEN
from huiyin.domain.conversations.seeing import not_about
from huiyin.domain.routing.models import Queue
from huiyin.domain.staff.models import Person
from huiyin.lib.clock import now
from huiyin.web.desk.gate import by_staff, me
from huiyin.web.desk.offer_cards import Chip
from huiyin.web.desk.screen import frame
from huiyin.web.desk.talking import LAST_WORDS, PATIENCE_S, dressed, name_of, ring_of_owed, urgent_text
from huiyin.web.ui.words_desk import CHANNELS, MEMBERS, word
from huiyin.web.ui.words_desk_live import TALK_STATES, queue_name, span

MOST = 100


@require_GET
@by_staff
def talks(request: HttpRequest) -> HttpResponse:
    """Everything open now, who waits longest first."""
    at, person = now(), me(request)
    known = dressed(not_about(person).filter(state__in=OPEN))
    rows = list(known.order_by(F("buyer_waits_since").asc(nulls_last=True), "last_at")[: MOST + 1])
    queues = {one.slug: queue_name(one.title, one.title_en) for one in Queue.objects.all()}
    shown = {
        "rows": [_row(row, person, queues, at) for row in rows[:MOST]],
        "left_off": known.count() - MOST if len(rows) > MOST else 0,
        "leads": person.leads,
    }
    if request.GET.get("part"):
        return render(request, "desk/parts/talks.html", shown)
    return render(request, "desk/talks.html", frame(request, "talks", "queue", room="talks") | shown)


def _row(row: Any, person: Person, queues: dict[str, str], at: datetime) -> dict[str, Any]:
    is_written = row.channel != "phone"  # whoever talks waits for no word
    waited = (at - row.buyer_waits_since).total_seconds() if row.buyer_waits_since and is_written else 0
    since = (at - (row.answered_at or row.started_at)).total_seconds()
    may_open = person.leads or row.agent_id == person.pk  # the words are for whoever may read along, on record
    return {
        "no": row.matter.no, "who": name_of(row), "queue": queues.get(row.queue, row.queue), "chips": _chips(row),
        "state": word(TALK_STATES, row.state), "since": gettext("for %(time)s") % {"time": span(since)},
        "agent": row.agent.agent_no if row.agent else "", "is_mine": row.agent_id == person.pk,
        "last": (row.last_text or "")[:LAST_WORDS] if may_open else "",
        "waits": gettext("waits %(time)s") % {"time": span(waited)} if waited > PATIENCE_S else "",
        "ring": ring_of_owed(row.owed, at),
        "may_open": may_open,
    }  # fmt: skip


def _chips(row: Any) -> list[Chip]:
    chips = [Chip(word(CHANNELS, "phone"))] if row.channel == "phone" else []
    if row.urgent:
        chips.append(Chip(urgent_text(row), "red"))
    if row.buyer and row.buyer.tier != "ordinary":
        chips.append(Chip(word(MEMBERS, row.buyer.tier), "grey"))
    return chips
