"""A shop behind the HTTP contract (docs/reference/shop-contract.md).

Time-outs, 5xx and unreadable answers are `Unavailable`: the shop did not tell us, so nothing is known. A clear no is
`Rejected` with the shop's code. Only reads are repeated by themselves; a remedy is repeated by its caller, by its key.
"""

import ipaddress
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import stamina
from django.conf import settings

from huiyin.adapters.shop import parse, parse_terms
from huiyin.adapters.shop.silence import Silence, TimedOut
from huiyin.domain.orders.shop import Capabilities, OrderSnapshot, Payment, Receipt, RemedyRequest, Terms
from huiyin.lib.errors import Outside, Rejected, Unavailable
from huiyin.lib.money import Money
from huiyin.lib.signing import Message, ShopKey, signed_headers

BASE_PATH = "/huiyin/v1"
LARGEST_ANSWER = 1_000_000
CAPABILITIES_LIVE_S = 60.0
READS = 3  # tries, all inside the time-out
PLAIN_NAME = re.compile(r"[A-Za-z0-9._~-]{1,100}")  # what may stand in a path; anything else is no number of a shop
LATER = frozenset({408, 425, 429})  # not a no: ask again
UNSUPPORTED = frozenset({404, 405, 501})
T = TypeVar("T")


class Hiccup(Unavailable):
    """The shop was not reached or answered 5xx at once: a read may be tried again within its time."""


class HttpShop:
    """Speaks the contract over one pooled client; safe to share between threads. `timeout_s` bounds each call whole."""

    def __init__(self, base_url: str, key_id: str, secret: str, timeout_s: float = 2.5) -> None:
        base = base_url.rstrip("/")
        self._base = base if base.endswith(BASE_PATH) else base + BASE_PATH
        self._key = ShopKey(key_id, secret)
        self._timeout_s = timeout_s
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=min(1.0, timeout_s)),
            limits=httpx.Limits(max_connections=40, max_keepalive_connections=20, keepalive_expiry=4),
            trust_env=not _is_loopback(base_url),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "huiyin"},
        )
        self._silence = Silence()
        self._known: tuple[float, Capabilities] | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let the pooled connections go."""
        self._client.close()

    def capabilities(self) -> Capabilities:
        """What the shop can do; remembered for a minute."""
        with self._lock:
            if self._known is not None and time.monotonic() - self._known[0] < CAPABILITIES_LIVE_S:
                return self._known[1]
        fresh = self._read("/capabilities", parse.capabilities)
        with self._lock:
            self._known = (time.monotonic(), fresh)
        return fresh

    def find(self, by: str, value: str) -> tuple[OrderSnapshot, ...]:
        return self._read(f"/orders?by={quote(by, safe='')}&value={quote(value, safe='')}", parse.orders)

    def order(self, order_no: str) -> OrderSnapshot | None:
        return self._read_one(f"/orders/{order_no}", order_no, parse.order)

    def terms(self, order_no: str) -> tuple[Terms, ...]:
        return self._read_one(f"/orders/{order_no}/terms", order_no, parse_terms.terms) or ()

    def requery(self, bill_no: str) -> Payment | None:
        return self._read_one(f"/payments/{bill_no}", bill_no, parse.payment)

    def paid_since(self, since: datetime) -> tuple[OrderSnapshot, ...]:
        stamp = since.astimezone(UTC).isoformat()
        return self._read(f"/orders?paid_since={quote(stamp, safe='')}", parse.orders)

    def reveal(self, order_no: str) -> tuple[str, ...]:
        if not PLAIN_NAME.fullmatch(order_no):
            raise Rejected("not_found")
        return self._ask("POST", f"/orders/{order_no}/reveal", parse.keys)

    def remedy(self, request: RemedyRequest) -> Receipt:
        return self._ask("POST", "/remedies", _receipt_for(request.key), _remedy_body(request))

    def remedy_state(self, key: str) -> Receipt:
        try:
            return self._read(f"/remedies/{quote(key, safe='')}", _receipt_for(key))
        except Rejected as fault:
            if fault.code in {"not_found", *(f"http_{status}" for status in UNSUPPORTED)}:
                raise Rejected("unsupported", "this shop cannot tell what became of a remedy") from fault
            raise

    def _read_one(self, path: str, name: str, read: Callable[[parse.Node], T]) -> T | None:
        """One thing by its number; None when the shop answers that there is none."""
        if not PLAIN_NAME.fullmatch(name):
            return None
        try:
            return self._read(path, read)
        except Rejected as fault:
            if fault.code in {"not_found", "http_404"}:
                return None
            raise

    def _read(self, path: str, read: Callable[[parse.Node], T]) -> T:
        """A read, tried again after a hiccup while its time lasts."""
        ends = time.monotonic() + self._timeout_s
        tries = stamina.retry_context(
            on=Hiccup, attempts=READS, timeout=self._timeout_s, wait_initial=0.1, wait_max=0.4, wait_jitter=0.1
        )
        for attempt in tries:
            with attempt:
                return self._ask("GET", path, read, ends=ends)
        raise AssertionError("stamina returns or raises")

    def _ask(
        self, method: str, path: str, read: Callable[[parse.Node], T], body: bytes = b"", *, ends: float | None = None
    ) -> T:
        """One signed request and its answer as a value."""
        deadline = time.monotonic() + self._timeout_s if ends is None else ends
        with self._silence.watched():
            status, answer = self._answered(self._request(method, path, body), deadline)
        if status != httpx.codes.OK:
            raise _trouble(status, answer)
        try:
            return read(parse.document(answer))
        except parse.Malformed as fault:
            raise Unavailable(f"the shop's answer cannot be read: {fault}") from fault

    def _answered(self, request: httpx.Request, deadline: float) -> tuple[int, bytes]:
        try:
            return self._send(request, deadline)
        except httpx.ReadTimeout as fault:
            raise TimedOut(f"the shop did not answer in time: {fault!r}") from fault
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError, httpx.ReadError) as fault:
            raise Hiccup(f"the shop was not reached: {fault}") from fault
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise Unavailable(f"the shop did not answer: {fault!r}") from fault

    def _request(self, method: str, path: str, body: bytes) -> httpx.Request:
        request = self._client.build_request(method, self._base + path, content=body or None)
        message = Message(method, request.url.raw_path.decode(), body)
        request.headers.update(signed_headers(message, self._key, datetime.now(UTC)))
        if body:
            request.headers["Content-Type"] = "application/json"
        return request

    def _send(self, request: httpx.Request, deadline: float) -> tuple[int, bytes]:
        """Read at most a megabyte and never longer than the deadline, however slowly the shop drips."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise Unavailable("no time left to ask the shop")
        request.extensions["timeout"] = httpx.Timeout(left, connect=min(1.0, left)).as_dict()
        response = self._client.send(request, stream=True)
        try:
            return response.status_code, _body(response, deadline)
        finally:
            response.close()


