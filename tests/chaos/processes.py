"""The processes under a running instance."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg

from huiyin.daemons.ephemeral import Running
from huiyin.daemons.postgres import find_running
from huiyin.daemons.start import web_names

HOTLINE = {"asterisk", "switchboard"}  # where this machine has an Asterisk
WHOLE_AGAIN_S = 30.0  # after a kill, on a busy machine


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


def everybody(running: Running) -> set[str]:
    """The names of all who run in a demo instance."""
    hotline = HOTLINE if running.ready["voice"]["state"] == "on" else set()
    return {"postgres", "demo-shop", "worker", "router", *hotline, *web_names()}


def is_whole(running: Running) -> bool:
    """Whether everybody is there, and the ones others stand on answer: after a kill it takes a moment."""
    ready, database = running.ready, find_running(running.var)
    if database is None or set(children_of(ready["pid"])) != everybody(running):
        return False
    try:
        psycopg.connect(database, connect_timeout=2).close()
        urls = [f"{ready['url']}/healthz?deep=1", f"{ready['demo_shop']['url']}/healthz"]
        return all(httpx.get(url, timeout=2, trust_env=False).is_success for url in urls)
    except (httpx.HTTPError, psycopg.OperationalError):
        return False
