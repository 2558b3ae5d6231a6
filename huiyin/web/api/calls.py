"""Calls: which there are, what became of one, what is to be done to it, and the ticket with which a page may call."""

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from huiyin.domain.cases.callers import card_of, may_know
from huiyin.domain.conversations.seeing import is_kept_out
from huiyin.domain.journal.actions import note_access
from huiyin.domain.journal.events import Look
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.calls import State
from huiyin.domain.voice.commands import Asker, Verb, why_not
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.shipped import DEFAULT
from huiyin.domain.voice.transcripts.queries import ledger_of
from huiyin.lib import numbers
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api import call_out as out
from huiyin.web.api.fields import Input, Plain, iso
from huiyin.web.api.paging import PAGE, cursor, page, place_of
from huiyin.web.api.persons import Agent, me
from huiyin.web.api.problems import PROBLEMS, Problem
from huiyin.web.api.talkers import staff_or_program
from huiyin.web.ui.hotline import hotline_now

router = Router(tags=["calls"])  # who may do what, each address decides
Wanted = Literal[
    "", "live", "menu", "dialling", "waiting", "ringing", "talking", "held", "keying", "parked", "rating", "voicemail",
    "callback_booked", "changed", "ended",
]  # fmt: skip


class CommandIn(Input):
    """`verb`: hold, unhold, mute, unmute, keypad `{keys}`, secret `{what: payment | pin}`, transfer `{to, warm,
    summary}`, complete, cancel, hang_up; for those who lead listen, whisper, barge, take_over, stop."""

    verb: Annotated[Plain, Field(max_length=24)]
    keys: Annotated[Plain, Field(max_length=32)] = ""
    what: Annotated[Plain, Field(max_length=24)] = ""
    to: Annotated[Plain, Field(max_length=40)] = ""
    warm: bool = False
    summary: Annotated[Plain, Field(max_length=2000)] = ""


class TicketIn(Input):
    """`visitor`: the page's own name for this browser, 16 to 64 characters, always the same. `line`: a public one.
    `language`: English tags are answered in English, all others in Chinese."""

    visitor: Annotated[Plain, Field(min_length=16, max_length=64)]
    line: Annotated[Plain, Field(max_length=24)] = DEFAULT
    language: Annotated[Plain, Field(max_length=35)] = "zh-hans"


class TicketOut(Schema):
    """Sign in at `ws_uri` as `user` and call `number` before `expires_at`."""

    ws_uri: str
    user: str
    password: str
    number: str
    expires_at: str


@router.get("", response={200: out.CallsOut, **PROBLEMS})
def list_calls(request: HttpRequest, state: Wanted = "", after: str = "") -> dict[str, Any]:
    """Calls, newest first: of a `state`, `live` ones, or all. One's own and those that wait; for those who lead and for
    programs, all."""
    who = staff_or_program(request)
    rows, more = page(queries.calls_page(state, place_of(after), PAGE + 1, _open_to(who)))
    last = rows[-1] if more else None
    return {"calls": [out.line(one) for one in rows], "next": cursor((last.started_at, last.pk)) if last else None}


@router.post("/tickets", response={201: TicketOut, **PROBLEMS})
def ticket(request: HttpRequest, body: TicketIn) -> Status[dict[str, Any]]:
    """Let a browser call: no key, one call at a time, few in ten minutes. 409 `hotline_off` while nobody can call;
    422 `line_unknown` for a line that is not public."""
    line = hotline_now()
    if not line.is_on:
        raise Refusal("hotline_off")
    address = str(request.META.get("REMOTE_ADDR", ""))
    made = voice.ticket(body.visitor, address, line=body.line, language=body.language, now=now())
    given = {"user": made.login.user, "password": made.login.password, "number": made.ticket.line}
    return Status(201, given | {"ws_uri": line.ws, "expires_at": iso(made.ticket.expires_at)})


@router.get("/{no}", response={200: out.WholeOut, **PROBLEMS})
def read(request: HttpRequest, no: str) -> dict[str, Any]:
    """One call: how it stands or what became of it, its recordings and what was said in them, what was asked of it.
    Who reads what was said is in the access ledger."""
    who = staff_or_program(request)
    call = _call(who, no)
    card = card_of(call, who) if isinstance(who, Person) and may_know(call, who) else None
    told = out.whole(call, queries.place_of(call, now()), card)
    for one in told["recordings"]:
        if one["transcript"] and one["transcript"]["said"]:
            note_access(ledger_of(call), f"transcript:{one['id']}", Look.VIEWED, by=who.by, now=now())
    return told


@router.post("/{no}/commands", response={202: out.CommandOut, **PROBLEMS}, auth=Agent())
def command(request: HttpRequest, no: str, body: CommandIn) -> Status[dict[str, Any]]:
    """Have something done to it. The switchboard answers within a moment: read the call, or follow `talk:{id}`."""
    person = me(request)
    call = _call(person, no)
    if body.verb not in set(Verb):
        raise Problem(422, "verb_unknown", more={"possible": _possible(call, person)}, of="call", verb=body.verb)
    asked = voice.ask(call, body.verb, body.model_dump(exclude={"verb"}), person, now=now())
    return Status(202, out.command(asked))


def _possible(call: Call, person: Person) -> list[str]:
    """What this person can have done to it now."""
    who, state = Asker(call.agent_id == person.pk, person.leads), State(call.state)
    return [verb.value for verb in Verb if verb is not Verb.DIAL and why_not(verb, state, who) is None]


def _open_to(who: Person | ApiKey) -> Q:
    """Calls that somebody may see: as with conversations, and never those about oneself (CP21)."""
    if isinstance(who, ApiKey):
        return Q()
    about = Q(case__case__about_agents__contains=[who.agent_no]) | Q(
        talk__conversation__case__case__about_agents__contains=[who.agent_no]
    )
    theirs = Q() if who.leads else Q(agent=who) | Q(agent=None)
    return theirs & ~about


def _call(who: Person | ApiKey, no: str) -> Call:
    """Raises Http404 for one that is not there or not theirs."""
    call = queries.call_by_no(numbers.normalise(no[:40]), _open_to(who))
    talk = getattr(call.talk, "conversation", None) if call else None
    if call is None or (talk is not None and isinstance(who, Person) and is_kept_out(who, talk.pk)):
        raise Http404
    return call
