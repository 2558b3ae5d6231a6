"""Seals between Huiyin and a shop: signed requests (both ways), signed links to one order, signed members.

Pure: the time is passed in. A request is sealed over `METHOD\\npath?query\\ntimestamp\\nsha256(body)`, path and query
exactly as they stand on the wire. A link token is `base64url({order_no, exp}) . base64url(HMAC)` and belongs after the
`#` of an address, so that it reaches no log. An identity token is `base64url({sub, exp, …}) . base64url(HMAC)`: the
shop's own page hands it to the chat, so that a member need not say who they are. Wrong seals raise `Refusal`.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from huiyin.lib.errors import Refusal

KEY_HEADER = "X-Huiyin-Key"
TIMESTAMP_HEADER = "X-Huiyin-Timestamp"
SIGNATURE_HEADER = "X-Huiyin-Signature"
WINDOW_S = 300  # clocks of two shops differ; a stolen request dies after this
LONGEST_LINK = 1024
LONGEST_IDENTITY = 2048
IDENTITY_LIVES_S = 3600  # nobody may be given a longer one: a page makes a new one whenever it is loaded


@dataclass(frozen=True, slots=True)
class ShopKey:
    """The secret a shop and Huiyin share, and the name it goes by."""

    key_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What is signed. `target` is path and query as sent, e.g. `/huiyin/v1/orders?by=email&value=a%40b`."""

    method: str
    target: str
    body: bytes = b""


def signed_headers(message: Message, key: ShopKey, now: datetime) -> dict[str, str]:
    """The three headers that seal a request."""
    stamp = str(int(now.timestamp()))
    return {KEY_HEADER: key.key_id, TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: _seal(message, stamp, key.secret)}


def check_signed(message: Message, headers: Mapping[str, str], key: ShopKey, now: datetime) -> None:
    """Raise Refusal `signature_missing | signature_stale | signature_wrong` unless the request is sealed with `key`."""
    stamp, given = headers.get(TIMESTAMP_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
    if not stamp or not given or not headers.get(KEY_HEADER):
        raise Refusal("signature_missing")
    if not _is_fresh(stamp, now):
        raise Refusal("signature_stale", window_s=WINDOW_S)
    is_key = _same(headers[KEY_HEADER], key.key_id)
    if not _same(given, _seal(message, stamp, key.secret)) or not is_key:
        raise Refusal("signature_wrong")


def link_token(order_no: str, expires: datetime, secret: str) -> str:
    """The token of a link that proves its bearer came from this order's own page or mail."""
    claims = {"order_no": order_no, "exp": int(expires.timestamp())}
    payload = _encode(json.dumps(claims, separators=(",", ":"), ensure_ascii=True).encode())
    return f"{payload}.{_encode(_link_mac(payload, secret))}"


def order_in_link(token: str, secret: str, now: datetime) -> str:
    """The order number a link token proves. Raises Refusal `link_wrong | link_expired`."""
    payload, dot, mac = token.partition(".")
    if not dot or len(token) > LONGEST_LINK or not _same(mac, _encode(_link_mac(payload, secret))):
        raise Refusal("link_wrong")
    order_no, expires = _claims(payload)
    if expires < now.timestamp():
        raise Refusal("link_expired")
    return order_no


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a shop says is sitting there. `sub`: the member's number there; the rest may be empty."""

    sub: str
    name: str = ""
    phone: str = ""
    email: str = ""
    tier: str = ""
    order_no: str = ""


def identity_token(identity: Identity, expires: datetime, secret: str) -> str:
    """What the shop's page hands to the chat: `identity`, sealed until `expires` (an hour at most)."""
    claims = {name: value for name, value in asdict(identity).items() if value} | {"exp": int(expires.timestamp())}
    payload = _encode(json.dumps(claims, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode())
    return f"{payload}.{_encode(_identity_mac(payload, secret))}"


def identity_in(token: str, secret: str, now: datetime) -> Identity:
    """The member a token names. Raises Refusal `identity_wrong | identity_expired`."""
    payload, dot, mac = token.partition(".")
    if not secret or not dot or len(token) > LONGEST_IDENTITY:
        raise Refusal("identity_wrong")
    if not _same(mac, _encode(_identity_mac(payload, secret))):
        raise Refusal("identity_wrong")
    claims = _json(payload)
    expires = claims.pop("exp", None)
    known = {name: value for name, value in claims.items() if name in Identity.__slots__ and isinstance(value, str)}
    if not isinstance(expires, int) or not known.get("sub", "").strip():
        raise Refusal("identity_wrong")
    if not now.timestamp() <= expires <= now.timestamp() + IDENTITY_LIVES_S + WINDOW_S:
        raise Refusal("identity_expired")
    return Identity(**{name: value.strip()[:160] for name, value in known.items()})


def _json(payload: str) -> dict[str, Any]:
    try:
        claims = json.loads(_decode(payload))
    except (ValueError, binascii.Error) as fault:
        raise Refusal("identity_wrong") from fault
    if not isinstance(claims, dict):
        raise Refusal("identity_wrong")
    return claims


def _identity_mac(payload: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), b"identity\n" + payload.encode(), hashlib.sha256).digest()


def _claims(payload: str) -> tuple[str, int]:
    try:
        claims = json.loads(_decode(payload))
        order_no, expires = claims["order_no"], claims["exp"]
    except (ValueError, binascii.Error, KeyError, TypeError) as fault:
        raise Refusal("link_wrong") from fault
    if not isinstance(order_no, str) or not isinstance(expires, int):
        raise Refusal("link_wrong")
    return order_no, expires


def _seal(message: Message, stamp: str, secret: str) -> str:
    digest = hashlib.sha256(message.body).hexdigest()
    text = f"{message.method.upper()}\n{message.target}\n{stamp}\n{digest}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _link_mac(payload: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), b"link\n" + payload.encode(), hashlib.sha256).digest()


def _is_fresh(stamp: str, now: datetime) -> bool:
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return is_number and abs(now.timestamp() - int(stamp)) <= WINDOW_S


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
