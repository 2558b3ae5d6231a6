"""One `var` directory is one instance: its lock, its secrets, and the file that says it is ready."""

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO, Any


class Occupied(Exception):
    """Another `huiyin start` runs on this directory."""


class Instance:
    """The files of one `var` directory that belong to whoever starts it."""

    def __init__(self, var: Path) -> None:
        self.var = var.resolve()
        self.ready = self.var / "ready.json"
        self.secrets = self.var / "secrets.json"
        self.logs = self.var / "log"
        self._lock: IO[str] | None = None

    def occupy(self) -> None:
        """Take the directory for this process. Raises Occupied; the kernel gives it back when the process dies."""
        self.logs.mkdir(parents=True, exist_ok=True)
        lock = (self.var / "start.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise Occupied from None
        self._lock = lock
        self.ready.unlink(missing_ok=True)

    def ensure_secrets(self, *, is_demo: bool) -> dict[str, str]:
        """The random secrets of this instance, each made once: one that an older version did not know is added.

        `made_for` remembers whether demo people know them.
        """
        known = self.known_secrets()
        made = {
            "made_for": "demo" if is_demo else "public",
            "secret_key": secrets.token_urlsafe(48),
            "shop_key_id": f"huiyin-{secrets.token_hex(4)}",
            "shop_secret": secrets.token_urlsafe(32),
            "dossier_key": secrets.token_urlsafe(32),
            "ari_password": secrets.token_urlsafe(24),
        } | known
        if made != known:
            write_whole(self.secrets, made)
        return made

    def known_secrets(self) -> dict[str, str]:
        """The secrets as they are; none before the first start."""
        known: dict[str, str] = json.loads(self.secrets.read_text()) if self.secrets.exists() else {}
        return known

    def announce(self, facts: dict[str, Any]) -> None:
        """Say that the instance is usable."""
        write_whole(self.ready, facts)

    def address_of_the_running_one(self) -> str:
        """Where the instance that occupies this directory answers, as far as it has said so."""
        try:
            return str(json.loads(self.ready.read_text())["url"])
        except (OSError, ValueError, KeyError):
            return "…"


def write_whole(path: Path, content: dict[str, Any]) -> None:
    """Write a private JSON file that is either absent or complete, never half."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
