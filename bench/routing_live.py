"""How soon an offer is on the wire after somebody became available: commit of *available* → event at their desk.

A whole instance runs: PostgreSQL, web, worker, router. Two hundred agents are at their desks, each with a live stream
of their own. At a steady pace one after the other becomes available while something waits, takes it, finishes it and
takes a break. Counted is from the return of the commit of *available* to the arrival of the event that the offer
causes, read from a socket as a browser reads it. `bench routing` calls this.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console

from bench.machine import observed
from bench.openloop import spread
from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running

AGENTS, ROUNDS, PER_S = 200, 2, 8.0
GOAL_P50_MS, GOAL_P99_MS, GOAL_BUSY = 20.0, 50.0, 50.0
PATIENCE_S = 5.0
SETTLE_S = 0.1  # the last event of an agent within this time after the offer is the offer's


@dataclass
class Desks:
    """The streams of all agents, read in a thread of their own: agent number → when the last event came."""

    url: str
    topics: dict[str, str]
    heard: dict[str, float] = field(default_factory=dict)
    open: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=self.url, limits=limits, timeout=30.0, trust_env=False) as client:
            reading = [asyncio.create_task(self._one(client, no)) for no in self.topics]
            while not self.stop.is_set():
                await asyncio.sleep(0.1)
            for one in reading:
                one.cancel()
            await asyncio.gather(*reading, return_exceptions=True)

    async def _one(self, client: httpx.AsyncClient, agent_no: str) -> None:
        async with client.stream("GET", "/live", headers={"Huiyin-Topics": self.topics[agent_no]}) as answer:
            self.open += 1
            async for line in answer.aiter_lines():
                if line.startswith("event: changed"):
                    self.heard[agent_no] = time.perf_counter()


def measure(console: Console, *, agents: int = AGENTS, rounds: int = ROUNDS) -> dict[str, Any]:
    """`{offer_p50_ms, offer_p99_ms, offers, offer_busy_percent, …}` with `agents` desks, each `rounds` times."""
    with running_instance() as running:
        be_part_of(running)
        people = _hire(agents)
        console.print(f"{agents} agents at their desks …")
        with _streams(running, people) as desks, observed() as machine:
            taken, lost = _shifts(desks, people, rounds)
        facts = machine.facts()
    spent = spread(taken or [0.0])
    good = not lost and spent["p50"] <= GOAL_P50_MS and spent["p99"] <= GOAL_P99_MS
    return {
        "offer_p50_ms": spent["p50"], "offer_p99_ms": spent["p99"], "offer_ms": spent, "offers": len(taken),
        "offers_missed": lost, "agents": agents, "offer_busy_percent": facts["busy_percent"],
        "is_offer_goal_met": good and facts["busy_percent"] <= GOAL_BUSY,
    }  # fmt: skip


def be_part_of(running: Running) -> None:
    """This process becomes one more process of the instance: its database, its secrets."""
    url = find_running(running.var)
    assert url is not None
    os.environ |= {
        "DATABASE_URL": url, "HUIYIN_VAR": str(running.var), "HUIYIN_SECRET_FILE": str(running.var / "secrets.json"),
        "DJANGO_SETTINGS_MODULE": "huiyin.settings", "HUIYIN_DEMO": "1",
    }  # fmt: skip
    import django

    django.setup()


def _hire(agents: int) -> list[Any]:
    from huiyin.domain.journal import actions as journal
    from huiyin.domain.routing import actions as routing
    from huiyin.domain.staff.models import Person
    from huiyin.lib.clock import now

    people = []
    for number in range(agents):
        person = Person.objects.create(
            username=f"bench-{number}", agent_no=f"{50_000 + number}", tier="L1", password="!",
            matter=journal.open_matter("staff", now()),
        )  # fmt: skip
        routing.set_presence(person, "desk", "break", now=now())
        people.append(person)
    return people


@contextlib.contextmanager
def _streams(running: Running, people: list[Any]) -> Iterator[Desks]:
    from huiyin.web.live import sign_topics

    topics = {one.agent_no: sign_topics([f"agent:{one.agent_no}"], one.by) for one in people}
    desks = Desks(running.ready["url"], topics)
    reading = threading.Thread(target=desks.run, daemon=True)
    reading.start()
    deadline = time.monotonic() + 30
    while desks.open < len(people) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert desks.open == len(people), f"only {desks.open} streams are open"
    try:
        yield desks
    finally:
        desks.stop.set()
        reading.join(10)


def _shifts(desks: Desks, people: list[Any], rounds: int) -> tuple[list[float], int]:
    """Seconds from commit to event, one for each offer; and how many offers did not come."""
    taken, lost, begun = list[float](), 0, time.perf_counter()
    for number, person in enumerate(people * rounds):
        time.sleep(max(0.0, begun + number / PER_S - time.perf_counter()))
        seconds = _one_shift(desks, person)
        if seconds is None:
            lost += 1
        else:
            taken.append(seconds)
    return taken, lost


def _one_shift(desks: Desks, person: Any) -> float | None:
    """Somebody waits; this agent becomes available, is asked, takes it, finishes it, takes a break."""
    from huiyin.domain.journal import actions as journal
    from huiyin.domain.routing import actions as routing
    from huiyin.domain.routing.queries import pending_offers
    from huiyin.lib.clock import now

    item = routing.enqueue(journal.open_matter("talk", now()), routing.Want("chat", "general"), by="buyer", now=now())
    routing.set_presence(person, "desk", "available", now=now())
    committed = time.perf_counter()
    deadline = committed + PATIENCE_S
    while not (offers := pending_offers(person)) and time.perf_counter() < deadline:
        time.sleep(0.005)
    time.sleep(SETTLE_S)
    arrived = desks.heard.get(person.agent_no, 0.0)
    if offers:
        routing.accept(offers[0].pk, person, "desk", now=now())
    routing.set_presence(person, "desk", "break", now=now())
    routing.done(item, by=person.by, now=now())
    return max(0.0, arrived - committed) if offers and arrived > committed else None
