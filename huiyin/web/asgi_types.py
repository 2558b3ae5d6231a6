"""The three words of ASGI, loosely typed: servers and frameworks disagree on anything stricter."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str:
    """The first value of a request header (name in lower case), or nothing."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
