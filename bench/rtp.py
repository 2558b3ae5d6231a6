"""Sound for many calls at once: one process, one socket, one packet every 20 ms for each of them.

All calls name this socket as theirs; which call a packet belongs to is told by the port it comes from. Each packet says
in its first samples when it was sent, which a bridge without transcoding leaves as it is, and arrival is stamped by the
kernel: neither a late reader nor a late sender is taken for late sound. Keys are pressed as RFC 4733 events.
"""

import math
import multiprocessing
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

HOST = "127.0.0.1"
FRAME_S, SAMPLES = 0.02, 160
BUFFER = 16 * 1024 * 1024
PCMA, EVENT = 8, 101
SILENT = bytes([0xD5])  # PCMA's zero
KEYS = "0123456789*#"
KEY_PACKETS, GAP_PACKETS = 5, 4  # 100 ms pressed, 80 ms between
SO_TIMESTAMPNS = 35  # socket(7); not named in Python
LATE_S = 0.06  # sound that comes later than a usual jitter buffer of 60 ms holds is lost to the ear
MOST_S = 10.0  # nothing is under way for longer
RATE = 8000
MARK = b"sent"
_HEADER, _EVENT, _SENT = struct.Struct("!BBHII"), struct.Struct("!BBH"), struct.Struct("!4sd")


def a_law(sample: int) -> int:
    """One sample of 16 bits as G.711 writes it."""
    size = min(abs(sample), 32_635)
    exponent = max(0, (size >> 8).bit_length())
    mantissa = (size >> (exponent + 3 if exponent else 4)) & 0x0F
    return ((0x80 if sample >= 0 else 0) | exponent << 4 | mantissa) ^ 0x55


def frame(tone: int) -> bytes:
    """20 ms of a tone; one that is a multiple of 50 Hz may be repeated without a click."""
    return bytes(a_law(round(8000 * math.sin(2 * math.pi * tone * n / RATE))) for n in range(SAMPLES))


TONE = frame(1000)


@dataclass
class Stream:
    """One call's sound, both ways. Ports come again, numbers do not."""

    number: int
    port: int
    seq: int = 0
    stamp: int = 0
    keys: deque[tuple[int, int, int] | None] = field(default_factory=deque)
    key_stamp: int = 0
    packets: int = 0
    first_at: float = 0.0
    first_seq: int = -1
    last_seq: int = -1
    heard_at: float = 0.0  # the first packet that is not silence
    transit: float = 0.0  # seconds between two phones
    worst_transit: float = 0.0
    jitter: float = 0.0  # RFC 3550, seconds
    worst_jitter: float = 0.0
    late: int = 0

    def next_packet(self) -> bytes:
        """What is to be sent now; None among the keys is the pause between two."""
        self.seq = (self.seq + 1) & 0xFFFF
        self.stamp = (self.stamp + SAMPLES) & 0xFFFFFFFF
        key = self.keys.popleft() if self.keys else None
        if key is None:
            sent = _SENT.pack(MARK, time.time())
            return _HEADER.pack(0x80, PCMA, self.seq, self.stamp, self.port) + sent + TONE[_SENT.size :]
        number, lasts, is_end = key
        if lasts == SAMPLES:
            self.key_stamp = self.stamp
        marker = 0x80 if lasts == SAMPLES else 0
        head = _HEADER.pack(0x80, EVENT | marker, self.seq, self.key_stamp, self.port)
        return head + _EVENT.pack(number, (0x80 if is_end else 0) | 10, lasts)

    def press(self, digits: str) -> None:
        for digit in digits:
            steps = [(KEYS.index(digit), (n + 1) * SAMPLES, 0) for n in range(KEY_PACKETS)]
            last = (KEYS.index(digit), KEY_PACKETS * SAMPLES, 1)
            self.keys.extend([*steps, last, last, last, *[None] * GAP_PACKETS])

    def take(self, raw: bytes, at: float) -> None:
        """Count one packet that arrived; keys have no time of their own."""
        _, kind, seq, _, _ = _HEADER.unpack_from(raw)
        if not self.packets:
            self.first_at, self.first_seq, self.last_seq = at, seq, seq - 1
        self.packets += 1
        ahead = (seq - self.last_seq) & 0xFFFF
        if ahead < 0x8000:
            self.last_seq += ahead
        if kind & 0x7F == PCMA:
            if not self.heard_at and raw[12:] != SILENT * (len(raw) - 12):
                self.heard_at = at
            self._time(raw, at)

    def _time(self, raw: bytes, at: float) -> None:
        """How long what another phone sent was under way; music and prompts are not timed."""
        mark, sent = _SENT.unpack_from(raw, _HEADER.size) if len(raw) == _HEADER.size + SAMPLES else (b"", 0.0)
        transit = at - sent
        if mark != MARK or not 0 <= transit < MOST_S:  # cut or mixed on its way
            return
        self.jitter += (abs(transit - (self.transit or transit)) - self.jitter) / 16
        self.worst_jitter, self.transit = max(self.worst_jitter, self.jitter), transit
        self.worst_transit, self.late = max(self.worst_transit, transit), self.late + (transit > LATE_S)

    def forget(self) -> None:
        """Count anew from here."""
        self.packets = self.late = 0
        self.jitter = self.worst_jitter = self.transit = self.worst_transit = self.heard_at = 0.0

    def told(self) -> dict[str, float]:
        expected = self.last_seq - self.first_seq + 1 if self.packets else 0
        return {
            "packets": self.packets, "lost": max(0, expected - self.packets), "late": self.late,
            "worst_transit_ms": round(self.worst_transit * 1000, 2),
            "worst_jitter_ms": round(self.worst_jitter * 1000, 2),
            "first_at": self.first_at, "heard_at": self.heard_at,
        }  # fmt: skip


