"""The hash chain of a matter's facts (pure). Anybody can recompute it from an export with the standard library."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """One fact as the chain sees it."""

    seq: int
    name: str
    by: str
    at: datetime
    data: dict[str, Any]
    hash: str = ""


def canonical(no: str, link: Link) -> bytes:
    """The bytes that are hashed: JSON, keys sorted, no blanks, UTF-8, time in UTC with microseconds."""
    at = link.at.astimezone(UTC).isoformat(timespec="microseconds")
    body = {"at": at, "by": link.by, "data": link.data, "matter": no, "name": link.name, "seq": link.seq}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def next_hash(previous: str, no: str, link: Link) -> str:
    """SHA-256 over the previous hash (32 bytes, or nothing for the first fact) and the canonical JSON; hex."""
    return hashlib.sha256(bytes.fromhex(previous) + canonical(no, link)).hexdigest()


def first_break(no: str, links: Iterable[Link]) -> int | None:
    """The seq of the first fact that does not fit its place, or None when the chain is whole."""
    previous, expected = "", 1
    for link in links:
        if link.seq != expected or link.hash != next_hash(previous, no, link):
            return expected
        previous, expected = link.hash, expected + 1
    return None
