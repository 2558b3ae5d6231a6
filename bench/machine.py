"""What the machine was like while we measured: a figure without this means little."""

import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Fields of the first line of /proc/stat, proc_stat(5): user nice system idle iowait irq softirq steal …
IDLE, IOWAIT, STEAL, COUNTED = 3, 4, 7, 8
PAGE, SYNCS = bytes(8192), 500


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


def fsync_microseconds() -> float:
    """One write and fdatasync of 8 kB on the disk of the temporary directory, as pg_test_fsync measures it; median."""
    taken = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            os.pwrite(file.fileno(), PAGE, 0)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return round(statistics.median(taken) * 1e6, 1)


def _processor_times() -> list[int]:
    first = Path("/proc/stat").read_text().splitlines()[0]
    return [int(ticks) for ticks in first.split()[1 : COUNTED + 1]]
