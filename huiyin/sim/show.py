"""A simulated day as a table for people."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_ROWS = (
    ("offered", "offered", ""),
    ("answered", "answered", ""),
    ("abandoned", "abandoned", ""),
    ("unanswered", "never answered", ""),
    ("connection_rate", "connection rate", "%"),
    ("asa_s", "mean wait of the answered", "s"),
    ("p90_wait_s", "nine in ten wait at most", "s"),
    ("p99_wait_s", "99 in 100 wait at most", "s"),
    ("service_level_20s", "answered within 20 s, of all", "%"),
    ("occupancy", "occupancy", "%"),
)


def show(console: Console, days: Mapping[str, dict[str, Any]]) -> None:
    """One column per policy; then the tiers and the worst quarter-hour of each."""
    table = Table("", *days, title=None)
    for key, words, unit in _ROWS:
        table.add_row(words, *(_said(day[key], unit) for day in days.values()))
    table.add_section()
    for tier in sorted({tier for day in days.values() for tier in day["per_tier"]}):
        table.add_row(f"{tier}: mean wait", *(_tier(day, tier) for day in days.values()))
    table.add_section()
    table.add_row("worst quarter-hour", *(_worst(day["worst_quarter_hour"]) for day in days.values()))
    console.print(table)


def _tier(day: dict[str, Any], tier: str) -> str:
    found = day["per_tier"].get(tier)
    if found is None:
        return "–"
    return f"{_said(found['asa_s'], 's')}, 99 in 100: {_said(found['p99_wait_s'], 's')}"


def _worst(found: dict[str, Any] | None) -> str:
    if found is None:
        return "–"
    begins = int(found["start_s"])
    clock = f"{begins // 3600:02}:{begins % 3600 // 60:02}"
    return f"{clock}: {_said(found['connection_rate'], '%')} of {found['offered']}, {_said(found['asa_s'], 's')}"


def _said(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "%":
        return f"{100 * value:.1f} %"
    return f"{value:.1f} s" if unit else str(value)
