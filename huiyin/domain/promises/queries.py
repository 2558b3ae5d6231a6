"""Which promises are due, and which one a matter owes next."""

from datetime import datetime

from huiyin.domain.journal.models import Matter
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind
from huiyin.lib.postgresql.often import Read

RUNS = ["running", "paused"]


of_matter = Read(lambda matter: Promise.objects.filter(matter=matter).order_by("pk"))  # all, oldest first


def due_now(now: datetime, most: int = 200) -> list[int]:
    """Promises whose time is up, the oldest first. `due` of a paused one already counts the longest pause there is, so
    it breaks too when nobody goes on. Served by the index `promise_due`."""
    running = Promise.objects.filter(state__in=RUNS, due__lte=now)
    return list(running.order_by("due").values_list("pk", flat=True)[:most])


def to_warn(now: datetime, most: int = 200) -> list[int]:
    """Running promises that entered their last fifth unsaid. Served by the index `promise_warn`."""
    running = Promise.objects.filter(state__in=RUNS, warned_at__isnull=True, warn_at__lte=now, obligor="us")
    return list(running.order_by("warn_at").values_list("pk", flat=True)[:most])


def is_running(matter: Matter, kind: Kind) -> bool:
    return matter.promises.filter(kind=kind.value, state__in=RUNS).exists()


def next_owed(matter: Matter) -> Promise | None:
    """The one clock to show: the next thing somebody owes on this matter; a broken one only when nothing runs."""
    running = matter.promises.filter(state__in=RUNS).order_by("due").first()
    return running or matter.promises.order_by("-due").first()
