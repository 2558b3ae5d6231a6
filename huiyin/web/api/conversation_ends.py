"""What ends a conversation or takes it elsewhere: the buyer goes, staff wrap it up, hand it over, make it a case."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Router, Schema

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import FromTalk
from huiyin.domain.cases.lookups import find_bare
from huiyin.domain.cases.queries import visible_to
from huiyin.domain.conversations import actions
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions.presence import UNNAMED
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.web.api import conversation_out as out
from huiyin.web.api.body import read_into
from huiyin.web.api.conversation_in import CallBackIn, CaseIn, EndIn, ToWhom
from huiyin.web.api.conversations import _fresh
from huiyin.web.api.problems import PROBLEMS, Problem
from huiyin.web.api.talkers import Talker, talker_in
from huiyin.web.ui.hotline import hotline_now

router = Router(tags=["conversations"])
CALL_BACKS, A_DAY_S = 20, 86_400  # of one address: nobody has us call a whole town


_END = {"requestBody": {"content": {"application/json": {"schema": EndIn.model_json_schema()}}}}


class CaseOut(Schema):
    id: str
    case_no: str
    joined: bool


@router.post("/{no}/end", response={200: out.ConversationOut, **PROBLEMS}, openapi_extra=_END)
def end(request: HttpRequest, no: str) -> dict[str, Any]:
    """The buyer has what they wanted (no body needed); or staff wrap it up, with the number, the next step and by when
    (HL12). 409 `wrap_up_incomplete` names what is `missing`."""
    talker = talker_in(request, no)
    body = read_into(request, EndIn)
    if talker.person is None:
        actions.buyer_ends(talker.conversation, by=talker.by, now=now())
        return _fresh(talker)
    next_by = body.next_by
    if next_by is not None and next_by.tzinfo is None:
        next_by = next_by.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    wrap_up = WrapUp(body.disposition, body.next_step, next_by, body.number_spoken)
    cases.wrap_up(talker.conversation, wrap_up, by=talker.by, now=now(), as_case=body.as_case)
    return _fresh(talker)


@router.post("/{no}/call-back", response={200: out.ConversationOut, **PROBLEMS})
def call_back(request: HttpRequest, no: str, body: CallBackIn) -> dict[str, Any]:
    """HL5: be called instead of waiting, from the same place. 409 `hotline_off`, `callback_known` where this number is
    called back already; 422 for a number we do not call."""
    talker = talker_in(request, no)
    if not hotline_now().is_on:
        raise Refusal("hotline_off")
    limits.take(f"callbacks:{request.META.get('REMOTE_ADDR', '')}", CALL_BACKS, A_DAY_S, now())
    voice.book_callback_for(talker.conversation, body.phone, by=talker.by, now=now())
    return _fresh(talker)


@router.post("/{no}/hand-over", response={200: out.ConversationOut, **PROBLEMS})
def hand_over(request: HttpRequest, no: str, body: ToWhom) -> dict[str, Any]:
    """Pass it on to `queue:vip`, `agent:1024` or `supervisor`, with a summary for whoever comes next."""
    talker = _staff(request, no)
    actions.hand_over(talker.conversation, body.to, body.summary, by=talker.by, now=now())
    return _fresh(talker)


@router.post("/{no}/take-over", response={200: out.ConversationOut, **PROBLEMS})
def take_over(request: HttpRequest, no: str) -> dict[str, Any]:
    """Somebody who leads takes it into their own hands; whoever was not here is busy until it is out of them again."""
    talker, at = _staff(request, no), now()
    actions.take_over(talker.conversation, _person(talker), now=at)
    routing.step_in(_person(talker), UNNAMED, now=at)
    return _fresh(talker)


@router.post("/{no}/case", response={200: CaseOut, **PROBLEMS})
def make_case(request: HttpRequest, no: str, body: CaseIn) -> dict[str, Any]:
    """It becomes a case with its own number, or joins the case of `case_no`; the transcript becomes evidence."""
    talker, at = _staff(request, no), now()
    if body.case_no:
        case = find_bare(body.case_no)
        if case is None or not visible_to(_person(talker)).filter(pk=case.pk).exists():
            raise Http404
        cases.join_conversation(talker.conversation, case, by=talker.by, now=at)
    else:
        filing = FromTalk(body.what_happened, body.demand, body.category)
        case = cases.from_conversation(talker.conversation, filing, by=talker.by, now=at)
    return {"id": talker.conversation.matter.no, "case_no": case.matter.no, "joined": bool(body.case_no)}


def _person(talker: Talker) -> Person:
    assert talker.person is not None
    return talker.person


def _staff(request: HttpRequest, no: str) -> Talker:
    talker = talker_in(request, no)
    if talker.person is None:
        raise Problem(403, "staff_only")
    return talker
