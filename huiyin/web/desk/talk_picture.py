"""Everything the page of a conversation shows, read once and put into words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.conversations.lines import number
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.talk import State, Verb, why_not
from huiyin.domain.conversations.wrap_up import leaves_something
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import RUNS
from huiyin.domain.routing.actions.waiting import URGENT_REASONS
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import live_leases, people_for
from huiyin.domain.routing.shipped import SUPERVISOR
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.passes.actions.links import mobile_of
from huiyin.lib.errors import Refusal
from huiyin.web.desk import said
from huiyin.web.desk.call_cards import call_of
from huiyin.web.desk.gate import me
from huiyin.web.desk.lines import ring_of
from huiyin.web.desk.named_orders import numbers_in
from huiyin.web.desk.naming import naming
from huiyin.web.desk.offer_cards import Chip
from huiyin.web.desk.picture import Owed, Refused
from huiyin.web.desk.sound_cards import sounds_of
from huiyin.web.desk.talk_person import who
from huiyin.web.desk.talking import name_of, urgent_text
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_desk import CHANNELS, MEMBERS, PROMISES, TIERS, refusal_at_desk, word
from huiyin.web.ui.words_desk_live import DISPOSITIONS, OUTSIDE, TALK_STATES, URGENTS, queue_name
from huiyin.web.ui.words_promises import promise_if_missed

SHORT = 14  # letters of a promise that fit into the head
MOST_OWED = 6


@dataclass(frozen=True, slots=True)
class Talk:
    """The head of the page. `mark` changes with everything that the head, the foot and the person depend on."""

    title: str
    channel: str
    started: datetime
    queue: str
    owed: str
    ring: Ring | None
    chips: list[Chip]
    is_mine: bool
    is_wrap_up: bool
    whose: str
    writes: bool
    answers: bool
    is_spoken: bool  # what is promised here is written down as a note
    why_silent: str
    case_no: str
    mark: str


def picture(request: HttpRequest, row: Conversation, now: datetime, refused: Refused | None = None) -> dict[str, Any]:
    """The values of the template for one conversation, or for the part of it that is asked for (`?part=`)."""
    person, part, owed = me(request), request.GET.get("part", ""), owed_on(row)
    typed = refused.typed if refused else {}
    seen: dict[str, Any] = {
        "no": row.matter.no, "talk": _talk(row, person, owed, now), "refused": refused,
        "typed": {name: values[-1] for name, values in typed.items() if values},
    }  # fmt: skip
    if part != "foot":
        seen["who"] = who(row)
        seen["phoned"] = call_of(row, now)
        seen["naming"] = naming(row.buyer, person)
        seen |= {"sounds": sounds_of(row.matter_id), "leads": person.tier in LEADS}
        seen["can_send_link"] = row.channel == "phone" and bool(mobile_of(row))
        seen["owed"] = [_shown(one, now) for one in owed]
    if part in {"", "head"}:
        seen |= {"can": _can(row, person), "wrap": _wrap(row, owed, typed)} | _choices(row, person, now)
    if not part:
        before = request.GET.get("before", "")
        seen["said"] = said.newest(row, now, int(before) if before.isdigit() and len(before) < 9 else 0)
    return seen


def mark_of(row: Conversation, owed: list[Promise]) -> str:
    """What changes when the head or the person must be fetched again; its first word, when somebody else writes."""
    writer = f"{row.state}.{row.agent_id}"
    clocks, named = [f"{one.pk}{one.state}" for one in owed], crc32(" ".join(numbers_in(row)).encode())
    parts = (row.case_id, row.urgent, row.elderly, row.buyer_id, row.queue, named, *clocks)
    return f"{writer} {'.'.join(str(part) for part in parts)}"


def is_mine(row: Conversation, person: Person) -> bool:
    """Whether this person talks with the buyer."""
    return row.agent_id == person.pk and row.state in {State.TALKING, State.WRAP_UP}


def _talk(row: Conversation, person: Person, owed: list[Promise], now: datetime) -> Talk:
    mine, is_over = is_mine(row, person), row.state == State.ENDED
    agent_no = row.agent.agent_no if row.agent else ""
    first = _next_owed(owed)
    queue = Queue.objects.filter(slug=row.queue).first()
    return Talk(
        title=name_of(row), channel=word({**CHANNELS, **OUTSIDE}, row.channel), started=row.started_at,
        queue=queue_name(queue.title, queue.title_en) if queue else "", is_mine=mine,
        case_no=row.case.no if row.case else "", answers=mine and row.channel != "phone",
        is_spoken=mine and row.channel == "phone",
        writes=not is_over and (mine or person.leads),
        owed=f"{deadline(first.due, now)} · {_what(first)[:SHORT]}" if first else "",
        ring=ring_of(first, now) if first else None, chips=_chips(row), is_wrap_up=row.state == State.WRAP_UP and mine,
        whose="" if is_over else _whose(row, person, agent_no),
        why_silent=_why_silent(row), mark=mark_of(row, owed),
    )  # fmt: skip


def _whose(row: Conversation, person: Person, agent_no: str) -> str:
    if row.state == State.QUEUED:
        return gettext("Nobody has taken it yet. It is offered to whoever is free.")
    if person.leads:
        said_of = gettext("Agent %(agent_no)s talks. You read along, which is recorded; the buyer does not see you.")
        return said_of % {"agent_no": agent_no}
    return gettext("Agent %(agent_no)s talks with this buyer now.") % {"agent_no": agent_no}


def _why_silent(row: Conversation) -> str:
    if row.state == State.ENDED:
        return gettext("This conversation has ended. The buyer can begin a new one.")
    return gettext("Only whoever talks with the buyer writes here.")


def _chips(row: Conversation) -> list[Chip]:
    chips = []
    if row.urgent:
        chips.append(Chip(urgent_text(row), "red"))
    if row.elderly:
        chips.append(Chip(gettext("Elderly: take your time"), "amber"))
    if row.buyer and row.buyer.tier != "ordinary":
        chips.append(Chip(word(MEMBERS, row.buyer.tier), "grey"))
    if row.rating:
        stars = gettext("Rated %(stars)s of 5") % {"stars": row.rating}
        chips.append(Chip(stars, "green" if row.rating > 3 else "amber"))
    tone = {"talking": "green", "wrap_up": "amber", "queued": "amber"}.get(row.state, "grey")
    return [*chips, Chip(word(TALK_STATES, row.state), tone)]


def _can(row: Conversation, person: Person) -> dict[str, dict[str, Any]]:
    """By verb whether it is possible, else why not; a verb that is missing is not this person's."""
    state, leads, mine = State(row.state), person.leads, is_mine(row, person)
    if not mine and not leads:
        return {}
    can = {"end": why_not(Verb.END, state), "hand_over": why_not(Verb.HAND_OVER, state), "case": None}
    shown = {verb: _said(no) for verb, no in can.items()}
    if leads and not mine:
        shown["take_over"] = _said(why_not(Verb.TAKE_OVER, state))
        del shown["end"]
    if not row.urgent and state in {State.QUEUED, State.TALKING}:
        shown["urgent"] = {"yes": state == State.QUEUED, "why": _why_not_urgent()}
    return shown


