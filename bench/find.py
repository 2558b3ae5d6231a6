"""Find → facts: from what a buyer pastes to what we know about the order, through the API.

Goal: our own time at most 300 ms, p95 over 200 finds at 20 a second. Own time is the answer's time without the shop's
(header `Server-Timing: shop;dur=…`); where the server does not say that, the whole answer counts as ours.
"""

import asyncio
import itertools
import re
from collections.abc import Sequence
from typing import Any

import httpx
from rich.console import Console

from bench.openloop import Answer, run, spread
from huiyin.daemons.ephemeral import running_instance

FINDS = 200
PER_SECOND = 20.0
WARM_UP = 20
GOAL_MS = 300.0
# One keeps silent on purpose, the other changes by itself while we measure.
LEFT_OUT = {"shop_unreachable", "watched"}


def measure(console: Console, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Start an instance, find its orders, say how long that took (milliseconds)."""
    console.print("starting an instance …")
    with running_instance() as instance:
        console.print(f"usable after {instance.seconds:.1f} s; {FINDS} finds at {PER_SECOND:.0f}/s …")
        answers = asyncio.run(_find_all(instance.ready))
    own = spread([answer.seconds - (answer.shop_seconds or 0.0) for answer in answers])
    wrong = sum(not answer.is_right for answer in answers)
    return {
        "finds": len(answers),
        "per_second": PER_SECOND,
        "wrong": wrong,
        "own_ms": own,
        "whole_ms": spread([answer.seconds for answer in answers]),
        "shop_is_subtracted": all(answer.shop_seconds is not None for answer in answers),
        "start_seconds": round(instance.seconds, 1),
        "goal_ms": GOAL_MS,
        "is_goal_met": wrong == 0 and own["p95"] <= GOAL_MS,
    }


async def _find_all(ready: dict[str, Any]) -> list[Answer]:
    # The number from the bill is the proof at the same time: only with one do facts come back.
    pasted = [order["bill_no"] for order in ready["demo_orders"] if order["situation"] not in LEFT_OUT]
    headers = {"Authorization": f"Bearer {ready['api_key']}"}
    async with httpx.AsyncClient(base_url=ready["url"], headers=headers, timeout=30, trust_env=False) as client:

        async def ask(number: str) -> Answer:
            response = await client.post("/api/v1/orders/find", json={"q": number})
            is_right = response.status_code == 200 and response.json().get("found") is True
            return Answer(response.elapsed.total_seconds(), _shop_seconds(response), is_right)

        for number in pasted[:WARM_UP]:
            await ask(number)
        return await run(list(itertools.islice(itertools.cycle(pasted), FINDS)), ask, per_second=PER_SECOND)


def _shop_seconds(response: httpx.Response) -> float | None:
    said = re.search(r"\bshop;dur=([\d.]+)", response.headers.get("server-timing", ""))
    return float(said[1]) / 1000 if said else None
