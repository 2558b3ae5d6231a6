"""Django's backend for PostgreSQL, with two things that cost every request less."""

import select
from functools import lru_cache
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg import adapt, adapters, pq

NEVER_BY_ITSELF = 1_000_000_000
_TIMESTAMPTZ = adapters.types["timestamptz"].oid


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection of a thread."""

    def get_connection_params(self) -> dict[str, Any]:
        """Times are read by psycopg's own compiled code: Django's reader is Python and costs 5 µs a value. Statements
        may be prepared, but only those that ask for it (`often.py`)."""
        asked_for_only = {"prepare_threshold": NEVER_BY_ITSELF}
        return {**super().get_connection_params(), "context": _adapters(self.timezone), **asked_for_only}

    def init_connection_state(self) -> None:
        """What is prepared (`often.py`) is planned once and not five times for each connection first. Django's own
        statements are sent whole and planned with their values, as ever."""
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, which compares time zones of its own reader each time; ours takes the session's, UTC."""
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)

    def is_usable(self) -> bool:
        """Asked before the first statement of each request. Between two transactions the server says nothing, unless it
        goes away: only when there is something to read, `SELECT 1` is sent to find out what."""
        link = self.connection
        if link is None or link.closed or link.broken:
            return False
        waiting = select.poll()
        waiting.register(link.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not waiting.poll(0) or bool(super().is_usable())


@lru_cache
def _adapters(zone: Any) -> adapt.AdaptersMap:
    """Django's adapters but for the reader of times."""
    ours = adapt.AdaptersMap(get_adapters_template(True, zone))  # noqa: FBT003  (Django's own)
    reader = adapters.get_loader(_TIMESTAMPTZ, pq.Format.TEXT)
    assert reader is not None
    ours.register_loader("timestamptz", reader)
    return ours
