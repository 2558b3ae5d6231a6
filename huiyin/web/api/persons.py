"""Which person calls: by a personal key, by name and password (HTTP Basic), or logged in at the desk.

A password costs 60 ms to check, by design. Whoever sends theirs with every request has it checked once in five minutes
and process: meanwhile a salted digest is remembered, never the password, and it dies with any change of it.
"""

import base64
import binascii
import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from huiyin.domain.staff.models import ApiKey, Person
from huiyin.domain.staff.queries import key_for
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api.auth import LONGEST_TOKEN
from huiyin.web.api.problems import Problem
from huiyin.web.passwords import person_with

KNOWN_S: Final = 300.0
MOST_KNOWN: Final = 1_000
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class _Known:
    """Digests of names and passwords that were right a moment ago: digest → (person, their stored hash, until)."""

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    rows: dict[bytes, tuple[int, str, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def digest(self, pair: str) -> bytes:
        return hashlib.blake2b(pair.encode("utf-8", "replace"), key=self.salt).digest()

    def find(self, pair: str, at: float) -> tuple[int, str] | None:
        row = self.rows.get(self.digest(pair))
        return row[:2] if row is not None and row[2] > at else None

    def keep(self, pair: str, person: Person, at: float) -> None:
        with self.lock:
            if len(self.rows) >= MOST_KNOWN:
                self.rows.clear()
            self.rows[self.digest(pair)] = (person.pk, person.password, at + KNOWN_S)


_KNOWN: Final = _Known()


class Agent(HttpBearer):
    """Somebody who works here."""

    def __call__(self, request: HttpRequest) -> Person:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            return _by_password(request, given.strip())
        if kind:
            return self.authenticate(request, given.strip())
        return _by_session(request)

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        """The person of a personal key. Raises Problem 401 for an unknown key, 403 for the key of a program."""
        person = _active(_key(token))
        if person is None:
            raise Problem(403, "key_of_a_program")
        return person


class Anybody(Agent):
    """Somebody who works here, or any program with a key."""

    def __call__(self, request: HttpRequest) -> Person | ApiKey:  # type: ignore[override]  # wider on purpose
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return super().__call__(request)
        key = _key(given.strip())
        return _active(key) or key


def me(request: HttpRequest) -> Person:
    """The person that `Agent` let in."""
    person = request.auth  # type: ignore[attr-defined]  # django-ninja puts it there
    assert isinstance(person, Person)
    return person


def _key(token: str) -> ApiKey:
    if not token:
        raise Problem(401, "key_missing")
    key = key_for(token) if len(token) <= LONGEST_TOKEN else None
    if key is None:
        raise Problem(401, "key_unknown")
    return key


def _active(key: ApiKey) -> Person | None:
    """Whose key this is, nobody's for a program. Raises Problem 401 for somebody who has left."""
    if key.person is not None and not key.person.is_active:
        raise Problem(401, "key_unknown")
    return key.person


def _by_password(request: HttpRequest, given: str) -> Person:
    """Raises Problem 401 `login_wrong`, Refusal `too_often`."""
    try:
        pair = base64.b64decode(given[:1_000], validate=True).decode()
    except (binascii.Error, ValueError):
        raise Problem(401, "login_wrong") from None
    at = now().timestamp()
    if (known := _KNOWN.find(pair, at)) is not None:
        person = Person.objects.filter(pk=known[0], password=known[1], is_active=True).first()
        if person is not None:
            return person
    username, _, password = pair.partition(":")
    try:
        person = person_with(request, username.strip()[:60], password)
    except Refusal as no:
        if no.code == "login_wrong":
            raise Problem(401, "login_wrong") from no
        raise
    _KNOWN.keep(pair, person, at)
    return person


def _by_session(request: HttpRequest) -> Person:
    """Somebody logged in at the desk; a request that changes something must come from one of our pages."""
    if not isinstance(request.user, Person):
        raise Problem(401, "key_missing")
    if request.method not in READS and check_csrf(request) is not None:
        raise Problem(403, "not_from_our_page")
    return request.user
