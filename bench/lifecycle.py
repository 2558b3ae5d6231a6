"""The life of complaints over HTTP at N rows: create → assign → resolve → search, as DIGIT CMS measures itself.

Goal: 40 lives a second for 60 s in an open loop, p95 of a request at most 100 ms, nothing waiting five seconds after.
Everything runs on this machine: the generator, PostgreSQL, web, worker and the demo shop. Also measured: opening alone,
the most that 50 clients get in a closed loop, and DIGIT's spike of 1→15→25→35→10 a second.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

import psycopg
from rich.console import Console

from bench.caller import Client
from bench.machine import Processes
from bench.openloop import spread
from bench.rows import GOODS, TROUBLE, WISHES, load
from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running

SPIKE = (1, 15, 25, 35, 10)
GOAL_PER_S, GOAL_MS = 40.0, 100.0
CLIENTS = 50
WORDS = [*GOODS, *TROUBLE]


@dataclass(frozen=True)
class Wish:
    """What to measure."""

    rows: int
    rate: float
    seconds: int
    parts: tuple[str, ...]


@dataclass
class Tally:
    """What happened: seconds of each request by its name, whole lives, and what went wrong."""

    requests: dict[str, list[float]] = field(default_factory=dict)
    lives: int = 0
    errors: list[str] = field(default_factory=list)

    def told(self, seconds: float, waiting: int = 0) -> dict[str, Any]:
        every = [one for taken in self.requests.values() for one in taken] or [0.0]
        return {
            "lives": self.lives, "lifecycles_per_s": round(self.lives / seconds, 1), "p95_ms": spread(every)["p95"],
            "errors": len(self.errors), "backlog": waiting, "whole_ms": spread(every),
            "by_request_ms": {name: spread(taken) for name, taken in self.requests.items()},
            "first_errors": self.errors[:3],
        }  # fmt: skip


Life = Callable[[Tally, float], Awaitable[None]]


class Program:
    """A program with a key: one life of a complaint after another."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.client = Client(ready["url"], {"Authorization": f"Bearer {ready['api_key']}"})
        self.dice = Random(11)
        self.agents = [login["username"] for login in ready["logins"] if login["role"] in {"L1", "L2"}]

    async def live(self, tally: Tally, scheduled: float) -> None:
        """Create, assign, resolve, search. The first request counts from its scheduled instant."""
        if (no := await self.open(tally, scheduled)) is None:
            return
        path = f"/api/v1/complaints/{no}"
        for name, method, at, body in (
            ("assign", "POST", f"{path}/assign", {"agent_no": self.dice.choice(self.agents)}),
            ("resolve", "POST", f"{path}/resolve", {"text": "系统延迟，已经补发到账"}),
            ("search", "GET", f"/api/v1/complaints?q={quote(self.dice.choice(WORDS))}", None),
        ):
            if await self._ask(tally, name, method, at, body, time.perf_counter()) is None:
                return
        tally.lives += 1

    async def open(self, tally: Tally, scheduled: float) -> str | None:
        """Create alone; the case number."""
        n, said = self.dice.randrange(10**9), f"买了{self.dice.choice(GOODS)}，{self.dice.choice(TROUBLE)}"
        body = {
            "contact": {"email": f"b{n}@example.com"}, "what_happened": said,
            "demand": {"text": self.dice.choice(WISHES)}, "category": "recharge_delayed",
        }  # fmt: skip
        answer = await self._ask(tally, "create", "POST", "/api/v1/complaints", body, scheduled)
        return str(answer["case_no"]) if answer else None

    async def only_open(self, tally: Tally, scheduled: float) -> None:
        if await self.open(tally, scheduled):
            tally.lives += 1

    async def _ask(self, tally: Tally, name: str, method: str, path: str, body: object, since: float) -> Any:
        try:
            answer = await self.client.request(method, path, body)
        except (OSError, TimeoutError) as trouble:
            tally.errors.append(f"{name}: {trouble!r}")
            return None
        tally.requests.setdefault(name, []).append(time.perf_counter() - since)
        if not answer.is_success:
            tally.errors.append(f"{name}: {answer.status} {answer.body[:200]!r}")
            return None
        return answer.json()