def _why_not_urgent() -> str:
    return gettext(
        "An agent is here already, so there is nobody to overtake. Hand it over if it needs somebody senior."
    )


def _said(no: Refusal | None) -> dict[str, Any]:
    return {"yes": no is None, "why": refusal_at_desk(no) if no else ""}


def owed_on(row: Conversation) -> list[Promise]:
    """What we owe this buyer here and on the matter it belongs to, by time: what runs, and what we missed unless the
    same was promised anew."""
    matters = [row.matter_id, *([row.case_id] if row.case_id else [])]
    ours = list(Promise.objects.filter(matter__in=matters, obligor="us").exclude(state="withdrawn").order_by("pk"))
    newest = {(one.matter_id, one.kind, one.about): one for one in ours}
    owed = [one for one in ours if one.state in RUNS or (one.state == "broken" and one in newest.values())]
    return sorted(owed, key=lambda one: (one.due, one.pk))[:MOST_OWED]


def _next_owed(owed: list[Promise]) -> Promise | None:
    """The one clock of the head: what we missed only while nothing runs."""
    return next((one for one in owed if one.state in RUNS), owed[0] if owed else None)


def _what(promise: Promise) -> str:
    return promise.words or word(PROMISES, promise.kind)


def _shown(promise: Promise, now: datetime) -> Owed:
    by, then = deadline(promise.due, now), promise_if_missed(promise)
    return Owed(ring_of(promise, now), _what(promise), by, then, promise.state)


