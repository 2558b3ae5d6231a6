"""Files in a directory: `ab/cdef…` by the SHA-256 of the bytes.

Written to a part file, fsynced, renamed, and the directory fsynced: whatever is killed, a file under its name is whole.
`put` holds the lock of the directory shared, the sweep holds it alone, so that a file put again at this moment is not
swept. A file that no longer is what its name says is put aside under `.damaged/`, never overwritten.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

from huiyin.lib.errors import Refusal, Unavailable
from huiyin.lib.files import Health, Spoiled, Stored

CHUNK = 1 << 20
NAME = re.compile(r"[0-9a-f]{64}")
BATCH = 500


class DiskFiles:
    """Safe to share between threads and processes on one file system."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parts = root / ".new"
        self._aside = root / ".damaged"

    def put(self, stream: BinaryIO, *, most: int) -> Stored:
        try:
            self._make_folders()
            with _part(self._parts / uuid4().hex) as part:
                sha256, size = _write(stream, part, most)
                return self._keep(part, sha256, size)
        except OSError as fault:  # the disk is full or gone: nothing was kept
            raise Unavailable(f"the file was not kept: {fault}") from fault

    def read(self, sha256: str) -> bytes:
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as fault:
            raise Spoiled(sha256, Health.GONE) from fault
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Spoiled(sha256, Health.DAMAGED)
        return data

    def health(self, sha256: str) -> Health:
        try:
            with self._path(sha256).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return Health.GONE
        return Health.WHOLE if digest == sha256 else Health.DAMAGED

    def sweep(self, wanted: Callable[[list[str]], Collection[str]], *, before: datetime) -> int:
        edge, removed = before.timestamp(), 0
        old = (path for path in self._kept() if _changed(path) < edge)
        while batch := list(islice(old, BATCH)):
            names = {path.parent.name + path.name: path for path in batch}
            needed = wanted(list(names))
            removed += sum(self._remove(path, edge) for name, path in names.items() if name not in needed)
        parts = self._parts.iterdir() if self._parts.is_dir() else iter(())
        return removed + sum(self._remove(part, edge) for part in parts)

    def _path(self, sha256: str) -> Path:
        if not NAME.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._root / sha256[:2] / sha256[2:]

    def _make_folders(self) -> None:
        for folder in (self._root, self._parts):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _keep(self, part: Path, sha256: str, size: int) -> Stored:
        target = self._path(sha256)
        with self._lock(fcntl.LOCK_SH):
            health = self.health(sha256)
            if health is Health.WHOLE:
                os.utime(target)  # young again: the sweep leaves it alone until the row is there
                return Stored(sha256, size)
            if health is Health.DAMAGED:
                self._put_aside(target, sha256)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            part.replace(target)
            _sync_folder(target.parent)
            _sync_folder(self._root)
        return Stored(sha256, size, was_spoiled=health is Health.DAMAGED)

    def _put_aside(self, target: Path, sha256: str) -> None:
        self._aside.mkdir(mode=0o700, exist_ok=True)
        target.replace(self._aside / f"{sha256}.{uuid4().hex[:8]}")
        _sync_folder(self._aside)

    def _kept(self) -> Iterator[Path]:
        for folder in self._root.glob("[0-9a-f][0-9a-f]"):
            yield from folder.iterdir()

    def _remove(self, path: Path, edge: float) -> bool:
        with self._lock(fcntl.LOCK_EX):
            if _changed(path) >= edge:
                return False
            path.unlink(missing_ok=True)
        return True

    @contextmanager
    def _lock(self, how: int) -> Iterator[None]:
        with (self._root / ".lock").open("a") as lock:
            fcntl.flock(lock, how)
            yield


@cache
def _at(root: Path) -> DiskFiles:
    return DiskFiles(root)


def from_settings() -> DiskFiles:
    """The files of this installation."""
    return _at(Path(settings.VAR) / "files")


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    """A part file that is gone afterwards, unless it was renamed."""
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write(stream: BinaryIO, part: Path, most: int) -> tuple[str, int]:
    """Copy, hash and fsync; SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise Refusal("file_too_large", limit_mb=most >> 20)
            digest.update(chunk)
            file.write(chunk)
        if not size:
            raise Refusal("file_empty")
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _changed(path: Path) -> float:
    """When a file was last put; for ever from now where it is gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
