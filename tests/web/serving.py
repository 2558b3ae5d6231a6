"""Real servers on free ports and clients that say exactly the bytes a test wants."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from huiyin.web.connection import Connection

ROOT = Path(__file__).resolve().parent.parent.parent
RUN_WEB = "import sys; from huiyin.daemons.web import main; main(sys.argv[1:])"


@contextlib.contextmanager
def in_thread(app: Any) -> Iterator[int]:
    """Serve an ASGI application from a thread of this process; yields the port."""
    config = uvicorn.Config(app, http=Connection, log_level="critical", lifespan="off", proxy_headers=False)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
    assert not thread.is_alive()


@contextlib.contextmanager
def in_process(url: str, **environment: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """Serve the whole centre in a process of its own, as `huiyin start` does, on a database; yields port, process."""
    listening = socket.create_server(("127.0.0.1", 0))
    number = listening.fileno()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_WEB, "--fd", str(number)],
        pass_fds=[number],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "HUIYIN_TEST": "1", "HUIYIN_LOG": "warning", **environment},
    )
    port = listening.getsockname()[1]
    listening.close()  # only the server holds it now: if it cannot start, the first request fails at once
    try:
        # The socket listens already: the first request waits in its backlog until the server is there.
        assert say(port, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").status == 200
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@dataclass(frozen=True)
class Answer:
    """What came back: the whole text of an answer, headers in lower case."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1])

    @property
    def head(self) -> str:
        return self.raw.split(b"\r\n\r\n", 1)[0].decode().lower()

    @property
    def body(self) -> str:
        return self.raw.split(b"\r\n\r\n", 1)[1].decode()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def say(port: int, *parts: bytes) -> Answer:
    """Send the parts one after the other, then read until the server closes."""
    with connect(port) as link:
        for part in parts:
            link.sendall(part)
        return Answer(read_all(link))


def read_all(link: socket.socket) -> bytes:
    got = b""
    while more := link.recv(65536):
        got += more
    return got
