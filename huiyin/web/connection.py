"""uvicorn's HTTP connection, with the two limits it lacks: how large and how slow a request's head may be.

Measured without: 100 MB of header cost 180 MB of memory for as long as the sender kept the connection open.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# More than the gate lets in (so that it can say 414 or 431 in the reader's language), and a bound on memory.
LARGEST_HEAD = 128 * 1024
HEAD_SECONDS = 20.0


class Connection(HttpToolsProtocol):
    """Counts bytes since the parser last got somewhere: a head, a piece of a body, the end of a request."""

    unread = 0
    head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.unread += len(data)
        super().data_received(data)
        if self.unread > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect_a_head()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self.unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.unread = 0
        super().on_message_complete()

    def _expect_a_head(self) -> None:
        self._stop_waiting()
        self.head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None
