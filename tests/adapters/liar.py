"""A shop that answers whatever a test tells it to, over a real socket."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Liar:
    """Gives its answers in turn, the last one for ever; notes what was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def says(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def lying() -> Iterator[Liar]:
    """Run a liar on a free port."""
    liar = Liar()

    class Mouth(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            liar.asked.append(f"{self.command} {self.path}")
            liar.headers.append({name.lower(): value for name, value in self.headers.items()})
            liar.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            liar.next_answer()(self)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mouth)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    liar.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(body: bytes | str, status: int = 200) -> Answer:
    """A whole answer."""
    raw = body.encode() if isinstance(body, str) else body

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        to.send_header("Content-Length", str(len(raw)))
        to.end_headers()
        to.wfile.write(raw)

    return answer


def hangs(until: threading.Event) -> Answer:
    """No answer before the test lets go."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        until.wait(10)
        to.close_connection = True

    return answer


def drips(until: threading.Event) -> Answer:
    """An endless answer, a byte at a time."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Length", "100000")
        to.end_headers()
        to.close_connection = True
        while not until.wait(0.05):
            try:
                to.wfile.write(b" ")
            except OSError:
                return

    return answer


def hangs_up(to: BaseHTTPRequestHandler) -> None:
    """The line goes dead."""
    to.close_connection = True


def took(work: Callable[[], object]) -> float:
    """Seconds a piece of work took."""
    started = time.monotonic()
    work()
    return time.monotonic() - started
