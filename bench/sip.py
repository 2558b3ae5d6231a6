"""The least of SIP that a load needs: many callers and many phones on one UDP socket, in plain asyncio.

A generator must not cost what it measures, and nothing has to be installed for it. Sound is `bench.rtp`'s.
"""

import asyncio
import contextlib
import hashlib
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

HOST = "127.0.0.1"
AGAIN_S = 0.5  # a request is sent again while nothing comes back
BUFFER = 4 * 1024 * 1024
PAYLOADS = (
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
)


class Refused(Exception):
    """A final answer that is no; carries its code."""


class Silent(Exception):
    """No answer at all."""


@dataclass(frozen=True)
class Message:
    """One SIP message, taken apart."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def parse(cls, raw: bytes) -> "Message":
        head, _, body = raw.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":")[::2] for line in lines)
        return cls(first, tuple((name.strip().lower(), value.strip()) for name, value in pairs), body)

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def code(self) -> int:
        """Of an answer; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self.get("cseq").split()[-1]

    @property
    def sound_port(self) -> int:
        """Where the other side wants its sound."""
        found = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        return int(found[1]) if found else 0


@dataclass
class Leg:
    """One call of ours: who we are in it and what came of it."""

    station: "Station"
    call_id: str
    ours: str
    theirs: str
    target: str
    cseq: int = 1
    branch: str = ""
    sound_port: int = 0
    stream: int = 0  # the number of its sound, where it has any
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    ended_at: float = 0.0

    async def bye(self) -> None:
        """Hang up. Whether the other side heard it or was gone before is the same to us."""
        if self.ended.is_set():
            return
        self._over()
        self.station.hung_up_at = self.ended_at
        self.cseq += 1
        with contextlib.suppress(Silent, Refused):
            await self.station.ask("BYE", self)

    def _over(self) -> None:
        if not self.ended.is_set():
            self.ended_at = time.perf_counter()
            self.ended.set()


# What a phone does with a call that comes in; when it returns, the call is answered.
Ring = Callable[["Leg", Message], Awaitable[None]]


