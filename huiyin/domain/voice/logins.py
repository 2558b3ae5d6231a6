"""Who signs in to the hotline's SIP side, and with what. A phone is known by a user name that says whose it is: `a1024`
is the SIP phone of agent 1024, `w1024` their browser, `v…` a visitor who calls from our pages. The password follows
from the name and the instance's secret: both sides work it out, so that nothing has to be stored, handed on or kept in
step, and a new secret changes all of them at once.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

_PURPOSE = b"huiyin sip login 1\0"


@dataclass(frozen=True, slots=True)
class Login:
    """What a phone registers or calls with."""

    user: str
    password: str


def login_of(user: str, server_key: bytes) -> Login:
    """The login of this SIP user: HMAC-SHA256 of the name, 43 letters."""
    digest = hmac.new(server_key, _PURPOSE + user.encode(), sha256).digest()
    return Login(user, urlsafe_b64encode(digest).decode().rstrip("="))


def desk_phone(agent_no: str) -> str:
    """The SIP phone on an agent's desk."""
    return f"a{agent_no}"


def browser_phone(agent_no: str) -> str:
    """The phone in an agent's browser."""
    return f"w{agent_no}"


def visitor(token: str) -> str:
    """Somebody who calls from our pages with this ticket."""
    return f"v{token}"
