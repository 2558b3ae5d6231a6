"""Reading bodies: JSON in UTF-8 that a database can keep, or a problem that says what is wrong."""

import json
import math
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja.errors import ValidationError
from ninja.parser import Parser
from pydantic import BaseModel
from pydantic import ValidationError as Invalid

from huiyin.web.api.problems import Problem

B = TypeVar("B", bound=BaseModel)
DEEPEST = 40  # nothing we take nests deeper than eight


class StrictJson(Parser):
    """Refuses broken UTF-8, other encodings, NaN, deep nesting, and text with NUL or half a character."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        raw = request.body
        try:
            value = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as fault:
            raise Problem(400, "body_unreadable") from fault
        _refuse_what_cannot_be_kept(value)
        if not isinstance(value, dict):
            raise Problem(422, "body_no_object")
        return value


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body where none is needed: nothing at all means an empty object. Raises Problem."""
    try:
        return StrictJson().parse_body(request) if request.body.strip() else {}
    except RequestDataTooBig as fault:
        raise Problem(413, "body_too_large") from fault


def read_into(request: HttpRequest, kind: type[B]) -> B:
    """The body, where none is needed, as one of our inputs. Raises Problem and django-ninja's ValidationError."""
    try:
        return kind.model_validate(read_json(request))
    except Invalid as fault:
        errors = [{**error, "loc": ("body", "body", *error["loc"])} for error in fault.errors(include_url=False)]
        raise ValidationError(errors) from fault


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _refuse_what_cannot_be_kept(value: object) -> None:
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise Problem(422, "body_too_deep")
        if isinstance(one, dict):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]
        elif isinstance(one, str) and not is_text(one):
            raise Problem(422, "text_unreadable")
        elif isinstance(one, float) and not math.isfinite(one):
            raise Problem(422, "number_too_large")


def is_text(text: str) -> bool:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
