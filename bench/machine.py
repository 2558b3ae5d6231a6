"""What the machine was like while we measured: a figure without this means little."""

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huiyin.daemons.postgres import DatabaseTrouble, find_binaries

# Fields of the first line of /proc/stat, proc_stat(5): user nice system idle iowait irq softirq steal …
IDLE, IOWAIT, STEAL, COUNTED = 3, 4, 7, 8


@dataclass
class Machine:
    """Processor times at the beginning and at the end of a measurement."""

    before: list[int]
    after: list[int] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        spent = [end - start for start, end in zip(self.before, self.after, strict=True)]
        total = sum(spent) or 1
        return {
            "cores": os.cpu_count(),
            "busy_percent": round(100 * (total - spent[IDLE] - spent[IOWAIT] - spent[STEAL]) / total, 1),
            "steal_percent": round(100 * spent[STEAL] / total, 1),
            "fsync_us": fsync_microseconds(),
        }


@contextlib.contextmanager
def observed() -> Iterator[Machine]:
    """Watch the processors for the length of a `with` block."""
    machine = Machine(_processor_times())
    yield machine
    machine.after = _processor_times()


def fsync_microseconds() -> float | None:
    """One fdatasync of 8 kB on the disk of the temporary directory, by pg_test_fsync; None where that is missing."""
    try:
        program = find_binaries() / "pg_test_fsync"
        with tempfile.TemporaryDirectory() as folder:
            command = [program, "--secs-per-test=1", f"--filename={Path(folder) / 'probe'}"]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (DatabaseTrouble, OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"fdatasync\s.*?([\d.]+) usecs/op", said)
    return float(found[1]) if found else None


def _processor_times() -> list[int]:
    first = Path("/proc/stat").read_text().splitlines()[0]
    return [int(ticks) for ticks in first.split()[1 : COUNTED + 1]]
