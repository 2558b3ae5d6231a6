"""`huiyin bench NAME [--json]`: measure one thing.

The result is one JSON object on the last line of stdout; progress and a summary for people go to stderr.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console

from bench import chat, find, lifecycle, routing, voice
from bench.machine import observed

BENCHES: dict[str, Callable[[Console, Sequence[str]], dict[str, Any]]] = {
    "chat": chat.measure,
    "find": find.measure,
    "lifecycle": lifecycle.measure,
    "routing": routing.measure,
    "voice": voice.measure,
}


def main(arguments: list[str]) -> int:
    """Run one bench. Returns 1 if a goal was missed."""
    parser = argparse.ArgumentParser(prog="huiyin bench")
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--json", action="store_true", help="no summary for people")
    chosen, more = parser.parse_known_args(arguments)
    console = Console(stderr=True, quiet=chosen.json, highlight=False, soft_wrap=True)
    with observed() as machine:
        result = BENCHES[chosen.name](console, more)
    facts = machine.facts()
    brief = {"steal": facts["steal_percent"], "fsync_us": facts["fsync_us"]}
    whole = {"bench": chosen.name, **result, **brief, "machine": facts}
    _summarise(console, whole)
    sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")
    return 0 if whole["is_goal_met"] else 1


def _summarise(console: Console, result: dict[str, Any]) -> None:
    for name, value in result.items():
        console.print(f"[dim]{name:>12}[/]  {value}")
