"""The one place that reads the clock. Rules and actions get `now` passed in."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)
