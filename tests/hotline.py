"""A hotline that answers, for pages: an engine that is asked how it is, and the lock of a switchboard."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg

from huiyin.adapters.asterisk.paths import SWITCHBOARD_LOCK
from huiyin.adapters.asterisk.standing import watch_of
from huiyin.domain.journal.nudges import database_url


class Engine:
    """Answers pings, after `slow_s`."""

    def __init__(self, var: Path) -> None:
        self.slow_s, self.asked = 0.0, 0
        outer = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                time.sleep(outer.slow_s)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        note = {"state": "on", "sip_port": 1, "http_port": self.server.server_port, "rtp": [2, 3]}
        (var / "hotline.json").write_text(json.dumps(note))

    def stop(self) -> None:
        """It is dead: its port refuses."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def die(self) -> None:
        """As `stop`, and nobody remembers that it was there a moment ago."""
        self.stop()
        watch_of.cache_clear()


@contextmanager
def switchboard() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Somebody holds the switchboard's lock; closing the connection is its end."""
    with psycopg.connect(database_url(), autocommit=True) as link:
        link.execute("SELECT pg_advisory_lock(%s)", [SWITCHBOARD_LOCK])
        yield link
