"""Conversations: the chat of the shop's pages, and whoever works here, talk through these addresses.

A visitor needs no key: the opening hands out a token for this one conversation. What is said is kept as text and never
executed; all times are the server's, so that no clock of a browser matters.
"""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions, queries
from huiyin.domain.conversations.evasions import found_in
from huiyin.domain.conversations.models import Message
from huiyin.domain.conversations.seeing import not_about
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.lib.clock import now
from huiyin.lib.limits import actions as limits
from huiyin.web.api import conversation_out as out
from huiyin.web.api.conversation_in import ConversationIn, MessageIn, RatingIn, ReadIn, UrgentIn
from huiyin.web.api.problems import PROBLEMS
from huiyin.web.api.talkers import Talker, bearer, staff_or_program, talker_in

router = Router(tags=["conversations"])  # who may do what, each address decides: see talkers.py
OPENINGS, PER_ADDRESS, WINDOW_S = 6, 120, 600  # of one visitor, and of one address, in ten minutes
TYPING, MINUTE = 30, 60


class SaidOut(out.MessageOut):
    """`hints`: what a reply of ours lacks (AI6). Codes; it was sent nevertheless."""

    hints: list[str] = []


class Done(Schema):
    id: str
    state: str
    last_seq: int


@router.post("", response={201: out.StartedOut, **PROBLEMS})
def start(request: HttpRequest, body: ConversationIn) -> Status[dict[str, Any]]:
    """Begin to talk. Where nobody can come now, the words become a case and `left` says its number and secret."""
    key, at = _key(request), now()
    opening = body.opening(request, key, at)
    if key is None and not queries.is_begun(body.visitor, body.client_id):
        _limit_openings(request, body)
    begun = actions.start(opening, by=key.by if key else "buyer", now=at)
    if opening.case is not None and begun.conversation.case_id == opening.case.pk:
        cases.join_conversation(begun.conversation, Case.objects.get(matter=opening.case), by="buyer", now=at)
    is_refused = bool(opening.urgent_reason) and not begun.conversation.urgent
    return Status(201, out.started(begun, at) | {"urgent_refused": is_refused})


@router.get("", response={200: out.LinesOut, **PROBLEMS})
def list_conversations(request: HttpRequest) -> dict[str, Any]:
    """One's own open conversations; for those who lead and for programs, all that are open."""
    who = staff_or_program(request)
    rows = queries.all_open() if isinstance(who, ApiKey) or who.leads else queries.inbox_of(who)
    if isinstance(who, Person):
        open_to = set(not_about(who).filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True))
        rows = [one for one in rows if one.pk in open_to]
    return {"conversations": [out.line(one) for one in rows]}


@router.get("/{no}", response={200: out.ConversationOut, **PROBLEMS})
def read(request: HttpRequest, no: str) -> dict[str, Any]:
    """How it stands: place in the queue, agent, promises."""
    return out.whole(talker_in(request, no).conversation, now())


@router.get("/{no}/messages", response={200: out.MessagesOut, **PROBLEMS})
def list_messages(request: HttpRequest, no: str, after: int = 0) -> dict[str, Any]:
    """What was said after a place, in order, at most 200 at a time."""
    talker = talker_in(request, no)
    place = min(max(after, 0), 2**31 - 1)
    rows = queries.messages_after(talker.conversation, place, for_staff=talker.sees_notes)
    return {"messages": [out.message(row) for row in rows], "last_seq": talker.conversation.last_seq}


@router.post("/{no}/messages", response={201: SaidOut, **PROBLEMS})
def say(request: HttpRequest, no: str, body: MessageIn) -> Status[dict[str, Any]]:
    """Say something. The same `client_id` again is the same message again, also after the end or in a flood."""
    talker = talker_in(request, no)
    internal = body.internal and talker.person is not None
    said = actions.say(
        talker.conversation, body.text, by=talker.by, now=now(), client_id=body.client_id, internal=internal
    )  # fmt: skip
    return Status(201, out.message(said) | {"hints": _hints(said, talker)})


@router.post("/{no}/typing", response={204: None, **PROBLEMS})
def typing(request: HttpRequest, no: str) -> Status[None]:
    """Tell the other side that something is being typed; once in three seconds is enough."""
    talker = talker_in(request, no)
    if limits.count(f"typing:{talker.conversation.pk}:{talker.by}", MINUTE, now()) <= TYPING:
        actions.typing(talker.conversation, by=talker.by)
    return Status(204, None)


@router.post("/{no}/read", response={204: None, **PROBLEMS})
def read_up_to(request: HttpRequest, no: str, body: ReadIn) -> Status[None]:
    """This side has seen everything up to `seq`."""
    talker = talker_in(request, no)
    if not talker.is_program:
        actions.read_up_to(talker.conversation, body.seq, by=talker.by, now=now())
    return Status(204, None)


@router.post("/{no}/urgent", response={200: out.ConversationOut, **PROBLEMS})
def mark_urgent(request: HttpRequest, no: str, body: UrgentIn) -> dict[str, Any]:
    """Skip ahead to somebody senior, with a reason. 429 for whoever marks everything."""
    talker = talker_in(request, no)
    address = request.META.get("REMOTE_ADDR", "")
    actions.mark_urgent(talker.conversation, body.reason, by=talker.by, now=now(), address=address)
    return _fresh(talker)


@router.post("/{no}/leave", response={200: out.StartedOut, **PROBLEMS})
def leave_message(request: HttpRequest, no: str) -> dict[str, Any]:
    """Wait no longer: what was said becomes a case with number, secret and promises."""
    talker = talker_in(request, no)
    actions.leave_message(talker.conversation, by=talker.by, now=now())
    found = queries.find_by_no(talker.conversation.matter.no)
    assert found is not None
    return out.started(actions.Started(found, bearer(request), "left_message"), now())


@router.post("/{no}/rating", response={200: out.ConversationOut, **PROBLEMS})
def rate(request: HttpRequest, no: str, body: RatingIn) -> dict[str, Any]:
    """How it was, 1 to 5, with words if you like. Said again it replaces what was said."""
    talker = talker_in(request, no)
    actions.rate(talker.conversation, body.rating, body.words, by=talker.by, now=now())
    return _fresh(talker)


def _fresh(talker: Talker) -> dict[str, Any]:
    found = queries.find_by_no(talker.conversation.matter.no)
    assert found is not None
    return out.whole(found, now())


def _hints(said: Message, talker: Talker) -> list[str]:
    if talker.person is None or said.internal:
        return []
    return [one.value for one in found_in(said.text, has_case=talker.conversation.case_id is not None)]


def _key(request: HttpRequest) -> ApiKey | None:
    """A program of the platform may speak for a buyer; everybody else needs no key."""
    if not bearer(request).startswith("hy_"):
        return None
    who = staff_or_program(request)
    return who if isinstance(who, ApiKey) else None


def _limit_openings(request: HttpRequest, body: ConversationIn) -> None:
    """Raises Refusal `too_often`: one visitor, by whatever they are known, and one address."""
    address = request.META.get("REMOTE_ADDR", "")
    known = sorted((body.contact.identities() if body.contact else {}).values())
    visitor = body.visitor or (known[0] if known else "") or address
    limits.take(f"talk:{visitor}", OPENINGS, WINDOW_S, now())
    limits.take(f"talks:{address}", PER_ADDRESS, WINDOW_S, now())