class Station(asyncio.DatagramProtocol):
    """A socket with all its calls. `sound_port` is told to everybody as the place of our sound."""

    def __init__(self, server_port: int, sound_port: int) -> None:
        self.server, self.sound_port = (HOST, server_port), sound_port
        self.legs: dict[str, Leg] = {}
        self.phones: dict[str, Ring] = {}  # by user part
        self.hung_up_at = 0.0  # when we last sent a BYE, by time.perf_counter
        self._waiting: dict[tuple[str, str], asyncio.Queue[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> "Station":
        raw = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            raw.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        raw.bind((HOST, 0))
        raw.settimeout(0)
        self.port = int(raw.getsockname()[1])
        self.transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=raw)
        return self

    def close(self) -> None:
        self.transport.close()

    # --- what we ask

    async def call(self, user: str, caller: str, patience: float = 10.0) -> Leg:
        """INVITE, wait for 200, ACK. Raises Refused or Silent."""
        call_id = f"{secrets.token_hex(8)}@{HOST}"
        target = f"sip:{user}@{HOST}:{self.server[1]}"
        leg = Leg(self, call_id, f"<sip:{caller}@{HOST}>;tag={secrets.token_hex(4)}", f"<{target}>", target)
        self.legs[call_id] = leg
        try:
            answer = await self.ask("INVITE", leg, sdp=self._sdp(), patience=patience)
        except Refused:
            self._ack(leg)
            raise
        self._learn(leg, answer)
        self._ack(leg)
        leg.answered.set()
        return leg

    async def register(self, user: str, password: str, ring: Ring, expires: int = 600) -> None:
        """Be this user's phone. Raises Refused or Silent."""
        self.phones[user] = ring
        address = f"<sip:{user}@{HOST}:{self.server[1]}>"
        leg = Leg(self, f"{secrets.token_hex(8)}@{HOST}", address, address, f"sip:{HOST}:{self.server[1]}")
        leg.ours += f";tag={secrets.token_hex(4)}"
        more = f"Contact: <sip:{user}@{HOST}:{self.port}>\r\nExpires: {expires}\r\n"
        try:
            await self.ask("REGISTER", leg, more=more)
        except Refused as no:
            challenge: Message = no.args[1]
            if challenge.code != 401:
                raise
            leg.cseq += 1
            more += _proof(challenge.get("www-authenticate"), user, password, leg.target)
            await self.ask("REGISTER", leg, more=more)

    async def ask(self, method: str, leg: Leg, *, sdp: str = "", more: str = "", patience: float = 4.0) -> Message:
        """Send a request until there is a final answer: that of 2xx. Raises Refused (code, message) or Silent."""
        leg.branch = f"z9hG4bK{secrets.token_hex(8)}"
        key = (leg.call_id, leg.branch)
        answers = self._waiting[key] = asyncio.Queue()
        end = time.monotonic() + patience
        try:
            again = AGAIN_S
            self._send(method, leg, sdp, more)
            while (left := end - time.monotonic()) > 0:
                try:
                    async with asyncio.timeout(min(again, left)):
                        answer = await answers.get()
                except TimeoutError:
                    self._send(method, leg, sdp, more)
                    again *= 2
                    continue
                if answer.code >= 300:
                    leg.theirs = answer.get("to")
                    raise Refused(answer.code, answer)
                if answer.code >= 200:
                    return answer
                again = patience  # it is being worked on
            raise Silent(method)
        finally:
            del self._waiting[key]

    # --- what comes in

    def datagram_received(self, raw: bytes, address: tuple[str, int]) -> None:
        if not raw.strip():
            return
        message = Message.parse(raw)
        if message.code:
            self._answered(message)
        elif message.first.startswith("INVITE"):
            self._rung(message, address)
        elif not message.first.startswith("ACK"):
            self._told(message, address)

    def _answered(self, message: Message) -> None:
        branch = re.search(r"branch=([^;,\s]+)", message.get("via"))
        waiting = self._waiting.get((message.get("call-id"), branch[1] if branch else ""))
        if waiting is not None:
            waiting.put_nowait(message)
        elif message.method == "INVITE" and message.code >= 200 and (leg := self.legs.get(message.get("call-id"))):
            self._ack(leg)  # our ACK was lost

    def _rung(self, message: Message, address: tuple[str, int]) -> None:
        call_id = message.get("call-id")
        if call_id in self.legs:
            return  # sent again: our answer is under way
        user = re.match(r"INVITE sip:([^@;>]+)", message.first)
        ring = self.phones.get(user[1] if user else "")
        leg = Leg(self, call_id, f"{message.get('to')};tag={secrets.token_hex(4)}", message.get("from"), "")
        if ring is None:
            self.reply(message, address, 404, leg)
            return
        self.legs[call_id] = leg
        self._learn(leg, message, keep_names=True)
        self.reply(message, address, 180, leg)
        self._do(self._pick_up(ring, leg, message, address))

    async def _pick_up(self, ring: Ring, leg: Leg, message: Message, address: tuple[str, int]) -> None:
        await ring(leg, message)
        if not leg.ended.is_set():
            self.reply(message, address, 200, leg, self._sdp())
            leg.answered.set()

    def _told(self, message: Message, address: tuple[str, int]) -> None:
        leg = self.legs.get(message.get("call-id"))
        self.reply(message, address, 200, leg)
        if leg is not None and message.first.split()[0] in {"BYE", "CANCEL"}:
            leg._over()

    # --- wire

    def reply(self, message: Message, address: tuple[str, int], code: int, leg: Leg | None, sdp: str = "") -> None:
        to = leg.ours if leg is not None and message.first.startswith("INVITE") else message.get("to")
        lines = [f"SIP/2.0 {code} Answer", *(f"Via: {via}" for via in message.all("via"))]
        lines += [f"From: {message.get('from')}", f"To: {to}", f"Call-ID: {message.get('call-id')}"]
        lines += [f"CSeq: {message.get('cseq')}", f"Contact: <sip:{HOST}:{self.port}>"]
        self._put(lines, sdp, address)

    def _send(self, method: str, leg: Leg, sdp: str = "", more: str = "") -> None:
        lines = [f"{method} {leg.target} SIP/2.0", f"Via: SIP/2.0/UDP {HOST}:{self.port};branch={leg.branch};rport"]
        lines += ["Max-Forwards: 70", f"From: {leg.ours}", f"To: {leg.theirs}", f"Call-ID: {leg.call_id}"]
        lines += [f"CSeq: {leg.cseq} {method}"]
        if "Contact:" not in more:
            lines.append(f"Contact: <sip:{HOST}:{self.port}>")
        lines += more.split("\r\n")[:-1] if more else []
        self._put(lines, sdp, self.server)

    def _put(self, lines: list[str], sdp: str, address: tuple[str, int]) -> None:
        if sdp:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(sdp)}", "", sdp]
        self.transport.sendto("\r\n".join(lines).encode(), address)

    def _ack(self, leg: Leg) -> None:
        self._send("ACK", leg)

    def _learn(self, leg: Leg, message: Message, *, keep_names: bool = False) -> None:
        contact = re.search(r"<(sip:[^>]+)>", message.get("contact"))
        leg.target = contact[1] if contact else leg.target
        leg.sound_port = message.sound_port
        if not keep_names:
            leg.theirs = message.get("to")

    def _sdp(self) -> str:
        who = f"v=0\r\no=- 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\n"
        return f"{who}m=audio {self.sound_port} RTP/AVP 8 101\r\n{PAYLOADS}"

    def _do(self, work: "asyncio.Future[None] | Awaitable[None]") -> None:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _proof(challenge: str, user: str, password: str, uri: str) -> str:
    """The Authorization header for a digest challenge (RFC 2617, MD5 with qop=auth)."""
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    nonce, own = said["nonce"], secrets.token_hex(8)
    mine, theirs = md5(f"{user}:{said['realm']}:{password}"), md5(f"REGISTER:{uri}")
    answer = md5(f"{mine}:{nonce}:00000001:{own}:auth:{theirs}")
    opaque = f', opaque="{said["opaque"]}"' if "opaque" in said else ""
    return (
        f'Authorization: Digest username="{user}", realm="{said["realm"]}", nonce="{nonce}", uri="{uri}",'
        f' response="{answer}", algorithm=MD5, qop=auth, nc=00000001, cnonce="{own}"{opaque}\r\n'
    )
