"""Remembering that the shop is silent: who asks next is told so at once instead of waiting again.

Without it a shop that hangs holds every thread of the web for the whole time-out. After the time of silence one
question goes out to try; the others are still told "silent" until it has an answer.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from huiyin.lib.errors import Unavailable

REMEMBERED_S = 1.0


class TimedOut(Unavailable):
    """No answer in time. Unlike a refused connection it cost the whole time-out."""


class Silence:
    """Of one shop, in one process; shared by its threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until = 0.0  # until when nobody asks; 0 = the shop answers
        self._is_tried = False  # somebody asks whether the silence is over

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Around one question. Raises Unavailable at once while the shop is silent."""
        is_try = self._enter()
        try:
            yield
        except TimedOut:
            self._note(self._clock() + REMEMBERED_S)
            raise
        except BaseException:
            self._note(0.0 if is_try else None)  # it answered something: a no is an answer too
            raise
        self._note(0.0)

    def _enter(self) -> bool:
        with self._lock:
            if not self._until:
                return False
            if self._is_tried or self._clock() < self._until:
                raise Unavailable("the shop did not answer a moment ago")
            self._is_tried = True
            return True

    def _note(self, until: float | None) -> None:
        with self._lock:
            if until is not None:
                self._until, self._is_tried = until, False
