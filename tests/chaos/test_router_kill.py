"""The router is killed again and again while chats wait and people answer: nothing is lost, nothing offered twice.

A real instance. Buyers open chats through the API, agents poll their offers as the desk does and accept most of them,
decline some; SIGKILL to the router at random moments. In the end every chat is in somebody's hands by exactly one
accepted offer, no two offers of a chat ever rang at the same time, and nobody had more than they take.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import psycopg
import pytest

from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running
from huiyin.daemons.start import SILENCE
from huiyin.daemons.supervisor import SETTLED_IF_KILLED_SECONDS
from huiyin.domain.routing.tries import REST
from tests.chaos.processes import children_of, eventually

CHATS, PER_S = 60, 8.0
PLACES = 15
KILLS = 8
PATIENCE_S = 60.0
RESTART_S = 1.0


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Running]:
    with running_instance(tmp_path) as running:
        yield running


@dataclass
class Agent:
    """Somebody at work: takes what is offered, says no to every seventh."""

    url: str
    key: str
    answered: int = 0

    def work(self, stop: Event) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=10, trust_env=False) as client:
            client.put("/agents/me/presence", json={"state": "available", "capacity": PLACES}).raise_for_status()
            while not stop.wait(0.05):
                for offer in client.get("/offers").raise_for_status().json()["offers"]:
                    self.answered += 1
                    answer = "decline" if self.answered % 7 == 0 else "accept"
                    said = client.post(f"/offers/{offer['id']}/{answer}")
                    assert said.status_code in {200, 204, 409}, said.text


@dataclass
class Killer:
    """Kills the router at random moments of the buyers' progress; how long each restart took. Each lives a second
    before: what dies at birth again and again waits longer each time, which is another test's."""

    pid: int
    opened: list[str]
    dice: random.Random
    restarts: list[float] = field(default_factory=list)
    born: float = 0.0

    def run(self, stop: Event) -> None:
        for moment in sorted(self.dice.sample(range(2, CHATS - 2), KILLS)):
            while len(self.opened) < moment:
                if stop.wait(0.01):
                    return
            if stop.wait(max(0.0, self.born + SETTLED_IF_KILLED_SECONDS + 0.1 - time.monotonic())):
                return
            victim = children_of(self.pid)["router"]
            os.kill(victim, signal.SIGKILL)
            killed = time.monotonic()
            assert eventually(partial(self._has_another, victim), seconds=10)
            self.born = time.monotonic()
            self.restarts.append(self.born - killed)

    def _has_another(self, victim: int) -> bool:
        return children_of(self.pid).get("router", victim) != victim


def test_sigkill_of_the_router_loses_and_doubles_nothing(instance: Running) -> None:
    dice, stop, opened = random.Random(4), Event(), list[str]()
    agents = [Agent(instance.ready["url"], login["api_key"]) for login in instance.ready["logins"][:6]]
    killer = Killer(instance.ready["pid"], opened, dice)
    with ThreadPoolExecutor(len(agents) + 1) as pool:
        working = [pool.submit(agent.work, stop) for agent in agents]
        killing = Thread(target=killer.run, args=(stop,))
        try:
            killing.start()
            _open_chats(instance, opened)
            killing.join(30)
            assert eventually(lambda: _taken(instance) == CHATS, seconds=PATIENCE_S), _states(instance)
        finally:
            stop.set()
        for one in working:
            one.result()
    assert len(killer.restarts) == KILLS
    assert max(killer.restarts) < RESTART_S
    _check_offers(instance, opened)


def _open_chats(instance: Running, opened: list[str], chats: int = CHATS) -> None:
    begun = time.monotonic()
    with httpx.Client(base_url=f"{instance.ready['url']}/api/v1", timeout=10, trust_env=False) as client:
        for number in range(chats):
            time.sleep(max(0.0, begun + number / PER_S - time.monotonic()))
            body = {
                "channel": "chat", "text": "有人吗", "visitor": f"visitor-of-the-test-{number:04}",
                "contact": {"email": f"chat-{number}@example.com"},
            }  # fmt: skip
            said = client.post("/conversations", json=body)
            assert said.status_code == 201, said.text
            opened.append(said.json()["id"])


def _asked(instance: Running, query: Any) -> list[tuple[Any, ...]]:
    url = find_running(instance.var)
    assert url is not None
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def _taken(instance: Running) -> int:
    return int(_asked(instance, "SELECT count(*) FROM routing_item WHERE kind = 'chat' AND state = 'taken'")[0][0])


def _states(instance: Running) -> list[tuple[Any, ...]]:
    return _asked(instance, "SELECT state, count(*) FROM routing_item GROUP BY state")


def _check_offers(instance: Running, opened: list[str]) -> None:
    rows = _asked(
        instance,
        "SELECT m.no, o.agent_id, o.state, o.made_at, COALESCE(o.answered_at, 'infinity') FROM routing_offer o"
        " JOIN routing_item i ON i.id = o.item_id JOIN journal_matter m ON m.id = i.matter_id ORDER BY o.made_at, o.id",
    )
    for no in opened:
        mine = [row for row in rows if row[0] == no]
        assert [row[2] for row in mine].count("accepted") == 1, mine
        assert all(earlier[4] <= later[3] for earlier, later in pairwise(mine)), mine
    held = _asked(instance, "SELECT max(n) FROM (SELECT count(*) n FROM routing_item GROUP BY agent_id) counted")
    assert held[0][0] <= PLACES


def test_a_router_that_stands_still_is_replaced(instance: Running) -> None:
    """It keeps its lock while it is frozen, so that no other can do its work: it must be killed."""
    frozen = children_of(instance.ready["pid"])["router"]
    os.kill(frozen, signal.SIGSTOP)
    stop, opened = Event(), list[str]()
    agent = Agent(instance.ready["url"], instance.ready["logins"][0]["api_key"])
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(agent.work, stop)
        try:
            _open_chats(instance, opened, 2)
            assert eventually(lambda: _taken(instance) == 2, seconds=SILENCE["router"] + 10), _states(instance)
        finally:
            stop.set()
        working.result()
    assert children_of(instance.ready["pid"])["router"] != frozen
    assert "router hangs" in (instance.var / "said.txt").read_text()


def test_a_matter_that_somebody_holds_for_ever_holds_up_no_other(instance: Running) -> None:
    """A transaction that never ends somewhere: its matter must wait, nobody else's."""
    url, stop, opened = find_running(instance.var), Event(), list[str]()
    assert url is not None
    before = children_of(instance.ready["pid"])["router"]
    _open_chats(instance, opened, 3)
    agent = Agent(instance.ready["url"], instance.ready["logins"][0]["api_key"])
    with psycopg.connect(url) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute("SELECT 1 FROM journal_matter WHERE no = %s FOR UPDATE", [opened[0]])
        working = pool.submit(agent.work, stop)
        try:
            assert eventually(lambda: _taken(instance) == 2, seconds=PATIENCE_S), _states(instance)
        finally:
            stop.set()
        working.result()
    assert children_of(instance.ready["pid"])["router"] == before
    assert f"left alone for {REST.total_seconds():.0f} s" in (instance.var / "log" / "router.log").read_text()
