"""The stream of a conversation over a plain socket: a generator must not cost what it measures."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


class Cut(Exception):
    """The link broke or the server is gone."""


@dataclass
class Events:
    """The stream of a conversation as a listener holds it: goes on after `last` whenever it is opened again."""

    port: int
    no: str
    token: str
    last: int = 0
    writer: asyncio.StreamWriter | None = None
    opened: int = field(default=0)

    async def read(self) -> AsyncIterator[tuple[int, str]]:
        """Place and text of each message until the stream ends. Raises Cut when it cannot be opened."""
        try:
            reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write(
                f"GET /api/v1/conversations/{self.no}/events HTTP/1.1\r\nhost: localhost\r\n"
                f"authorization: Bearer {self.token}\r\nlast-event-id: {self.last}\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
        except (OSError, EOFError) as fault:
            self.cut()
            raise Cut(str(fault)) from fault
        if b" 200 " not in head[:20]:
            self.cut()
            raise Cut(head[:40].decode())
        self.opened += 1
        async for one in self._messages(reader):
            yield one
        self.cut()

    async def _messages(self, reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, str]]:
        left, at = b"", -1
        while True:
            try:
                got = await reader.read(65536)
            except OSError:
                got = b""
            if not got:
                return
            *lines, left = (left + got).split(b"\n")
            for line in lines:
                if line.startswith(b"id: "):
                    at = int(line[4:])
                elif line.startswith(b"data: ") and at >= 0:
                    yield at, json.loads(line[6:])["text"]
                    at = -1

    def cut(self) -> None:
        """Hang up without a word."""
        if self.writer is not None:
            self.writer.transport.abort()
