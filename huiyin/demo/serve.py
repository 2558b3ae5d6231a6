"""The process of the demo shop: web server, SMTP sink, clockwork. `huiyin demo-shop` calls `main`.

A kill at any instant loses nothing: state is in SQLite, and a restart goes on where the rows say.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import django
import uvicorn
from a2wsgi import WSGIMiddleware
from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope

LEDGER_PATH = "/ledger"
WORKERS = 8
DELAY_HEADER = b"x-demo-delay"


def main(argv: Sequence[str]) -> int:
    """Run the demo shop until SIGTERM. Writes demo-shop.json into $HUIYIN_VAR once it is usable."""
    asked = _arguments(argv)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.demo.settings"
    django.setup()
    _prepare()
    return asyncio.run(_serve(asked))


def application() -> ASGI3Application:
    """The web application: static files and Django on a thread pool, answers held back where a switch says so."""
    from django.core.wsgi import get_wsgi_application
    from whitenoise import WhiteNoise

    static = Path(__file__).parent / "static"
    wsgi = WhiteNoise(get_wsgi_application(), root=static, prefix="static/", max_age=60)
    return _with_silences(WSGIMiddleware(wsgi, workers=WORKERS))


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="huiyin demo-shop", description="The demo shop with its mailbox.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    return parser.parse_args(list(argv))


def _prepare() -> None:
    """Tables and, in a new shop, orders."""
    from django.conf import settings
    from django.core.management import call_command

    from huiyin.demo.seed import seed

    settings.VAR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    seed(datetime.now(UTC))


async def _serve(asked: argparse.Namespace) -> int:
    from huiyin.demo.clockwork import start
    from huiyin.demo.mailbox import start_sink

    sink = await asyncio.to_thread(start_sink, asked.smtp_port)
    stop = threading.Event()
    loops = start(stop)
    config = uvicorn.Config(
        application(),
        host=asked.host,
        port=asked.port,
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _already_stopping)
    announcing = asyncio.create_task(_announce_when_up(server, asked))
    try:
        await server.serve()
    finally:
        announcing.cancel()
        stop.set()
        await asyncio.to_thread(sink.stop)
        for loop in loops:
            await asyncio.to_thread(loop.join, 3)
    return 0


def _already_stopping(number: int, frame: FrameType | None) -> None:
    """uvicorn stops on the signal and raises it again afterwards; by then we are leaving in good order."""


async def _announce_when_up(server: uvicorn.Server, asked: argparse.Namespace) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    await asyncio.to_thread(announce, f"http://{asked.host}:{asked.port}", asked.smtp_port)


def announce(url: str, smtp_port: int) -> None:
    """Write $HUIYIN_VAR/demo-shop.json in one step: a reader sees all of it or none."""
    from django.conf import settings

    from huiyin.demo.seed import demo_orders

    told = {"url": url, "ledger_path": LEDGER_PATH, "smtp_port": smtp_port, "demo_orders": demo_orders()}
    target = settings.VAR / "demo-shop.json"
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(told, ensure_ascii=False, indent=1))
    draft.replace(target)


def _with_silences(app: Any) -> ASGI3Application:
    """Hold an answer back without holding a thread: the work is done and committed, the reply comes too late."""

    async def held_back(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        async def late(event: ASGISendEvent) -> None:
            if event["type"] == "http.response.start":
                seconds = dict(event["headers"]).get(DELAY_HEADER)
                await asyncio.sleep(float(seconds) if seconds else 0)
            await send(event)

        await app(scope, receive, late)

    return held_back


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