async def at_rate(life: Life, steps: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """An open loop: so many a second for so long, step after step. What is not over five seconds after is backlog."""
    tally, begun, tasks = Tally(), time.perf_counter() + 0.1, []
    instants, at = [], begun
    for per_second, seconds in steps:
        instants += [at + n / per_second for n in range(int(per_second * seconds))]
        at += seconds
    for instant in instants:
        await asyncio.sleep(max(0.0, instant - time.perf_counter()))
        tasks.append(asyncio.ensure_future(life(tally, instant)))
    _, late = await asyncio.wait(tasks, timeout=max(0.1, at + 5 - time.perf_counter()))
    told = tally.told(max(at, time.perf_counter()) - begun, len(late))
    if late:
        await asyncio.wait(late, timeout=60)
    return told


async def closed_loop(life: Life, seconds: float, clients: int = CLIENTS) -> dict[str, Any]:
    """So many clients, each beginning anew as soon as it is done."""
    tally, begun = Tally(), time.perf_counter()

    async def client() -> None:
        while time.perf_counter() < begun + seconds:
            await life(tally, time.perf_counter())

    await asyncio.gather(*(client() for _ in range(clients)))
    return tally.told(time.perf_counter() - begun)


def measure(console: Console, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Start an instance, fill it, let complaints live in it."""
    wish = _parse(arguments)
    console.print("starting an instance …")
    with running_instance() as instance:
        url = find_running(instance.var)
        assert url is not None
        begun = time.monotonic()
        load(url, wish.rows, console.print)
        _hire(url)
        console.print(f"{wish.rows} rows in {time.monotonic() - begun:.0f} s")
        found = asyncio.run(_all(instance, wish, console, url))
    main = found.get("open_loop", {})
    is_met = main.get("lifecycles_per_s", 0) >= GOAL_PER_S * 0.99 and main.get("p95_ms", 0) <= GOAL_MS
    return {
        **main, "rows": wish.rows, "rate": wish.rate,
        **{name: one for name, one in found.items() if name != "open_loop"},
        "goal": {"lifecycles_per_s": GOAL_PER_S, "p95_ms": GOAL_MS},
        "is_goal_met": is_met and not main.get("errors") and not main.get("backlog"),
    }  # fmt: skip


async def _all(instance: Running, wish: Wish, console: Console, url: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    processes, program = Processes(instance.process.pid), Program(instance.ready)
    await at_rate(program.live, [(5, 4)])  # warm up
    measures: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
        "open_loop": lambda: at_rate(program.live, [(wish.rate, wish.seconds)]),
        "opening": lambda: at_rate(program.only_open, [(80, wish.seconds / 2)]),
        "spike": lambda: at_rate(program.live, [(rate, wish.seconds / 10) for rate in SPIKE]),
        "closed_loop": lambda: closed_loop(program.live, wish.seconds / 3),
    }
    for name in wish.parts:
        console.print(f"{name} …")
        processes.begin()
        found[name] = await measures[name]()
        found[name]["cpu_ms_per_life"] = _each(processes.since(), found[name].pop("lives"))
        console.print(str(found[name]))
        await asyncio.sleep(2)
    program.client.close()
    found["jobs_waiting"] = _jobs(url)
    return found


def _each(spent: dict[str, float], lives: int) -> dict[str, float]:
    return {name: round(1000 * seconds / max(1, lives), 1) for name, seconds in spent.items()}


def _jobs(url: str) -> int:
    with psycopg.connect(url) as link:
        waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL"
        row = link.execute(waiting).fetchone()
    return int(row[0]) if row else 0


def _hire(url: str) -> None:
    """Whoever works in the demo is there while we measure."""
    with psycopg.connect(url) as link:
        link.execute("UPDATE staff_person SET on_duty = true, seen_at = now() + interval '1 hour'")


def _parse(arguments: Sequence[str]) -> Wish:
    parser = argparse.ArgumentParser(prog="huiyin bench lifecycle")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=GOAL_PER_S, help="lives a second of the open loop")
    parser.add_argument("--seconds", type=int, default=60)
    parts = ["open_loop", "opening", "spike", "closed_loop"]
    parser.add_argument("--only", choices=parts, action="append", help="one part alone")
    chosen = parser.parse_args(list(arguments))
    return Wish(chosen.rows, chosen.rate, chosen.seconds, tuple(chosen.only or parts))
