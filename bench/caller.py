"""A small HTTP client for generators: what it spends is missing from the machine that is measured.

Keeps connections, speaks JSON, knows nothing else. One request costs 0.2 ms of a processor, httpx 2 ms.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Asks one server. As many connections as there are requests at once, the last used first."""

    def __init__(self, base_url: str, headers: dict[str, str], timeout: float = 30) -> None:
        parts = urlsplit(base_url)
        self._place, self._timeout = (parts.hostname or "127.0.0.1", parts.port or 80), timeout
        lines = {"Host": parts.netloc, "Accept": "*/*", **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._idle: list[Connection] = []

    async def request(self, method: str, path: str, body: object = None, *, more: str = "") -> Answer:
        """`more`: lines of this head alone. Raises OSError or TimeoutError where no answer comes."""
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        of_body = f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n" if sent else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{more}{of_body}\r\n".encode()
        async with asyncio.timeout(self._timeout):
            link = self._kept() or await asyncio.open_connection(*self._place)
            try:
                link[1].write(head + sent)
                answer, is_kept = await _read(link[0])
            except asyncio.IncompleteReadError as cut:
                link[1].close()
                raise ConnectionResetError("the answer was cut off") from cut
            except BaseException:
                link[1].close()
                raise
        if is_kept:
            self._idle.append(link)
        else:
            link[1].close()
        return answer

    def _kept(self) -> Connection | None:
        """A connection that the server has not closed while it was idle."""
        while self._idle:
            link = self._idle.pop()
            if not link[0].at_eof() and not link[1].is_closing():
                return link
            link[1].close()
        return None

    def close(self) -> None:
        """Let the connections go."""
        for _, writer in self._idle:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    if "chunked" in fields.get("transfer-encoding", ""):
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(fields.get("content-length", 0)))
    return Answer(int(head[0].split()[1]), body), fields.get("connection", "") != "close"


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body
