"""Checking a name and a password, for the login page and for programs (HTTP Basic), with one count of wrong tries.

A try is counted before it is checked, and given back when it was right: a thousand at once are not let through because
none of them has failed yet. Three counts, and none with which a stranger locks somebody out of their own place:

- one account from one address: closed for a while;
- one address: how many *different* accounts it gets wrong. A centre has one address, and one forgetful person;
- one account from everywhere: strangers are answered slowly.

Whoever has logged in from this address today or yesterday is kept out by the first count only.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import auth
from django.http import HttpRequest

from huiyin.domain.staff.models import Person
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits

WINDOW_S, MINUTE_S, DAY_S = 900, 60, 86_400
WRONG_PER_ACCOUNT, WRONG_PER_ADDRESS = 8, 30  # tries of one account, and accounts
WRONG_BEFORE_SLOW, SLOW_A_MINUTE = 40, 4


def person_with(request: HttpRequest, username: str, password: str) -> Person:
    """Who this is. Raises Refusal: login_wrong, or too_often; whether the account exists changes neither."""
    username = username.replace("\x00", "")  # no table can hold it
    at, attempt = now(), _Try(username.lower(), network_of(request.META.get("REMOTE_ADDR", "")))
    attempt.begin(at)
    person = auth.authenticate(request, username=username, password=password[:200])
    if not isinstance(person, Person):
        limits.count(attempt.everywhere, WINDOW_S, at)
        raise Refusal("login_wrong")
    attempt.was_right(at)
    return person


def network_of(address: str) -> str:
    """An address as it is counted: of IPv6 the network, because whoever has one address there has 2⁶⁴."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if given.version == 4 else str(ipaddress.ip_network((given, 64), strict=False))


@dataclass(frozen=True, slots=True)
class _Try:
    account: str
    network: str

    @property
    def here(self) -> str:
        return f"login:{self.account}@{self.network}"

    @property
    def everywhere(self) -> str:
        return f"login-all:{self.account}"

    @property
    def accounts(self) -> str:
        return f"login-from:{self.network}"

    @property
    def known(self) -> str:
        return f"login-known:{self.account}@{self.network}"

    def begin(self, at: datetime) -> None:
        """Count it. Raises Refusal too_often."""
        tries = limits.count(self.here, WINDOW_S, at)
        if tries == 1:
            limits.count(self.accounts, WINDOW_S, at)
        if tries > WRONG_PER_ACCOUNT:
            raise _too_often(WINDOW_S, at)
        if not self._is_known(at):
            self._begin_as_a_stranger(at)

    def _begin_as_a_stranger(self, at: datetime) -> None:
        if limits.used(self.accounts, WINDOW_S, at) > WRONG_PER_ADDRESS:
            raise _too_often(WINDOW_S, at)
        if limits.used(self.everywhere, WINDOW_S, at) >= WRONG_BEFORE_SLOW:
            limits.take(f"login-slow:{self.account}", SLOW_A_MINUTE, MINUTE_S, at)

    def _is_known(self, at: datetime) -> bool:
        return any(limits.used(self.known, DAY_S, at - timedelta(days=ago)) for ago in (0, 1))

    def was_right(self, at: datetime) -> None:
        """Give it back, and remember whom this address is used by."""
        limits.give_back(self.here, WINDOW_S, at)
        if not limits.used(self.here, WINDOW_S, at):
            limits.give_back(self.accounts, WINDOW_S, at)
        if not limits.used(self.known, DAY_S, at):
            limits.count(self.known, DAY_S, at)


def _too_often(window_s: int, at: datetime) -> Refusal:
    return Refusal("too_often", seconds=window_s - int(at.timestamp()) % window_s)
