"""The worker: carries out jobs, and asks every second what is due.

Jobs make things happen at once; the rounds make sure that they happen at all, whoever was killed in between. Everything
here may run twice: the actions below it allow that.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import django
from django.db import close_old_connections
from procrastinate import App

from huiyin.daemons.pulse import beat
from huiyin.lib.clock import now

log = logging.getLogger("huiyin.worker")

CONCURRENCY = 4
HEARTBEAT_S = 2.0
DEAD_AFTER_S = 10.0


def _fresh_connection(job: Callable[..., None]) -> Callable[..., None]:
    """A thread's database connection may have died with PostgreSQL since its last job."""

    @wraps(job)
    def run(**arguments: Any) -> None:
        close_old_connections()
        job(**arguments)

    return run


@_fresh_connection
def carry_out(remedy_id: int) -> None:
    from huiyin.domain.orders import carrying
    from huiyin.domain.orders.queries import the_shop

    carrying.carry_out(remedy_id, shop=the_shop(), now=now())


@_fresh_connection
def carry_item(item_id: int) -> None:
    from huiyin.domain.cases import carrying
    from huiyin.domain.orders.queries import the_shop

    carrying.look(item_id, shop=the_shop(), now=now())


@_fresh_connection
def send_notice(notice_id: int) -> None:
    from huiyin.domain.notices.posting import post

    post(notice_id, senders(), now=now())


@_fresh_connection
def send_code(text: str) -> None:
    from huiyin.domain.orders.queries import the_shop
    from huiyin.domain.orders.rescue import send_code as send

    send(text, shop=the_shop(), now=now())


@_fresh_connection
def look_at_order(order_no: str, tries: int = 0) -> None:
    from huiyin.daemons.rounds import look_for

    look_for(order_no, tries)


@_fresh_connection
def note_shown(order_no: str) -> None:
    from huiyin.daemons.rounds import note_first_shown

    note_first_shown(order_no)


@_fresh_connection
def handle_shop_event(event_id: int) -> None:
    from huiyin.daemons.rounds import handle_event

    handle_event(event_id)


@_fresh_connection
def alert_leads(what: str, matter_no: str) -> None:
    from huiyin.daemons.rounds import tell_leads

    tell_leads(what, matter_no)


@_fresh_connection
def gather_evidence(matter_id: int, tries: int = 0) -> None:
    from huiyin.daemons.rounds import gather

    gather(matter_id, tries)


@_fresh_connection
def keep_talk(conversation_id: int) -> None:
    from huiyin.daemons import talks

    talks.keep_talk(conversation_id)


@_fresh_connection
def keep_recording(recording_id: int) -> None:
    from huiyin.daemons import recordings

    recordings.keep_recording(recording_id)


@_fresh_connection
def talk_heard(matter_id: int, by: str, talk_id: int = 0) -> None:
    from huiyin.daemons import talks

    talks.talk_heard(matter_id, by, talk_id)


@_fresh_connection
def keep_talks_away(matter_id: int) -> None:
    from huiyin.daemons import talks

    talks.keep_talks_away(matter_id)


@_fresh_connection
def step_back(person_id: int) -> None:
    from huiyin.domain.routing import actions as routing

    routing.step_back(person_id, now=now())


JOBS = [
    carry_out,
    carry_item,
    send_notice,
    send_code,
    look_at_order,
    note_shown,
    handle_shop_event,
    alert_leads,
    gather_evidence,
    keep_talk,
    keep_recording,
    talk_heard,
    keep_talks_away,
    step_back,
]


def senders() -> dict[str, Any]:
    """How each channel goes out."""
    from django.conf import settings

    from huiyin.adapters.mail.smtp import SmtpSender
    from huiyin.adapters.sms.http import HttpSms

    return {"mail": SmtpSender(), "sms": HttpSms(settings.SMS_URL)}


def register(app: App) -> None:
    """Give procrastinate our jobs, by the names that `journal.defer` uses."""
    for job in JOBS:
        if job.__name__ not in app.tasks:
            app.task(name=job.__name__)(job)


@dataclass(slots=True)
class Round:
    """Something asked again and again. `every_s` in seconds."""

    name: str
    every_s: float
    run: Callable[[], None]
    due: float = 0.0


def go_round(rounds: list[Round], stop: threading.Event) -> None:
    """Run each round when its time has come, until told to stop. A round that fails is logged and tried again."""
    import time

    while not stop.is_set():
        close_old_connections()
        for one in rounds:
            if time.monotonic() < one.due or stop.is_set():
                continue
            try:
                one.run()
            except Exception:  # a loop of the daemon: one bad row must not stop the others
                log.exception("round %s failed", one.name)
            one.due = time.monotonic() + one.every_s
        stop.wait(0.25)


def main(arguments: list[str]) -> int:
    """`huiyin worker`: runs until SIGTERM, finishing the jobs it has begun."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    django.setup()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    from huiyin.daemons.rounds import rounds

    loops = [threading.Thread(target=go_round, args=(part, stop), daemon=True) for part in rounds()]
    for loop in loops:
        loop.start()
    asyncio.run(_jobs(stop))
    return 0


async def _jobs(stop: threading.Event) -> None:
    """procrastinate's worker, ended by our own signal so that rounds and jobs stop together."""
    from procrastinate.contrib.django import app

    register(app)
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        running = asyncio.create_task(
            worker.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                delete_jobs="successful",
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=DEAD_AFTER_S,
                shutdown_graceful_timeout=5.0,
                listen_notify=True,
            )
        )
        while not stop.is_set() and not running.done():
            beat()
            await asyncio.sleep(0.1)
        if running.done():
            running.result()  # it only ends by itself when it failed: let the supervisor see why
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
