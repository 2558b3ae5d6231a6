"""An open loop: requests leave at their scheduled instants, whether or not earlier ones have been answered.

Latency counts from the scheduled instant, so that a server that stalls cannot hide the requests it delayed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """One request: how long it took from its scheduled instant, what of that the server says was the shop's."""

    seconds: float
    shop_seconds: float | None
    is_right: bool


async def run(items: Sequence[T], ask: Callable[[T], Awaitable[Answer]], *, per_second: float) -> list[Answer]:
    """Ask for each item at its instant. The answers' `seconds` are counted again from there."""
    begin = time.perf_counter() + 0.1

    async def one(number: int, item: T) -> Answer:
        scheduled = begin + number / per_second
        await asyncio.sleep(max(0.0, scheduled - time.perf_counter()))
        answer = await ask(item)
        return Answer(time.perf_counter() - scheduled, answer.shop_seconds, answer.is_right)

    return await asyncio.gather(*(one(number, item) for number, item in enumerate(items)))


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Percentiles in milliseconds, nearest rank."""
    ordered = sorted(seconds)
    ranks = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(1000 * ordered[max(0, round(rank * len(ordered)) - 1)], 1) for name, rank in ranks.items()}
