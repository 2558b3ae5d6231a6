"""A demo instance for the length of a `with` block: for `huiyin demo`, benchmarks and tests."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huiyin.daemons.postgres import forget_cluster

PATIENCE = 60.0
# What belongs to the program that asks and would lead the instance to that program's own database.
NOT_INHERITED = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}


class DidNotStart(Exception):
    """The instance ended or was not usable in time; carries the end of what it said."""


@dataclass(frozen=True)
class Running:
    """A usable instance. `ready` is its ready.json; `seconds` is how long it took to become usable."""

    var: Path
    process: subprocess.Popen[bytes]
    ready: dict[str, Any]
    seconds: float


@contextlib.contextmanager
def running_instance(
    var: Path | None = None, *, stop_patience: float = 30.0, extra: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start `huiyin start` on a free port, in `var` or in a directory that vanishes afterwards; stop it at the end.

    `extra` is added to its environment.

    Raises DidNotStart."""
    with contextlib.ExitStack() as cleanup:
        if var is None:
            var = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="huiyin-")))
            cleanup.callback(forget_cluster, var)
        begun = time.monotonic()
        process = start_instance(var, extra=extra)
        try:
            ready = _await(var, process, begun + PATIENCE)
            yield Running(var, process, ready, time.monotonic() - begun)
        finally:
            stop_instance(process, patience=stop_patience)


def start_instance(var: Path, *arguments: str, extra: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """`huiyin start --port 0 --var VAR …` as a child with `extra` environment; what it says goes to VAR/said.txt."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_INHERITED and not name.startswith("HUIYIN_")
    }
    var.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "huiyin.daemons.command", "start", "--port", "0", "--var", str(var), *arguments]
    with (var / "said.txt").open("wb") as said:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment | dict(extra or {})
        )


def stop_instance(process: subprocess.Popen[bytes], *, patience: float = 30.0) -> int:
    """SIGTERM, wait, and only then SIGKILL. Returns the exit code."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _await(var: Path, process: subprocess.Popen[bytes], deadline: float) -> dict[str, Any]:
    while (facts := _ready(var)).get("pid") != process.pid:  # of a killed one before, until the new one removes it
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart((var / "said.txt").read_text()[-2000:])
        time.sleep(0.02)
    return facts


def _ready(var: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((var / "ready.json").read_text())
    except FileNotFoundError:
        return {}
    return facts