class Sound:
    """The sound process as its users see it. Times in what it tells are of `time.time`."""

    def __init__(self) -> None:
        apart = multiprocessing.get_context("spawn")
        self._link, theirs = apart.Pipe()
        self._process = apart.Process(target=_pump, args=(theirs,), daemon=True)
        self._process.start()
        self.port: int = self._link.recv()
        self._begun = 0

    def begin(self, port: int) -> int:
        """Speak with whoever listens on this port; the number of the stream."""
        self._begun += 1
        self._link.send(("begin", self._begun, port))
        return self._begun

    def press(self, number: int, digits: str) -> None:
        self._link.send(("press", number, digits))

    def end(self, number: int) -> None:
        self._link.send(("end", number))

    def told(self) -> dict[int, dict[str, float]]:
        """Number → what was counted since the last time, of each stream; those that are over are forgotten."""
        self._link.send(("tell",))
        counted: dict[int, dict[str, float]] = self._link.recv()
        return counted

    def close(self) -> None:
        self._link.send(("stop",))
        self._process.join(5)
        self._process.close()


class _Pump:
    def __init__(self, link: Connection) -> None:
        self.link = link
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.socket.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind((HOST, 0))
        self.socket.settimeout(0)
        self.live: dict[int, Stream] = {}  # by port
        self.by_number: dict[int, Stream] = {}
        self.over: list[Stream] = []

    def run(self) -> None:
        self.link.send(self.socket.getsockname()[1])
        due = time.monotonic()
        while self._obey():
            for stream in self.live.values():
                self.socket.sendto(stream.next_packet(), (HOST, stream.port))
            self._drain()
            due = max(due + FRAME_S, time.monotonic() - 1.0)
            time.sleep(max(0.0, due - time.monotonic()))

    def _drain(self) -> None:
        while True:
            try:
                raw, extra, _, source = self.socket.recvmsg(2048, 64)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if (stream := self.live.get(source[1])) is not None and len(raw) >= _HEADER.size:
                stream.take(raw, _kernel_time(extra))

    def _obey(self) -> bool:
        while self.link.poll():
            verb, *more = self.link.recv()
            if verb == "stop":
                return False
            if verb == "tell":
                self.link.send({one.number: one.told() for one in [*self.over, *self.live.values()]})
                self.over.clear()
                for one in self.live.values():
                    one.forget()
            elif verb == "begin":
                self._begin(*more)
            elif (stream := self.by_number.get(more[0])) is not None:
                self._end(stream) if verb == "end" else stream.press(more[1])
        return True

    def _begin(self, number: int, port: int) -> None:
        if (before := self.live.get(port)) is not None:
            self._end(before)
        self.live[port] = self.by_number[number] = Stream(number, port)

    def _end(self, stream: Stream) -> None:
        del self.by_number[stream.number]
        if self.live.get(stream.port) is stream:
            del self.live[stream.port]
        self.over.append(stream)


def _pump(link: Connection) -> None:
    _Pump(link).run()


def _kernel_time(extra: list[tuple[int, int, bytes]]) -> float:
    """Seconds since the epoch at which the kernel took the packet."""
    for _, kind, data in extra:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
