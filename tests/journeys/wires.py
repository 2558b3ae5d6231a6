"""The wire between a phone in a browser and the world, which can be cut: its websocket goes through a relay of ours;
its sound, which no relay could take part in, and its requests are lost in the browser."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

from playwright.sync_api import Page

PIECE = 65_536
DEAD = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1, "packetLoss": 100}
WHOLE = {**DEAD, "offline": False, "packetLoss": 0}


class Wire(ThreadingTCPServer):
    """Between the phone windows of a browser and `hotline`, the address of its websocket."""

    daemon_threads = True

    def __init__(self, hotline: str) -> None:
        super().__init__(("127.0.0.1", 0), Relay)
        self.hotline, self.is_cut, self.ends = urlsplit(hotline), False, set[socket.socket]()
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def flag(self) -> str:
        """Of a browser that phones through this wire."""
        return f"--host-resolver-rules=MAP {self.hotline.netloc} 127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def cut(self, *pages: Page) -> Iterator[None]:
        """Nothing gets through from these pages, nor to them: no signal, no sound, no request."""
        lines = [page.context.new_cdp_session(page) for page in pages]
        for line in lines:
            line.send("Network.enable")
            line.send("Network.emulateNetworkConditions", DEAD)
        self.is_cut = True
        for end in list(self.ends):
            tear(end)
        yield
        self.is_cut = False
        for line in lines:
            line.send("Network.emulateNetworkConditions", WHOLE)
            line.detach()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        for end in list(self.ends):
            tear(end)
        self.server_close()


class Relay(BaseRequestHandler):
    """One websocket."""

    request: socket.socket
    server: Wire

    def handle(self) -> None:
        assert self.server.hotline.hostname
        if self.server.is_cut:
            return
        with socket.create_connection((self.server.hotline.hostname, self.server.hotline.port or 80)) as there:
            both = {self.request, there}
            self.server.ends |= both
            back = Thread(target=carry, args=(there, self.request))
            back.start()
            carry(self.request, there)
            back.join()
            self.server.ends -= both


def carry(one: socket.socket, other: socket.socket) -> None:
    """What one says to the other, until either is gone."""
    with suppress(OSError):
        while piece := one.recv(PIECE):
            other.sendall(piece)
    for end in (one, other):
        tear(end)


def tear(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
