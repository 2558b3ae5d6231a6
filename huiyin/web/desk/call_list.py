"""Every call that is going on, as the list of calls shows it."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from huiyin.domain.conversations.seeing import not_about
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.calls import LIVE, WITH_PERSON, State
from huiyin.domain.voice.commands import Asker, Verb
from huiyin.domain.voice.models import Call, Command
from huiyin.web.desk.call_bar import Deed, deed, last_word
from huiyin.web.desk.call_cards import caller_name, line_name
from huiyin.web.desk.offer_cards import Chip
from huiyin.web.ui import words_calls
from huiyin.web.ui.words_desk import MEMBERS, word

MOST = 100
JOINS = (Verb.LISTEN, Verb.WHISPER, Verb.BARGE)


def rows(person: Person, at: datetime) -> dict[str, Any]:
    """The longest ones first; a call about this person is not here (CP21)."""
    seen = Q(talk__conversation__isnull=True) | Q(talk__conversation__in=not_about(person))
    live = Call.objects.filter(seen, state__in=LIVE).select_related(
        "matter", "talk", "talk__conversation", "buyer", "agent"
    )
    return {"rows": [_row(call, person) for call in live.order_by("started_at")[:MOST]], "now": at} | last_word(
        person, at
    )


def _row(call: Call, person: Person) -> dict[str, Any]:
    mine = call.agent_id == person.pk
    joined = joined_by(call, person)
    return {
        "no": call.matter.no, "talk": call.talk.no, "who": caller_name(call), "line": line_name(call.line),
        "state": word(words_calls.STATES, call.state), "tone": words_calls.TONES.get(call.state, "grey"),
        "agent": call.agent.agent_no if call.agent else "", "since": call.started_at, "chips": _chips(call),
        "may_open": (person.leads or mine) and hasattr(call.talk, "conversation"),
        "joined": word(words_calls.JOINED, joined) if joined else "",
        "deeds": _deeds(call, person, joined) if person.leads and not mine else [],
    }  # fmt: skip


def joined_by(call: Call, person: Person) -> str:
    """How this person takes part in somebody else's call: listen, whisper, barge; empty when not at all."""
    ended = Q(verb=Verb.STOP, answered_at__isnull=False)  # also where the switchboard says that they are not there
    asked = Command.objects.filter(Q(state="done", verb__in=JOINS) | ended, call=call, person=person)
    newest = asked.order_by("-pk").values_list("verb", flat=True).first() or ""
    return "" if newest == Verb.STOP else newest


def _deeds(call: Call, person: Person, joined: str) -> list[Deed]:
    """Always in the same places, so that a second press never means something else."""
    state, who = State(call.state), Asker(has_call=False, leads=person.leads)
    join = [deed(verb, state, who, is_on=verb == joined) for verb in JOINS]
    take = [deed(Verb.TAKE_OVER, state, who)] if state in WITH_PERSON else []
    return [*join, *take, *([deed(Verb.STOP, state, who)] if joined else [])]


def _chips(call: Call) -> list[Chip]:
    chips = [Chip(word(MEMBERS, call.tier), "grey")] if call.tier != "ordinary" else []
    return [*chips, *([Chip(word(words_calls.MARKS, "urgent"), "red")] if call.urgent else []),
            *([Chip(word(words_calls.MARKS, "elderly"), "amber")] if call.elderly else [])]  # fmt: skip
