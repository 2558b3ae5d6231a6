"""A whole running centre, as the scenarios use it: its hotline, its API, its rows, its processes."""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from huiyin.adapters.asterisk.paths import USER
from huiyin.daemons.ephemeral import Running
from huiyin.daemons.postgres import find_running
from huiyin.domain.voice.logins import Login, login_of
from tests.chaos.processes import children_of, eventually
from tests.journeys.agent import Agent
from tests.voice.parties import Party

T = TypeVar("T")
PATIENCE_S = 15.0
ARI_SECRET = "ari_password"
LEAD = "2002"  # sees every call
ONLY_CALLS = {"chat": 0, "call": 1, "case": 0}


@dataclass
class Centre:
    """What `huiyin start` started."""

    running: Running
    network: Party | None = None  # stands for the telephone network: what we call out to
    hotline: str = ""  # our number, as people read it

    @property
    def pid(self) -> int:
        return int(self.running.ready["pid"])

    @cached_property
    def port(self) -> int:
        """Of the hotline, for SIP."""
        return int(self.running.ready["voice"]["sip_uri"].rpartition(":")[2])

    @property
    def var(self) -> Path:
        return self.running.var

    def uri(self, line: str) -> str:
        return f"sip:{line}@127.0.0.1:{self.port}"

    def login(self, user: str) -> Login:
        """What this SIP user registers with."""
        secret = json.loads((self.var / "secrets.json").read_text())["secret_key"]
        return login_of(user, secret.encode())

    def agent(self, agent_no: str) -> Agent:
        return Agent(self.running.ready, agent_no)

    def says(self, agent_no: str, state: str) -> None:
        """This agent's presence: takes one call and nothing else."""
        self.agent(agent_no).call("PUT", "/agents/me/presence", {"state": state, "capacity": ONLY_CALLS})

    def call(self, no: str, agent_no: str = LEAD) -> dict[str, Any]:
        """One call, as the API tells it."""
        told: dict[str, Any] = self.agent(agent_no).call("GET", f"/calls/{no}")
        return told

    def number_of(self, caller: str) -> str:
        """The number of the newest call from this telephone number."""
        return str(self.until(partial(self._call_of, caller), f"a call from {caller}")[0])

    def _call_of(self, caller: str) -> tuple[Any, ...] | None:
        rows = self.rows(
            "SELECT matter.no FROM voice_call AS call JOIN journal_matter AS matter ON matter.id = call.matter_id"
            " WHERE caller LIKE %s ORDER BY call.started_at DESC LIMIT 1",
            f"%{caller[-11:]}",
        )
        return rows[0] if rows else None

    def rows(self, query: Any, *values: Any) -> list[tuple[Any, ...]]:
        url = find_running(self.var)
        assert url is not None
        with psycopg.connect(url) as connection:
            return connection.execute(query, values or None).fetchall()

    def ari(self, path: str) -> Any:
        """What Asterisk itself says there is."""
        return self._ask_ari("GET", path).json()

    def tell_ari(self, path: str) -> None:
        """Change something in Asterisk itself."""
        self._ask_ari("POST", path)

    def _ask_ari(self, method: str, path: str) -> httpx.Response:
        known = json.loads((self.var / "hotline.json").read_text())
        secret = json.loads((self.var / "secrets.json").read_text())[ARI_SECRET]
        address = f"http://127.0.0.1:{known['http_port']}/ari/{path}"
        return httpx.request(method, address, auth=(USER, secret), timeout=5, trust_env=False).raise_for_status()

    def kill(self, name: str) -> int:
        """SIGKILL, and wait until there is another. The pid of the dead one."""
        victim = self.process(name)
        os.kill(victim, signal.SIGKILL)
        assert eventually(lambda: children_of(self.pid).get(name, victim) != victim, PATIENCE_S), f"no new {name}"
        return victim

    def process(self, name: str) -> int:
        return self.until(lambda: children_of(self.pid).get(name), f"a {name} that runs")

    def until(self, find: Callable[[], T | None], what: str, within: float = PATIENCE_S) -> T:
        """What `find` finds, as soon as it does. A database that is just dead counts as not yet."""
        end = time.monotonic() + within
        while True:
            try:
                if (found := find()) is not None:
                    return found
            except psycopg.OperationalError:
                pass
            assert time.monotonic() < end, f"no {what}"
            time.sleep(0.05)
