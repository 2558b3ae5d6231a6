"""Everything that goes wrong, as RFC 9457 problem details in the reader's language."""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huiyin.lib.errors import Refusal, Rejected, Unavailable
from huiyin.web.ui import words_api
from huiyin.web.ui.refusals import TOO_OFTEN

log = logging.getLogger(__name__)
KIND = "application/problem+json"
RETRY_S = 5  # after a restart of the database we are back within seconds
SHOP_RETRY_S = 60  # how often we ask a silent shop ourselves
# Refusals that are about what was sent; the others are about how things stand, a conflict (409).
WRONG_INPUT = ("calendar_", "amount_", "time_", "pause_", "holidays_", "link_", "cursor_", "hook_event", "hook_url")
WRONG_INPUT_TOO = frozenset(
    {
        "too_many_pauses",
        "deadline_too_far",
        "idempotency_key_reused",
        "nothing_written",
        "too_long",
        "text_unreadable",
        "not_complete",
        "say_what_you_offer",
        "file_empty",
        "file_type",
        "picture_too_large",
        "presence_unknown",
        "reason_unknown",
        "device_invalid",
        "capacity_out_of_range",
        "mode_unknown",
        "client_id_too_long",
        "rating_out_of_range",
        "queue_unknown",
        "line_unknown",
        "say_why",
        "no_file_here",
        "verb_unknown",
        "secret_unknown",
        "keys_invalid",
        "visitor_unknown",
    }
)
NOT_FOR_YOU = frozenset({"not_yours", "only_leads", "kept_out"})
STATE_AFTER_ALL = frozenset({"pause_already_held"})


class FieldError(Schema):
    """What is wrong with one field; `field` is its path, as `contact.email`."""

    field: str
    code: str
    detail: str


class ProblemOut(Schema):
    """RFC 9457 problem details. `code` is stable; `title` and `detail` are in the reader's language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    errors: list[FieldError] = []


PROBLEMS: dict[int, type[Schema]] = dict.fromkeys((400, 401, 403, 404, 409, 412, 413, 422, 429, 500, 503), ProblemOut)


class Problem(Exception):
    """A problem that no rule of the domain states: about keys, bodies, addresses. `more` goes into the answer."""

    def __init__(self, status: int, code: str, *, more: dict[str, Any] | None = None, **params: object) -> None:
        super().__init__(status, code, params)
        self.status = status
        self.code = code
        self.more = more or {}
        self.params = params


def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """The answer itself."""
    body = {
        "type": f"urn:huiyin:problem:{code}", "title": words_api.title(status, code), "status": status,
        "detail": detail, "code": code, "instance": request.path[:200],
    }  # fmt: skip
    return HttpResponse(json.dumps(body | more, ensure_ascii=False), content_type=KIND, status=status)


def status_of(refusal: Refusal) -> int:
    """409 where the state of things forbids it, 422 where the request is wrong in itself."""
    code = refusal.code
    if code in STATE_AFTER_ALL:
        return 409
    if code in TOO_OFTEN:
        return 429
    if code in NOT_FOR_YOU:
        return 403
    if code.startswith("signature_"):
        return 401
    if code == "file_too_large":
        return 413
    if code.startswith("identity_"):
        return 403
    return 422 if code.startswith(WRONG_INPUT) or code in WRONG_INPUT_TOO else 409


def _refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    lacks = {"missing": no.params["missing"]} if no.code == "wrap_up_incomplete" else {}
    answer = problem(request, status_of(no), no.code, words_api.refusal(no), **lacks)
    if answer.status_code == 429:
        answer["Retry-After"] = str(no.params.get("seconds", SHOP_RETRY_S))
    return answer


def _stated(request: HttpRequest, fault: Problem) -> HttpResponse:
    answer = problem(
        request, fault.status, fault.code, words_api.refusal(Refusal(fault.code, **fault.params)), **fault.more
    )
    if fault.status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _silent_shop(request: HttpRequest, fault: Unavailable) -> HttpResponse:
    answer = problem(request, 503, "shop_silent", words_api.text("shop_silent"))
    answer["Retry-After"] = str(SHOP_RETRY_S)
    return answer


def _shop_says_no(request: HttpRequest, fault: Rejected) -> HttpResponse:
    return problem(request, 409, "shop_says_no", words_api.text("shop_says_no"), reason=fault.code[:60])


def _absent(request: HttpRequest, fault: Exception) -> HttpResponse:
    return problem(request, 404, "not_found", words_api.text("not_found"))


def _invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    errors = [words_api.field_error(error) for error in fault.errors[:50]]
    detail = words_api.text("invalid_question" if request.method == "GET" else "invalid")
    return problem(request, 422, "invalid", detail, errors=errors)


def _unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """django-ninja wraps whatever reading the body raised."""
    cause = fault.__cause__
    if isinstance(cause, Problem):
        return _stated(request, cause)
    if isinstance(cause, RequestDataTooBig):
        return _too_large(request, cause)
    return problem(request, fault.status_code, "body_unreadable", words_api.text("body_unreadable"))


def _no_key(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    return _stated(request, Problem(401, "key_missing"))


def _too_large(request: HttpRequest, fault: RequestDataTooBig) -> HttpResponse:
    return problem(request, 413, "body_too_large", words_api.text("body_too_large"))


def _cut_off(request: HttpRequest, fault: UnreadablePostError) -> HttpResponse:
    return problem(request, 400, "body_unreadable", words_api.text("body_unreadable"))


def _too_many_parts(request: HttpRequest, fault: SuspiciousOperation) -> HttpResponse:
    """More files or fields in one form than anybody needs."""
    if isinstance(fault, TooManyFilesSent):
        return _stated(request, Problem(413, "files_too_many", limit=settings.DATA_UPLOAD_MAX_NUMBER_FILES))
    return problem(request, 413, "body_too_large", words_api.text("body_too_large"))


def _database_away(request: HttpRequest, fault: Exception) -> HttpResponse:
    log.warning("the database is away: %s", str(fault)[:200])
    answer = problem(request, 503, "busy", words_api.text("busy"))
    answer["Retry-After"] = str(RETRY_S)
    return answer


def _bug(request: HttpRequest, fault: Exception) -> HttpResponse:
    log.exception("a bug in the API: %s %s", request.method, request.path, exc_info=fault)
    return problem(request, 500, "our_mistake", words_api.text("our_mistake"))


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Refusal: _refused,
    Problem: _stated,
    Unavailable: _silent_shop,
    Rejected: _shop_says_no,
    Http404: _absent,
    ObjectDoesNotExist: _absent,
    ValidationError: _invalid,
    AuthenticationError: _no_key,
    HttpError: _unreadable,
    RequestDataTooBig: _too_large,
    UnreadablePostError: _cut_off,
    MultiPartParserError: _cut_off,
    SuspiciousOperation: _too_many_parts,
    OperationalError: _database_away,
    InterfaceError: _database_away,
    Exception: _bug,
}


def register(api: NinjaAPI) -> None:
    """Let every exception of a view end in a problem."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)


def not_found(request: HttpRequest) -> HttpResponse:
    """Any other address below the API."""
    return problem(request, 404, "no_such_address", words_api.text("no_such_address"))


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """The address is right, the method is not."""
    detail = words_api.refusal(Refusal("wrong_method", allowed=allowed))
    answer = problem(request, 405, "wrong_method", detail)
    answer["Allow"] = allowed
    return answer
