"""`huiyin router`: gives what waits to whoever is free. One is active, by a lock in the database; others wait for it.

The lock belongs to the connection that also hears the nudges: whoever loses one loses both, and the next one begins
from the rows. NOTIFY is a hint; everything is read again every two seconds. Two routers at once, for the moment in
which PostgreSQL has not noticed that a connection died, do no harm: an offer is a conditional update.
"""

import logging
import os
import signal
import threading
import time
from datetime import datetime

import django
import psycopg
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from huiyin.daemons.pulse import beat
from huiyin.lib.clock import now

log = logging.getLogger("huiyin.router")
LOCK = 0x48_55_52_54  # any number that nobody else uses
EVERY = 2.0  # seconds after which all rows are read again
ASK_AGAIN = 0.2  # for the lock, while another router is active
LONGEST_PAUSE = 2.0
LOCK_TIMEOUT_MS = 3000  # a matter that somebody holds longer is one row that fails; all others go on


def main(arguments: list[str]) -> int:
    """Run until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    os.environ["PGOPTIONS"] = f"-c lock_timeout={LOCK_TIMEOUT_MS}"
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    django.setup()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(stop)
    return 0


def run(stop: threading.Event) -> None:
    """Be the router whenever no other is. Database trouble begins it all again."""
    from huiyin.domain.journal.nudges import CHANNEL, database_url, lasting

    pause = 0.1
    while not stop.is_set():
        beat()
        try:
            with psycopg.connect(lasting(database_url()), autocommit=True) as link:
                if not _is_mine(link, stop):
                    continue
                link.execute(f"LISTEN {CHANNEL}")
                log.info("active")
                pause = 0.1
                Shift().work(link, stop)
        except (psycopg.OperationalError, OperationalError, InterfaceError) as trouble:
            log.warning("the database is away (%s), again in %.1f s", trouble, pause)
        except Exception:  # a daemon loop: whatever one row did, begin again from all of them
            pause = max(pause, 1.0)
            log.exception("the router begins again in %.1f s", pause)
        else:
            continue
        connection.close()
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _is_mine(link: "psycopg.Connection[tuple[object, ...]]", stop: threading.Event) -> bool:
    """Wait for the lock; False when we are told to stop meanwhile."""
    while not stop.is_set():
        beat()
        row = link.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if row is not None and row[0]:
            return True
        stop.wait(ASK_AGAIN)
    return False


class Shift:
    """One time of being the active router: from the rows on, until the connection breaks or we are told to stop."""

    def __init__(self) -> None:
        from huiyin.daemons.routing_pool import RoutingPool

        self.pool = RoutingPool()
        self.read_at = 0.0  # when everything is read again; monotonic seconds

    def work(self, link: "psycopg.Connection[tuple[object, ...]]", stop: threading.Event) -> None:
        """Read, decide, offer; then wait for what changes next."""
        topics: frozenset[str] = frozenset()
        while not stop.is_set():
            beat()
            self.step(topics, now())
            topics = _heard(link, stop, self._pause(now()))

    def step(self, topics: frozenset[str], at: datetime) -> None:
        """Follow what changed and give out what can be given out."""
        if time.monotonic() >= self.read_at or "router:all" in topics:
            close_old_connections()
            self.pool.read_all(at)
            self.read_at = time.monotonic() + EVERY
        else:
            self.pool.hear(topics, at)
        self.pool.make_offers(at)

    def _pause(self, at: datetime) -> float:
        """Seconds until time alone changes something."""
        return max(0.0, min(self.pool.next_change() - at.timestamp(), self.read_at - time.monotonic()))


def _heard(link: "psycopg.Connection[tuple[object, ...]]", stop: threading.Event, seconds: float) -> frozenset[str]:
    """Topics nudged within this time, as soon as there are any; in slices, so that a signal is seen."""
    end = time.monotonic() + seconds
    while not stop.is_set():
        left = max(0.0, min(end - time.monotonic(), 0.25))
        if heard := frozenset(note.payload for note in link.notifies(timeout=left, stop_after=1)):
            return heard
        if time.monotonic() >= end:
            break
    return frozenset()
