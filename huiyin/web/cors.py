"""Who may call the chat from another page: the origins the operator named, for the addresses of conversations only.

No cookie ever travels along: a conversation is opened by its token in a header. Questions of browsers beforehand
(preflights) are answered here, without a thread.
"""

import re
from collections.abc import Collection

from huiyin.web.asgi_types import App, Message, Receive, Scope, Send, header

_OPEN_TO_PAGES = re.compile(r"/api/v1/conversations(/.*)?|/chat/words(\.json)?")
_ALLOWED = (
    b"authorization, content-type, last-event-id, accept-language",
    b"GET, POST, OPTIONS",
)
_SHOWN = b"retry-after, content-disposition, www-authenticate"
A_DAY = b"86400"


class CrossOrigin:
    """Wraps an application: lets pages of these origins (`*` = all) read its answers about conversations."""

    def __init__(self, app: App, origins: Collection[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _OPEN_TO_PAGES.fullmatch(scope["path"]):
            return await self.app(scope, receive, send)
        origin = header(scope, b"origin")
        is_known = bool(origin) and ("*" in self.origins or origin in self.origins)
        if scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method"):
            return await _preflight(send, origin if is_known else "")
        await self.app(scope, receive, _sharing(send, origin) if is_known else _varying(send))


async def _preflight(send: Send, origin: str) -> None:
    headers = [(b"vary", b"origin"), (b"content-length", b"0")]
    if origin:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-headers", _ALLOWED[0]),
            (b"access-control-allow-methods", _ALLOWED[1]),
            (b"access-control-max-age", A_DAY),
        ]
    await send({"type": "http.response.start", "status": 204 if origin else 403, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _sharing(send: Send, origin: str) -> Send:
    more = [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", _SHOWN),
        (b"vary", b"origin"),
        (b"cross-origin-resource-policy", b"cross-origin"),
    ]
    return _adding(send, more)


def _varying(send: Send) -> Send:
    return _adding(send, [(b"vary", b"origin")])


def _adding(send: Send, more: list[tuple[bytes, bytes]]) -> Send:
    names = {name for name, _ in more} - {b"vary"}

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in names]
            message = {**message, "headers": [*kept, *more]}
        await send(message)

    return add
