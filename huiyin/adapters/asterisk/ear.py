"""A port on loopback to which Asterisk sends what one leg says, as RTP. Nothing of it is kept."""

import asyncio
from array import array
from collections.abc import Callable
from typing import Self

HOST = "127.0.0.1"
RATE = 16_000  # of slin16: 16 bit, mono
FORMAT = "slin16"
_HEADER = 12
_LEAST = 160  # bytes of sound; keys and comfort noise are shorter


class Ear(asyncio.DatagramProtocol):
    """Gives what arrives to `take`, as 16 bit PCM, little-endian. Before `only_from` it is deaf."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take, self._from = take, 0
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, take: Callable[[bytes], None]) -> Self:
        """Raises OSError."""
        loop = asyncio.get_running_loop()
        transport, ear = await loop.create_datagram_endpoint(lambda: cls(take), local_addr=(HOST, 0))
        ear._transport = transport
        return ear

    @property
    def address(self) -> str:
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return f"{host}:{port}"

    def only_from(self, port: int) -> None:
        """Whose sound it is: others on this machine may send what they like."""
        self._from = port

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr[1] == self._from and (sound := sound_of(data)):
            self._take(sound)


def sound_of(packet: bytes) -> bytes:
    """The sound in an RTP packet, empty where there is none (RFC 3550: version 2, sources, an extension, padding)."""
    if len(packet) < _HEADER or packet[0] >> 6 != 2:
        return b""
    start = _HEADER + 4 * (packet[0] & 15)
    if packet[0] & 16:
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4])
    end = len(packet) - (packet[-1] if packet[0] & 32 else 0)
    body = packet[start:end]
    if len(body) < _LEAST or len(body) % 2:
        return b""
    samples = array("h", body)
    samples.byteswap()  # network order, on the little-endian machines that we run on
    return samples.tobytes()
