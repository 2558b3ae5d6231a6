"""A verb and everything that follows from it is one chapter: its facts and jobs are written once, at its end.

`@verb` stands on actions in place of `@transaction.atomic`. The outermost one opens the transaction and a chapter;
what is called inside adds to it. Nothing else changes: matters are locked first, each fact is linked to the one before
it under that lock, reactions run at once, and all of it is committed together or not at all. A matter is read and
locked once a chapter, so that there is one object of it.

Whoever catches an error inside a verb must not go on as if nothing had happened: parts of the chapter may be gone. That
is refused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.journal.nudges import NOTIFY, notices, tell
from huiyin.lib.postgresql import often

P = ParamSpec("P")
R = TypeVar("R")
_HEAD = "UPDATE journal_matter SET head_seq = %s, head_hash = %s WHERE id = %s AND head_seq = %s"
# what nearly every verb ends with, in one statement: one matter's head, its facts, what is told
_END = f"""
WITH moved AS ({_HEAD} RETURNING id), written AS ({{insert}}), told AS ({NOTIFY})
SELECT (SELECT count(*) FROM moved), (SELECT array_agg(id ORDER BY id) FROM written), (SELECT topics FROM told)
"""
MOST_AT_ONCE = 8  # facts: each number of them is a statement that PostgreSQL keeps a plan of
# procrastinate's own entrance; one call however many jobs
_JOB = "ROW('default', %s, 0, NULL, NULL, %s, NULL)::procrastinate_job_to_defer_v1"


@dataclass(frozen=True, slots=True)
class Job:
    task: str
    arguments: dict[str, Any]


@dataclass
class Chapter:
    """What the running verb has locked, and what is to be written at its end. `notes`: what was read under a lock and
    is true until the end, by name and matter."""

    matters: dict[int, Matter] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)  # matters that did not exist before
    facts: list[Fact] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    ends: dict[tuple[Callable[[int], None], int], None] = field(default_factory=dict)  # in their order, each once
    notes: dict[tuple[str, int], Any] = field(default_factory=dict)


def current() -> Chapter | None:
    """The chapter of the verb that runs in this thread."""
    return getattr(connection, "huiyin_chapter", None)


def at_end(act: Callable[[int], None], matter_id: int) -> None:
    """Do this for a matter when the running verb has done everything else, once however often it is asked; outside of
    a verb now. It may change rows that follow from others, and records nothing."""
    chapter = current()
    if chapter is None:
        act(matter_id)
    else:
        chapter.ends[act, matter_id] = None


def facts_of(matter: Matter, *names: str) -> list[Fact]:
    """Facts of these names, oldest first, those of the running verb included: they are in no table yet."""
    written = list(Fact.objects.filter(matter=matter.pk, name__in=names).order_by("seq"))
    chapter = current()
    begun = chapter.facts if chapter else ()
    return written + [fact for fact in begun if fact.matter_id == matter.pk and fact.name in names]


def verb(action: Callable[P, R]) -> Callable[P, R]:
    """The action is one transaction and, if no other verb has called it, one chapter."""

    @wraps(action)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        with chapter():
            return action(*args, **kwargs)

    return act


@contextmanager
def chapter() -> Iterator[None]:
    """As `verb`, for a part of a function."""
    if current() is not None:
        with transaction.atomic(savepoint=False):
            yield
        return
    with transaction.atomic():
        begun, hooks = Chapter(), connection.run_on_commit
        setattr(connection, "huiyin_chapter", begun)  # noqa: B010  (Django's own class does not know it)
        try:
            yield
            _write(begun, hooks)
        finally:
            setattr(connection, "huiyin_chapter", None)  # noqa: B010


def _write(written: Chapter, hooks: object) -> None:
    # Django makes a new list when a savepoint is rolled back, and marks a transaction whose inner part failed: it would
    # roll it back at the end without a word
    if connection.run_on_commit is not hooks or connection.needs_rollback:
        raise RuntimeError("part of a verb was rolled back: it cannot go on")
    for act, matter_id in written.ends:
        act(matter_id)
    by_matter = {fact.matter_id for fact in written.facts}
    if len(by_matter) == 1 and written.topics and len(written.facts) <= MOST_AT_ONCE:
        _write_one(written.matters[by_matter.pop()], written.facts, written.topics)
    else:
        for matter in written.matters.values():
            _move_head(matter, [fact for fact in written.facts if fact.matter_id == matter.pk])
        often.insert(written.facts)
        tell(written.topics)
    if written.jobs:
        rows = ", ".join([_JOB] * len(written.jobs))
        values = [value for job in written.jobs for value in (job.task, Jsonb(job.arguments))]
        often.run(f"SELECT procrastinate_defer_jobs_v1(ARRAY[{rows}])", values)


def _write_one(matter: Matter, facts: list[Fact], topics: set[str]) -> None:
    insert = often.insertion(facts)
    values = [*_head(matter, facts), *insert.values, *notices(topics)]
    moved, keys, _ = often.run(_ending(insert.text), values)[0]
    _check(matter, moved)
    insert.take_keys(keys)


@lru_cache
def _ending(insert: str) -> str:
    return _END.format(insert=insert)


def _move_head(matter: Matter, facts: list[Fact]) -> None:
    if facts:
        _check(matter, often.count(_HEAD, _head(matter, facts)))


def _head(matter: Matter, facts: list[Fact]) -> list[Any]:
    return [matter.head_seq, matter.head_hash, matter.pk, facts[0].seq - 1]


def _check(matter: Matter, moved: int) -> None:
    if not moved:
        raise RuntimeError(f"matter {matter.no} was written by somebody who did not lock it")
