"""Who may listen to a conversation, and what there is to hear: the reads of the live streams, on threads of their own.

The streams run in the event loop and have no connection to the database; a process has two for all of them: one for
those who come in (`door_for`), one for news. Everything here runs in one of these two threads.
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hmac import compare_digest
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, connection
from django.utils import translation

from huiyin.domain.conversations import actions
from huiyin.domain.conversations.queries import MOST, entrance, find_by_token, moved_since, news_of
from huiyin.domain.conversations.seeing import seen_by
from huiyin.domain.conversations.tokens import digest_of, is_expired, is_shaped
from huiyin.domain.routing.queries import places
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.domain.staff.queries import is_key, key_for
from huiyin.lib import numbers
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api.problems import KIND
from huiyin.web.api.talkers import NOTES_SCOPE, SCOPE, may_see
from huiyin.web.live_ears import Told, told
from huiyin.web.ui import words_api

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: the conversation, its newest message, and whether they see notes; else why not."""

    no: str = ""
    pk: int = 0
    newest: int = 0
    sees_notes: bool = False
    is_buyer: bool = False
    status: int = 200
    problem: bytes = b""


def on_own_connection(read: Callable[P, R]) -> Callable[P, R]:
    """A connection that broke meanwhile is given back, and a new one asked. Looking first would cost as much as the
    read itself. Raises DatabaseError where the new one fails as well."""

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return read(*args, **kwargs)
        except (DatabaseError, InterfaceError):
            connection.close()
        try:
            return read(*args, **kwargs)
        except (DatabaseError, InterfaceError):
            connection.close()
            raise

    return reading


def closed_at_once(no: str, authorization: str, language: str) -> Door | None:
    """What needs no look at the tables: a header that cannot open anything. None: ask `door_for`."""
    token = _token_in(authorization)
    if is_shaped(token) or is_key(token):
        return None
    code = "key_unknown" if token.startswith("hy_") else "token_unknown"
    return _closed(401, code if token else "token_missing", no, language)


def _token_in(authorization: str) -> str:
    kind, _, token = authorization.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


@on_own_connection
def door_for(no: str, authorization: str, language: str) -> Door:
    """Whether whoever holds this header may listen to the conversation with this number."""
    token, plain = _token_in(authorization), numbers.normalise(no[:40])
    return _for_staff(plain, token, language) if token.startswith("hy_") else _for_buyer(plain, token, language)


def _for_buyer(no: str, token: str, language: str) -> Door:
    found = entrance(no)
    if found is None or not compare_digest(found.token_digest, digest_of(token)):
        is_another = find_by_token(token) is not None
        return _closed(*((404, "not_found") if is_another else (401, "token_unknown")), no, language)
    if is_expired(found.ended_at, now()):
        return _closed(401, "token_expired", no, language)
    return Door(no, found.pk, found.last_seq, is_buyer=True)


def _for_staff(no: str, token: str, language: str) -> Door:
    key = key_for(token)
    if key is None or (key.person is not None and not key.person.is_active):
        return _closed(401, "key_unknown", no, language)
    who: Person | ApiKey = key.person or key
    if isinstance(who, ApiKey) and SCOPE not in who.scopes:
        return _closed(403, "scope_missing", no, language, scope=SCOPE)
    found = entrance(no)
    if found is None or not may_see(who, found):
        return _closed(404, "not_found", no, language)
    return Door(no, found.pk, found.newest, sees_notes=isinstance(who, Person) or NOTES_SCOPE in who.scopes)


def _closed(status: int, code: str, no: str, language: str, **params: object) -> Door:
    wanted = "en" if language.lower().startswith("en") else "zh-hans"
    with translation.override(wanted):
        body = {
            "type": f"urn:huiyin:problem:{code}", "title": words_api.title(status), "status": status,
            "detail": words_api.refusal(Refusal(code, **params)), "code": code,
            "instance": f"/api/v1/conversations/{no[:40]}/events",
        }  # fmt: skip
    return Door(status=status, problem=json.dumps(body, ensure_ascii=False).encode())


@on_own_connection
def put_off(listening: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """By the header of whoever works here: those of these conversations they may not listen to any more. Three
    statements a person, however many conversations."""
    return {
        authorization: set(numbers) - _still_open(authorization.partition(" ")[2].strip(), numbers)
        for authorization, numbers in listening.items()
    }


def _still_open(token: str, numbers: Collection[str]) -> set[str]:
    key = key_for(token)
    if key is None or (key.person is not None and not key.person.is_active):
        return set()
    if key.person is None:
        return set(numbers) if SCOPE in key.scopes else set()
    return set(seen_by(key.person).filter(matter__no__in=numbers).values_list("matter__no", flat=True))


PROBLEM_KIND = KIND.encode()


@on_own_connection
def read_news(wanted: Mapping[str, int], waiting: frozenset[str]) -> dict[str, Told]:
    """The news of these conversations after these places, as events. `waiting`: those whose place in the queue is
    wanted as well."""
    news = news_of(wanted)
    queued = {one.standing.matter_id for no, one in news.items() if no in waiting and one.standing.state == "queued"}
    here = places(queued, now()) if queued else {}
    return {no: told(one, wanted[no], _place(here.get(one.standing.matter_id)), MOST) for no, one in news.items()}


def _place(here: Any) -> dict[str, Any]:
    if here is None:
        return {"position": None, "expected_wait_s": None, "is_measured": False}
    return {
        "position": here.position, "expected_wait_s": here.expected_wait_s, "is_measured": here.is_honest_guess
    }  # fmt: skip


@on_own_connection
def moved(heads: Mapping[str, int]) -> list[str]:
    """Those where something happened that nobody nudged us about."""
    return moved_since(heads)


@on_own_connection
def note_seen(conversation_ids: list[int], at: datetime) -> None:
    """These buyers look at their page."""
    actions.seen(conversation_ids, now=at)
