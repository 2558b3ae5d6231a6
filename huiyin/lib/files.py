"""The port to where files lie, whatever they belong to. A file is named by the SHA-256 of its bytes and never altered.

`adapters/storage/disk.py` keeps them in a directory; S3-compatible storage would be another implementation. Whoever
points at a file writes the row after `put` returned: no row is without its bytes, and bytes without a row are swept
after a day.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Protocol

from huiyin.lib.errors import Outside


class Health(StrEnum):
    WHOLE = "whole"
    DAMAGED = "damaged"  # other bytes than its name says
    GONE = "gone"


class Spoiled(Outside):
    """The bytes are gone or not those the hash names. Asking again will not help."""

    def __init__(self, sha256: str, health: Health) -> None:
        super().__init__(f"file {sha256} is {health}")
        self.sha256 = sha256
        self.health = health


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is on disk for good. `was_spoiled`: the same file lay here damaged; it was put aside, not lost."""

    sha256: str
    size: int
    was_spoiled: bool = False


class Files(Protocol):
    def put(self, stream: BinaryIO, *, most: int) -> Stored:
        """Keep everything that is left in the stream. Raises Refusal `file_too_large` beyond `most` bytes, `file_empty`
        for none, Unavailable where the disk is full."""

    def read(self, sha256: str) -> bytes:
        """The bytes, compared with their hash. Raises Spoiled."""

    def health(self, sha256: str) -> Health:
        """Whether the bytes still are what the hash says."""

    def sweep(self, wanted: Callable[[list[str]], Collection[str]], *, before: datetime) -> int:
        """Remove files last put before that moment which `wanted` does not name; how many."""
