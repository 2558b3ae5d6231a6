"""Whether the buyer is there (pure): their page keeps a stream open, and its process says so every twenty seconds."""

from datetime import datetime, timedelta

SEEN_EVERY = timedelta(seconds=20)
AWAY_AFTER = timedelta(seconds=60)
GIVEN_UP_AFTER = timedelta(minutes=10)  # so long gone from a queue, nobody waits any more


def is_away(seen_at: datetime | None, now: datetime) -> bool:
    """Whether nobody looks at the page any more."""
    return seen_at is None or now - seen_at > AWAY_AFTER
