"""The one port: live streams and health here, everything else in threads that run Django, the gate before all of it."""

import asyncio
import os
import signal
import threading
from types import FrameType

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
django = get_wsgi_application()

from huiyin.domain.journal.nudges import database_url  # noqa: E402  (needs Django's settings)
from huiyin.web.asgi_types import Receive, Scope, Send  # noqa: E402
from huiyin.web.cors import CrossOrigin  # noqa: E402
from huiyin.web.gate import MB, Gate, Room  # noqa: E402
from huiyin.web.health import Health  # noqa: E402
from huiyin.web.live import Hub, stream  # noqa: E402
from huiyin.web.live_chat import PATH as TALK_EVENTS  # noqa: E402
from huiyin.web.live_chat import Talks  # noqa: E402
from huiyin.web.threads import Threads  # noqa: E402

hub = Hub(database_url, per_address=settings.LIVE_STREAMS_PER_ADDRESS, at_most=settings.LIVE_STREAMS)
talks = Talks(hub)
health = Health(database_url, lambda: hub.is_listening)
threads = Threads(django, settings.WEB_THREADS)
ROOMS = [Room(path, size=25 * MB, seconds=600) for path in settings.UPLOAD_PATHS]


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """Lead a request to where it is answered."""
    if scope["type"] == "lifespan":
        await live_and_die(receive, send)
    elif scope["path"] == "/live":
        await stream(hub, scope, receive, send)
    elif scope["method"] == "GET" and (events := TALK_EVENTS.fullmatch(scope["path"])):
        await talks(scope, receive, send, events[1])
    elif scope["path"] == "/healthz":
        await health(scope, send)
    else:
        await threads(scope, receive, send)


app = CrossOrigin(Gate(serve, rooms=ROOMS, proxies=settings.TRUSTED_PROXIES), settings.WIDGET_ORIGINS)


async def live_and_die(receive: Receive, send: Send) -> None:
    """ASGI's lifespan: listen while the server runs."""
    await receive()
    talks.start()
    hub.start()
    end_streams_at_once_when_told_to_stop(asyncio.get_running_loop())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await hub.stop()
    await talks.stop()
    await send({"type": "lifespan.shutdown.complete"})


def end_streams_at_once_when_told_to_stop(loop: asyncio.AbstractEventLoop) -> None:
    """The server waits for open answers before it ends our lifespan, and streams do not end by themselves."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, before: object = before) -> None:
            loop.call_soon_threadsafe(hub.close)
            if callable(before):
                before(number, frame)

        signal.signal(number, stop)
