"""When a time span is over, counted in seconds, opening hours, working days or natural days."""

from enum import StrEnum


class Unit(StrEnum):
    SECONDS = "seconds"
    WORKING_SECONDS = "working_seconds"
    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"
