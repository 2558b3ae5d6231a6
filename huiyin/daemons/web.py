"""The web process: uvicorn on a socket that the supervisor holds open, so that a restart refuses nobody.

Several of them take connections from the same socket; each listens to PostgreSQL itself and serves its own live
streams. While one is replaced the others go on, and what nobody takes waits in the socket's queue.
"""

import argparse
import asyncio
import os
import socket

import uvicorn

from huiyin.daemons import tidying
from huiyin.daemons.pulse import beat

DRAIN_SECONDS = 3
# Longer than proxies keep theirs (60 s is usual): the side that asks must be the one that closes an idle connection,
# or a request leaves in the instant in which the other side closes it and is lost.
KEPT_SECONDS = 75


def main(arguments: list[str]) -> None:
    """Serve until told to stop, then let open requests finish."""
    parser = argparse.ArgumentParser(prog="huiyin web")
    parser.add_argument("--fd", type=int, required=True, help="a listening socket that this process has inherited")
    parser.add_argument("--name", default="web", help="what the supervisor calls it, among several")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    config = uvicorn.Config(
        "huiyin.asgi:app",
        http="huiyin.web.connection:Connection",  # bounds request heads
        log_level=os.environ.get("HUIYIN_LOG", "info").lower(),
        access_log=False,
        proxy_headers=False,  # decided in web/gate.py, from configured proxies only
        server_header=False,
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_notify=1,
        callback_notify=_beat,  # as long as the event loop turns
    )
    Server(config).run(sockets=[socket.socket(fileno=chosen.fd)])


class Server(uvicorn.Server):
    """uvicorn's, which never stops all streams to search its memory."""

    async def main_loop(self) -> None:
        tidying.begin()
        keeping = asyncio.create_task(tidying.keep(), name="tidying")
        try:
            await super().main_loop()
        finally:
            keeping.cancel()


async def _beat() -> None:
    beat()