def _as_case(row: Conversation, typed: dict[str, list[str]]) -> dict[str, Any]:
    """Whether it may become a case with the wrap-up, and does unless somebody says no."""
    wanted = "as_case" in typed if typed else row.channel == "phone"
    return {"may_be_case": row.case_id is None, "as_case": wanted}


def _wrap(row: Conversation, owed: list[Promise], typed: dict[str, list[str]]) -> dict[str, Any]:
    """The wrap-up as far as we know it already: what was promised is what comes next."""
    if typed:
        kept = {name: values[-1] for name, values in typed.items() if values}
        return kept | {"no": _number(row)} | _as_case(row, typed)
    runs = [one for one in owed if one.state in RUNS]
    promised = next((one for one in runs if one.words), runs[0] if runs and row.case_id else None)
    by = timezone.localtime(promised.due) if promised else None
    usual = "follow_up" if promised and row.channel == "phone" else ""  # what a chat was, its agent says
    return {
        "disposition": usual, "number": _is_number_told(row), "no": _number(row),
        "next_step": _what(promised) if promised else "", "next_by": f"{by:%Y-%m-%dT%H:%M}" if by else "",
    } | _as_case(row, typed)  # fmt: skip


def _number(row: Conversation) -> str:
    return row.case.no if row.case else row.matter.no


def _is_number_told(row: Conversation) -> bool:
    """Whether the buyer has read it: in this conversation, as we write it or as an agent may have typed it, or on the
    page that they saw when they ended it."""
    if row.channel == "chat" and row.ended_by == "buyer":
        return True
    ours = Message.objects.filter(matter=row.matter_id, internal=False).exclude(author="buyer")
    no = _number(row)
    return ours.filter(Q(text__contains=no) | Q(text__contains=number(no))).exists()


def over(row: Conversation, person: Person, now: datetime) -> dict[str, list[tuple[str, str]]]:
    """To whom this person can hand it over: queues, and who is here now."""
    queues = [(f"queue:{one.slug}", queue_name(one.title, one.title_en)) for one in Queue.objects.order_by("pk")]
    here = live_leases(now).values("person")
    others = Person.objects.filter(is_active=True, pk__in=here).exclude(pk__in=[person.pk, row.agent_id or 0])
    agents = [
        (f"agent:{one.agent_no}", f"{one.agent_no} · {word(TIERS, one.tier)}") for one in others.order_by("agent_no")
    ]
    return {"queues": queues, "agents": agents}


def _nobody_leads(person: Person, now: datetime) -> bool:
    """Whether no supervisor but this person would take it now."""
    queue = Queue.objects.filter(slug=SUPERVISOR).first()
    return queue is not None and not people_for(queue, now, [person.pk])


def _choices(row: Conversation, person: Person, now: datetime) -> dict[str, Any]:
    return {
        "over": over(row, person, now),
        "nobody_leads": _nobody_leads(person, now),
        "dispositions": [(code, word(DISPOSITIONS, code), leaves_something(code)) for code in DISPOSITIONS],
        "urgents": [(code, word(URGENTS, code)) for code in URGENT_REASONS],
    }
