"""The domain is synchronous; calls are not. What a call asks of the domain runs in a fixed pool of threads.

A call waits for each answer before it asks again, so that its events stay in order. While the database is away a call
asks again until it is back: every action of a call may be said twice, and callers keep hearing music meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection

T = TypeVar("T")
log = logging.getLogger("huiyin.switchboard")
THREADS = 8
LONGEST_PAUSE = 1.0


class Threads:
    """Where domain calls run. `patience`: seconds for which a database that is away is waited for."""

    def __init__(self, threads: int = THREADS, patience: float = 300.0) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="domain")
        self._patience = patience

    async def ask(self, do: Callable[[], T]) -> T:
        """What `do` returns or raises; said again while the database is away."""
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + self._patience, 0.05
        while True:
            try:
                return await loop.run_in_executor(self._pool, _fresh, do)
            except (OperationalError, InterfaceError) as trouble:
                if loop.time() >= end:
                    raise
                log.warning("the database is away (%s), asking again", type(trouble).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def close(self) -> None:
        """Let what runs finish."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _fresh(do: Callable[[], T]) -> T:
    """A thread's connection may have died with PostgreSQL since it was used last."""
    if connection.connection is not None and connection.connection.broken:
        close_old_connections()
    try:
        return do()
    except (OperationalError, InterfaceError):
        connection.close()
        raise
