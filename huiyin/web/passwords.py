"""Checking a name and a password, for the login page and for programs (HTTP Basic), with one count of wrong tries."""

from django.contrib import auth
from django.http import HttpRequest

from huiyin.domain.staff.models import Person
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits

WINDOW_S = 900
WRONG_PER_ACCOUNT, WRONG_PER_ADDRESS = 8, 30


def person_with(request: HttpRequest, username: str, password: str) -> Person:
    """Who this is. Raises Refusal: login_wrong, or too_often; whether the account exists changes neither."""
    username = username.replace("\x00", "")  # no table can hold it
    buckets = {
        f"login:{username.lower()}": WRONG_PER_ACCOUNT,
        f"login-from:{request.META.get('REMOTE_ADDR', '')}": WRONG_PER_ADDRESS,
    }
    at = now()
    for bucket, limit in buckets.items():
        if limits.used(bucket, WINDOW_S, at) >= limit:
            raise Refusal("too_often", seconds=WINDOW_S - int(at.timestamp()) % WINDOW_S)
    person = auth.authenticate(request, username=username, password=password[:200])
    if not isinstance(person, Person):
        for bucket in buckets:
            limits.count(bucket, WINDOW_S, at)
        raise Refusal("login_wrong")
    return person
