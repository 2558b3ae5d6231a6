"""The hotline: calls set up in a second, agent free → ringing beside Asterisk's own Queue(), talks recorded at once.

One instance; five runs of the set-up and of the ringing, with their spread and what the machine's host took (steal).
The figures named in `_figures` are medians of the runs, the p99 is the worst run's: a good run must not hide a bad one.
"""

import argparse
import asyncio
import statistics
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from bench import commanded, recorded, ringing, setup_of_calls
from bench.hotline import Hotline, hire, hotline, is_available
from bench.machine import observed
from bench.openloop import spread

RUNS = 5
GOAL_CALLS_PER_S, GOAL_FIRST_WORD_MS, GOAL_READY_S = 40.0, 300.0, 3.0
GOAL_RINGING_P50_MS, GOAL_RINGING_P99_MS, GOAL_RECORDED = 20.0, 50.0, 100
GOAL_COMMAND_MS = 300.0
PARTS = ("setup", "ringing", "recorded")
Result = dict[str, Any]


def measure(console: Console, arguments: Sequence[str] = ()) -> Result:
    """The keys of the contract, and all runs. Milliseconds."""
    parser = argparse.ArgumentParser(prog="huiyin bench voice")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--rate", type=float, default=setup_of_calls.RATE, help="calls offered in a second")
    parser.add_argument("--calls", type=int, default=recorded.CALLS, help="talks at once")
    wish = parser.parse_args(arguments)
    parts = (wish.only,) if wish.only else PARTS
    with hotline() as line:
        console.print(f"first call {line.start_s:.1f} s from nothing, {line.ready_s:.1f} s from the start of Asterisk")
        result: Result = {"ready_s": round(line.ready_s, 2), "start_s": round(line.start_s, 2)}
        if "ringing" in parts:
            result |= _ringing(console, line, wish.runs)
        if "recorded" in parts:
            console.print(f"{wish.calls} talks at once …")
            result |= asyncio.run(recorded.run(line, wish.calls))
        if "setup" in parts:  # last: everybody in it hangs up while waiting, and is owed a call-back
            result |= _setup(console, line, wish.runs, wish.rate)
    return result | {"is_goal_met": _is_goal_met(result)}


def _setup(console: Console, line: Hotline, runs: int, rate: float) -> Result:
    told = []
    for number in range(runs):
        told.append(asyncio.run(setup_of_calls.run(line, rate)))
        console.print(f"set-up {number + 1}/{runs}: {told[-1]}")
    return {
        "calls_per_s": statistics.median(one["calls_per_s"] for one in told),
        "setup_p99_ms": max(one["setup_ms"]["p99"] for one in told),
        "first_word_p99_ms": max(one["first_word_ms"]["p99"] for one in told),
        "first_word_p50_ms": statistics.median(one["first_word_ms"]["p50"] for one in told),
        "calls_lost": sum(one["calls"] - one["complete"] for one in told),
        "setup_runs": told,
    }


def _ringing(console: Console, line: Hotline, runs: int) -> Result:
    """Ours and theirs in turns, so that both have the same machine."""
    person = hire(1)[0]
    ours, theirs, told = list[float](), list[float](), list[Result]()
    for number in range(runs):
        with observed() as machine:
            is_available(person, state="break")
            one = asyncio.run(ringing.hotline_gaps(line, person))
            other = asyncio.run(ringing.queue_app_gaps())
        told.append({"ours": spread(one), "queue_app": spread(other), "steal": machine.facts()["steal_percent"]})
        console.print(f"ringing {number + 1}/{runs}: {told[-1]}")
        ours, theirs = ours + one, theirs + other
    commands = spread(asyncio.run(commanded.gaps(line, person)))
    mine, app = spread(ours), spread(theirs)
    return {
        "free_to_ringing_p50_ms": mine["p50"], "free_to_ringing_p99_ms": mine["p99"],
        "queue_app_p50_ms": app["p50"], "queue_app_p99_ms": app["p99"], "ringing_runs": told,
        "command_p50_ms": commands["p50"], "command_p99_ms": commands["p99"],
    }  # fmt: skip


def _is_goal_met(result: Result) -> bool:
    """Of what was measured."""
    return bool(
        result.get("calls_per_s", GOAL_CALLS_PER_S) >= GOAL_CALLS_PER_S
        and result.get("calls_lost", 0) == 0
        and result.get("first_word_p50_ms", 0) <= GOAL_FIRST_WORD_MS
        and result.get("free_to_ringing_p50_ms", 0) <= GOAL_RINGING_P50_MS
        and result.get("free_to_ringing_p99_ms", 0) <= GOAL_RINGING_P99_MS
        and result.get("concurrent_recorded", GOAL_RECORDED) >= GOAL_RECORDED
        and result.get("is_sound_whole", True)
        and result.get("command_p99_ms", 0) <= GOAL_COMMAND_MS
        and result["ready_s"] <= GOAL_READY_S
    )
