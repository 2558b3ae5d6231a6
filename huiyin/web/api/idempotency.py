"""One answer per Idempotency-Key: its row is written in the filing's own transaction, so a lost answer can be asked
for again and two requests at once file one complaint."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest
from pydantic import BaseModel

from huiyin.domain.cases import actions
from huiyin.domain.cases.actions import Once
from huiyin.domain.cases.lookups import answered_before
from huiyin.domain.journal.actions import chapter
from huiyin.domain.staff.models import ApiKey
from huiyin.web.api.problems import Problem

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x20-\x7e]{1,128}")
Answer = tuple[str, dict[str, Any]]


def once_of(request: HttpRequest, api_key: ApiKey, body: BaseModel) -> Once | None:
    """The key of this request and what it came with; None without one. Raises Problem 422 for an unusable key."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _KEY.fullmatch(given.strip()):
        raise Problem(422, "idempotency_key_invalid")
    sent = json.dumps(body.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return Once(api_key, given.strip(), hashlib.sha256(sent.encode()).hexdigest())


def answer_once(once: Once | None, file: Callable[[], Answer]) -> Answer:
    """File, or give the answer of the first time. Raises Refusal('idempotency_key_reused') for another body."""
    if once is None:
        with chapter():
            return file()
    if (before := answered_before(once)) is not None:
        return before
    try:
        return _first(once, file)
    except IntegrityError:  # the same key in the same instant: the other one has filed by now
        if (before := answered_before(once)) is None:
            raise
        return before


def _first(once: Once, file: Callable[[], Answer]) -> Answer:
    with chapter():
        no, answer = file()
        before = answered_before(once)
        if before and before[1]:  # it was filed between our look and our transaction
            return before
        actions.remember_answer(once, answer)
        return no, answer
