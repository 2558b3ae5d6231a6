"""The case an address names, and its version."""

import re

from django.http import Http404, HttpRequest, HttpResponse

from huiyin.domain.cases.lookups import find_bare, find_case
from huiyin.domain.cases.models import Case
from huiyin.web.api.problems import Problem

_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def case_of(typed: str) -> Case:
    """The case with this number, with everything its page shows. Raises Http404."""
    case = find_case(typed[:40])
    if case is None:
        raise Http404
    return case


def bare_case(typed: str) -> Case:
    """The case alone, to do something with it. Raises Http404."""
    case = find_bare(typed[:40])
    if case is None:
        raise Http404
    return case


def with_version(response: HttpResponse, case: Case) -> None:
    """The version as a tag that `If-Match` takes."""
    response["ETag"] = f'"{case.matter.head_seq}"'


def expected(request: HttpRequest) -> int | None:
    """The version that `If-Match` names, None without one. Raises Problem 422 for what is no version of ours."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    known = _VERSION.fullmatch(given)
    if known is None:
        raise Problem(422, "version_invalid")
    return int(known[1])
