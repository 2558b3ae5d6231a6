"""Routing: how fast it is decided who takes what, and how soon an offer is on the wire.

One decision = an agent becomes free → an item or none, the pool updated, the reason made; timed one by one with 10 000
waiting items and 1 000 agents on duty. What is taken comes back as a new arrival, so the pool stays full; that is not
part of a decision and is given beside it. Items need skills at levels, prefer their owners, bar people, and are opened
to others while they wait. The live path is measured by `bench.routing_live`; `--only decisions` leaves it out.
"""

import argparse
import time
from collections.abc import Sequence
from random import Random
from typing import Any

from rich.console import Console

from bench import routing_live
from bench.openloop import spread
from huiyin.domain.routing.capacity import Busy, Capacity, load, room
from huiyin.domain.routing.matching import Agent, Needs, Pool, Relax, Waiting
from huiyin.domain.routing.terms import TERMS

GOAL_PER_S, GOAL_P99_MS = 20_000.0, 5.0
WAITING, AGENTS, DECISIONS, BATCH = 10_000, 1_000, 60_000, 100
ARRIVALS_PER_S = 100.0  # of the simulated clock: at this pace items wait 100 s, so that most are opened to others
SKILLS = ("recharge", "account", "vip", "risk", "english", "refund", "games", "supervisor")
WISHES, PROFILES = 120, 200
RELAX = (Relax(60.0, levels=1), Relax(90.0, also=(("general", 1),)), Relax(120.0, anyone=True))
KINDS = ("chat", "chat", "chat", "call", "call", "case")


def measure(console: Console, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Decide, then offer. Milliseconds."""
    parser = argparse.ArgumentParser(prog="huiyin bench routing")
    parser.add_argument("--only", choices=["decisions", "live"])
    parser.add_argument("--waiting", type=int, default=WAITING)
    parser.add_argument("--agents", type=int, default=AGENTS)
    wish = parser.parse_args(arguments)
    result: dict[str, Any] = {"is_goal_met": True}
    if wish.only != "live":
        console.print(f"{DECISIONS} decisions, {wish.waiting} waiting, {wish.agents} agents …")
        result |= Crowd(wish.waiting, wish.agents).decide(DECISIONS)
    if wish.only != "decisions":
        result |= routing_live.measure(console)
    result["is_goal_met"] = result.get("is_decision_goal_met", True) and result.get("is_offer_goal_met", True)
    return result


class Crowd:
    """A full pool that stays full. The same seed, so every run decides about the same things."""

    def __init__(self, waiting: int, agents: int) -> None:
        self._chance = Random(2026)
        self._pool = Pool()
        self._now, self._items = 0.0, 0
        self._agents = agents
        self._wishes = [self._needs() for _ in range(WISHES)]
        self._profiles = [self._skills() for _ in range(PROFILES)]
        for number in range(agents):
            self._pool.seat(
                Agent(number, self._profiles[number % PROFILES], {"chat": 0, "call": 0, "case": 0}, 0.0, 1.0)
            )
        for _ in range(waiting):
            self._arrive()

    def decide(self, count: int) -> dict[str, Any]:
        """So many decisions, each timed; in batches, after each of which new items arrive."""
        taken: list[float] = []
        worked, refilled, nothing = 0.0, 0.0, 0
        for _ in range(count // BATCH):
            agents = [self._free() for _ in range(BATCH)]
            begun = time.thread_time()
            found = sum(self._decide(agent, taken) for agent in agents)
            worked += time.thread_time() - begun
            begun = time.perf_counter()
            for _ in range(found):
                self._arrive()
            refilled += time.perf_counter() - begun
            nothing += BATCH - found
        return {**self._told(taken, refilled, nothing), "decisions_per_processor_s": round(len(taken) / worked)}

    def _decide(self, agent: Agent, taken: list[float]) -> bool:
        self._now += 1 / ARRIVALS_PER_S
        begun = time.perf_counter()
        self._pool.seat(agent)
        decision = self._pool.for_agent(agent.id, self._now)
        taken.append(time.perf_counter() - begun)
        return decision.item is not None

    def _told(self, taken: list[float], refilled: float, nothing: int) -> dict[str, Any]:
        spent = spread(taken)
        per_s = len(taken) / sum(taken)
        return {
            "decisions_per_s": round(per_s),
            "decision_p99_ms": round(sorted(taken)[int(len(taken) * 0.99)] * 1000, 4),
            "decision_ms": spent,
            "decisions": len(taken),
            "without_item": nothing,
            "with_arrivals_per_s": round(len(taken) / (sum(taken) + refilled)),
            "waiting": len(self._pool),
            "agents_on_duty": self._agents,
            "is_decision_goal_met": per_s >= GOAL_PER_S and spent["p99"] <= GOAL_P99_MS,
        }

    def _arrive(self) -> None:
        self._items += 1
        chance, now = self._chance, self._now
        tier = chance.choice(tuple(TERMS))
        self._pool.put(
            Waiting(
                self._items, chance.choice(KINDS), "general", now, now + TERMS[tier], chance.choice(self._wishes), tier,
                prefers=chance.randrange(self._agents) if chance.random() < 0.1 else None, sticky_until=now + 20,
                barred=frozenset({chance.randrange(self._agents)}) if chance.random() < 0.05 else frozenset(),
                relax=RELAX,
            )
        )  # fmt: skip

    def _free(self) -> Agent:
        chance = self._chance
        number = chance.randrange(self._agents)
        busy = Busy(chance.choice((0, 0, 1, 2)), 0, chance.randrange(20))
        return Agent(
            number, self._profiles[number % PROFILES], room(Capacity(), busy), self._now, load(Capacity(), busy)
        )

    def _needs(self) -> Needs:
        """Three in ten ask for nothing, most for one skill, some for two."""
        count = self._chance.choice((0, 0, 0, 1, 1, 1, 1, 1, 2, 2))
        return tuple(sorted((skill, self._chance.randint(1, 4)) for skill in self._chance.sample(SKILLS, count)))

    def _skills(self) -> dict[str, int]:
        wide = self._chance.sample(SKILLS, self._chance.randint(1, 4))
        return {"general": 1, **{skill: self._chance.randint(1, 5) for skill in wide}}
