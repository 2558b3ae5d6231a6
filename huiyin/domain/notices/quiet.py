"""Quiet hours (pure, OP17): what we only want to know is not asked at night, nor again after a fault, nor from a pile
that has waited. The answer to somebody who contacted us goes out at any hour."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = 21, 9  # o'clock where the business is
ZONE: Final = ZoneInfo("Asia/Shanghai")
HELD_BACK: Final = frozenset({"survey"})  # templates


def is_quiet(now: datetime) -> bool:
    """Whether it is an hour in which nobody's phone makes a sound because we want to know something."""
    return not QUIET_UNTIL <= now.astimezone(ZONE).hour < QUIET_FROM


def held_back(now: datetime) -> frozenset[str]:
    """Templates that wait for the morning."""
    return HELD_BACK if is_quiet(now) else frozenset()
