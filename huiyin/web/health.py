"""Is this process up, and (asked for more) can it reach the database?"""

import asyncio
import json
import time
from collections.abc import Callable

import psycopg

from huiyin.web.asgi_types import Scope, Send

# However many ask, the database is asked at most once a second.
FRESH_SECONDS = 1.0
PATIENCE = 2.0


class Health:
    """Answers `/healthz` (200 while the process runs) and `/healthz?deep=1` (503 when the database is away)."""

    def __init__(self, url: Callable[[], str], is_listening: Callable[[], bool]) -> None:
        self.url = url
        self.is_listening = is_listening
        self.asking = asyncio.Lock()
        self.asked_at = float("-inf")
        self.is_reachable = False

    async def __call__(self, scope: Scope, send: Send) -> None:
        state: dict[str, object] = {"ok": True}
        if b"deep=1" in scope["query_string"]:
            reachable = await self._is_database_reachable()
            state = {"ok": reachable, "database": reachable, "live": self.is_listening()}
        body = json.dumps(state).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200 if state["ok"] else 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _is_database_reachable(self) -> bool:
        async with self.asking:
            if time.monotonic() - self.asked_at > FRESH_SECONDS:
                self.is_reachable = await self._ask()
                self.asked_at = time.monotonic()
        return self.is_reachable

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE), await psycopg.AsyncConnection.connect(self.url()) as link:
                await link.execute("SELECT 1")
        except (TimeoutError, psycopg.OperationalError):
            return False
        return True
