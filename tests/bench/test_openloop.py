"""The generator itself: what it reports must be what happened."""

import asyncio
import time

from bench.machine import fsync_microseconds, observed
from bench.openloop import Answer, run, spread


def test_a_request_delayed_by_a_stall_counts_from_its_scheduled_instant() -> None:
    async def stall(_: int) -> Answer:
        time.sleep(0.02)  # blocks everything behind it, as a stalled server does
        return Answer(0.02, None, is_right=True)

    answers = asyncio.run(run(range(10), stall, per_second=1000))
    assert answers[-1].seconds > 0.15


def test_requests_do_not_wait_for_earlier_answers() -> None:
    async def slow(_: int) -> Answer:
        await asyncio.sleep(0.2)
        return Answer(0.2, None, is_right=True)

    begun = time.perf_counter()
    asyncio.run(run(range(20), slow, per_second=100))
    assert time.perf_counter() - begun < 1.0


def test_percentiles_are_nearest_ranks_in_milliseconds() -> None:
    assert spread([number / 1000 for number in range(1, 101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}


def test_the_machine_says_what_it_was_like() -> None:
    with observed() as machine:
        sum(range(10_000))
    facts = machine.facts()
    assert facts["cores"] >= 1
    assert 0 <= facts["steal_percent"] <= 100
    assert fsync_microseconds() > 0
