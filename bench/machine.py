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


@dataclass
class Processes:
    """What the processes of an instance, and we ourselves, spend: seconds of a processor by the name of the process."""

    root: int
    before: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        self.before = self.spent()

    def since(self) -> dict[str, float]:
        """Seconds of a processor since `begin`, by name; the generator is ourselves."""
        now = self.spent()
        return {name: round(seconds - self.before.get(name, 0.0), 2) for name, seconds in sorted(now.items())}

    def spent(self) -> dict[str, float]:
        """By name. A parent's figure holds what its children spent once they are dead, as those of PostgreSQL."""
        names, totals = {os.getpid(): "generator"}, dict[str, float]()
        table = _process_table()
        for pid, (parent, seconds, dead) in sorted(table.items()):
            if parent == self.root:
                names[pid] = _name_of(pid)
            elif parent in names and parent != os.getpid():
                names[pid] = names[parent]
            if pid in names:
                totals[names[pid]] = totals.get(names[pid], 0.0) + seconds + (dead if names[pid] == "postgres" else 0)
        return totals


def _process_table() -> dict[int, tuple[int, float, float]]:
    """pid → parent, seconds spent, seconds that dead children spent; proc_pid_stat(5)."""
    found, tick = {}, os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            rest = (entry / "stat").read_text().rpartition(")")[2].split()
            user, system, user_dead, system_dead = (int(ticks) / tick for ticks in rest[11:15])
            found[int(entry.name)] = (int(rest[1]), user + system, user_dead + system_dead)
    return found


def processes_under(root: int) -> dict[int, str]:
    """pid → name of what the supervisor with this pid has started."""
    return {pid: _name_of(pid) for pid, (parent, *_) in _process_table().items() if parent == root}


def _name_of(pid: int) -> str:
    """`web`, `worker`, … as `huiyin start` names its children; else the program."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return "gone"
    if "huiyin.daemons.command" in words:
        return words[words.index("huiyin.daemons.command") + 1]
    return next((Path(word).name for word in words if word.endswith("/sbin/asterisk")), Path(words[0]).name)


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
