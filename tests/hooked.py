"""A program that is told what happened: a real server on a free port that keeps what came and answers as told."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Listener:
    """What came, in order; `answer` says what is answered to the n-th call (from 0): a status, or None to hang up."""

    url: str = ""
    answer: Callable[[int], int | None] = lambda _: 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    location: str = "http://127.0.0.1:9/elsewhere"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.calls]

    @property
    def seqs(self) -> list[int]:
        return [one["seq"] for one in self.told]


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """A listener that answers until the end of the block."""
    listener = Listener()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(listener))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/told?by=huiyin"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = listener.answer(len(listener.calls))
            listener.calls.append(({**dict(self.headers), ":path": self.path}, body))
            if status is None:
                self.connection.close()
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", listener.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the tests look at what came."""

    return Handler
