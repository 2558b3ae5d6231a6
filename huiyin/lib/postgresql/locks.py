"""Whether somebody holds an advisory lock of this database: how one process sees that another is there."""

from django.db import connection


def is_held(lock: int) -> bool:
    """Asks about a lock taken with one 64 bit key (pg_locks splits it in two)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
                SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                WHERE datname = current_database() AND locktype = 'advisory' AND granted
                  AND classid::bigint = %s AND objid::bigint = %s AND objsubid = 1)
            """,
            [lock >> 32, lock & 0xFFFFFFFF],
        )
        return bool(cursor.fetchone()[0])