def from_settings() -> HttpShop:
    """The shop of this installation; one client per process."""
    return _shop_at(settings.SHOP_URL, settings.SHOP_KEY_ID, settings.SHOP_SECRET)


@cache
def _shop_at(url: str, key_id: str, secret: str) -> HttpShop:
    return HttpShop(url, key_id, secret)


def _body(response: httpx.Response, deadline: float) -> bytes:
    body = bytearray()  # raw: a compressed answer was not asked for and could be a bomb
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise Unavailable("the shop's answer is larger than a megabyte")
        if time.monotonic() > deadline:
            raise TimedOut("the shop's answer took too long")
    return bytes(body)


def _trouble(status: int, body: bytes) -> Outside:
    """What a status other than 200 means to us."""
    code, detail = parse.problem(body)
    if status in LATER or (status >= 500 and status != 501):
        kind = Hiccup if status >= 500 else Unavailable
        return kind(f"the shop answered {status} {code}".strip())
    return Rejected(code or f"http_{status}", detail)


def _receipt_for(key: str) -> Callable[[parse.Node], Receipt]:
    def read(node: parse.Node) -> Receipt:
        receipt = parse.receipt(node)
        if receipt.key != key:
            raise parse.Malformed("key is not the one that was asked about")
        return receipt

    return read


def _remedy_body(request: RemedyRequest) -> bytes:
    values: dict[str, Any] = asdict(request) | {"amount": str(Money(request.amount.fen)), "kind": str(request.kind)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _is_loopback(url: str) -> bool:
    """A shop on this machine is never asked through a proxy."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
