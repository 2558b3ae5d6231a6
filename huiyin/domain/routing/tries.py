"""One row after the other, so that one which fails stops no other: it is logged and left alone for a minute."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Model

R = TypeVar("R", bound=Model)
T = TypeVar("T")
REST = timedelta(seconds=60)

log = logging.getLogger("huiyin.router")


class Tries:
    """What failed lately: the kind of a row and its key, and until when it is left alone."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, int], datetime] = {}

    def one(self, kind: str, pk: int, act: Callable[[], T], *, now: datetime) -> T | None:
        """Do this for a row unless it rests; None when it does or fails. Raises what happens when the database is
        away: that is no fault of the row."""
        if self.rests(kind, pk, now):
            return None
        try:
            return act()
        except Exception:  # whatever one row did, the others go on
            if not connection.is_usable():
                raise
            log.exception("%s %s is left alone for %d s", kind, pk, REST.total_seconds())
            self.let_rest(kind, pk, now)
            return None

    def each(self, kind: str, rows: Iterable[R], act: Callable[[R], T], *, now: datetime) -> list[tuple[R, T]]:
        """Do this for all of these rows; those for which it went well, with what it gave."""
        done = list[tuple[R, T]]()
        for row in rows:
            given = self.one(kind, row.pk, lambda row=row: act(row), now=now)  # type: ignore[misc]
            if given is not None:
                done.append((row, given))
        return done

    def let_rest(self, kind: str, pk: int, now: datetime) -> None:
        """Leave it alone for a while."""
        self._until[kind, pk] = now + REST

    def rests(self, kind: str, pk: int, now: datetime) -> bool:
        """Whether it failed less than a minute ago."""
        until = self._until.get((kind, pk))
        if until is not None and until <= now:
            del self._until[kind, pk]
            return False
        return until is not None

    def resting(self, kind: str, now: datetime) -> list[int]:
        """Keys of all that are left alone, so that they take no place among those that are looked at."""
        return [pk for known, pk in list(self._until) if known == kind and self.rests(kind, pk, now)]
