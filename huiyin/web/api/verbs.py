"""One address a verb. What cannot be done says why and what can; what was decided on an old page is not done."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.errors import ValidationError
from pydantic import ValidationError as Invalid

from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.actions.steps import locked, refuse_stale
from huiyin.domain.cases.lifecycle import WHO, Party, Verb
from huiyin.domain.cases.lookups import dress, find_line
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.pins import open_with_pin
from huiyin.domain.cases.places import possible_for
from huiyin.domain.journal.actions import chapter
from huiyin.domain.staff.models import ApiKey
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api import complaint_out as out
from huiyin.web.api.answers import told
from huiyin.web.api.auth import Key, key_of
from huiyin.web.api.body import read_json
from huiyin.web.api.cases import bare_case, expected, with_version
from huiyin.web.api.deeds import DEEDS, Deed
from huiyin.web.api.problems import PROBLEMS, Problem, status_of
from huiyin.web.api.verb_bodies import VerbIn, schema_of
from huiyin.web.ui import words_api

SEVERAL = {"arrive", "fail"}  # more than one action
# Asked most often. They write the case through the object at hand, which says at their end what the row says: it need
# not be read again.
AT_HAND = {"assign", "resolve"}
router = Router(tags=["complaints"], auth=Key("complaints"))
_BODIES = {
    "requestBody": {"content": {"application/json": {"schema": schema_of({n: b for n, (b, _) in DEEDS.items()})}}}
}


class Because(Schema):
    """Why our clocks go on although we asked the buyer for something."""

    code: str
    says: str


class DoneOut(out.CaseBrief):
    running_because: Because | None = None


@router.post("/{case_no}/{verb}", response={200: DoneOut, **PROBLEMS}, exclude_unset=True, openapi_extra=_BODIES)
def do(request: HttpRequest, case_no: str, verb: str) -> HttpResponse:
    """Do something with a case. Accept, negotiate, refuse, withdraw and reopen are the buyer's word: they need the
    buyer's `secret` or `on_behalf: {reason}`. `If-Match` (412) or `version` (409) notice what others changed."""
    case, name = bare_case(case_no), verb.replace("-", "_")
    if name not in DEEDS:
        raise Problem(404, "verb_unknown", more={"possible": _possible(case)}, verb=verb[:40])
    body, matter_no = _read(request, DEEDS[name][0]), case.matter.no
    doer = _doer(key_of(request), case, name, body)
    no, held = _done(request, case, name, body, doer)
    fresh = held or find_line(matter_no)
    assert fresh is not None
    because = {"running_because": {"code": no.code, "says": words_api.refusal(no)}} if no else {}
    response = told(out.brief(fresh) | because)
    with_version(response, fresh)
    return response


def _read(request: HttpRequest, kind: type[VerbIn]) -> VerbIn:
    try:
        return kind.model_validate(read_json(request))
    except Invalid as fault:
        errors = [{**error, "loc": ("body", "body", *error["loc"])} for error in fault.errors(include_url=False)]
        raise ValidationError(errors) from fault


def _doer(key: ApiKey, case: Case, name: str, body: VerbIn) -> Doer:
    """The buyer with their PIN; a program that says why it speaks for the buyer; else, and for what only we do, the
    program itself."""
    if name in set(Verb) and Party.BUYER not in WHO[Verb(name)]:
        return Doer(key.by)
    if body.secret is not None:
        if open_with_pin(case.matter.no, body.secret, f"key:{key.pk}", now=now()) is None:
            raise Problem(403, "secret_wrong")
        return Doer("buyer")
    return Doer(key.by, behalf=body.on_behalf.reason.strip() if body.on_behalf else "")


def _done(
    request: HttpRequest, case: Case, name: str, body: VerbIn, doer: Doer
) -> tuple[Refusal | None, Case | None]:  # fmt: skip
    """Do it. Why our clocks go on, if they do; the case as it stands now, where we hold it."""
    if_match, at = expected(request), now()
    seen = if_match if if_match is not None else body.version
    try:
        if seen is None and name not in SEVERAL:
            return _alone(Deed(case, doer, at), name, body)
        with transaction.atomic():
            if seen is not None:
                refuse_stale(locked(case, at), seen)
            return DEEDS[name][1](Deed(case, doer, at), body), None
    except Refusal as no:
        raise _explained(no, case, is_if_match=if_match is not None) from no


def _alone(deed: Deed, name: str, body: VerbIn) -> tuple[Refusal | None, Case | None]:
    """In a transaction of its own."""
    if name not in AT_HAND:
        return DEEDS[name][1](deed, body), None
    with chapter():
        no = DEEDS[name][1](deed, body)
        dress(deed.case)
    return no, deed.case


def _explained(no: Refusal, case: Case, *, is_if_match: bool) -> Exception:
    """The refusal with what is possible, or with what changed."""
    if no.code == "changed_meanwhile":
        more = {"changes": no.params["changes"], "version": no.params["now"], "seen": no.params["seen"]}
        return Problem(412 if is_if_match else 409, no.code, more=more)
    if no.code == "behalf_missing":
        return Problem(403, no.code)
    if (status := status_of(no)) != 409:
        return no
    fresh = Case.objects.select_related("owner", "matter").get(pk=case.pk)
    more = {"state": fresh.state, "possible": _possible(fresh)}
    return Problem(status, no.code, more=more, **no.params)


def _possible(case: Case) -> list[str]:
    """What a program may do now, for itself or with the buyer's word."""
    able = {verb.value for party in (Party.PROGRAM, Party.BUYER)
            for verb, no in possible_for(case, party, now=now()) if no is None}  # fmt: skip
    return [verb for verb in DEEDS if verb in able]
