"""The processes under a running instance."""

import time
from collections.abc import Callable
from pathlib import Path


def children_of(pid: int) -> dict[str, int]:
    """Name (`web`, `web2`, `worker`, …, `asterisk` or `postgres`) → pid of what the supervisor with this pid has
    started and is alive."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        except OSError:
            continue  # it died while we looked
        if "huiyin.daemons.command" in words:
            verb = words[words.index("huiyin.daemons.command") + 1]
            found[words[words.index("--name") + 1] if "--name" in words else verb] = int(child)
        elif words[0].endswith("/postgres"):
            found["postgres"] = int(child)
        elif any(word.endswith("/sbin/asterisk") for word in words):
            found["asterisk"] = int(child)
    return found


def eventually(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it becomes so within these seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return is_so()
