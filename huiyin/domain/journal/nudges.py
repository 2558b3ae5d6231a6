"""Hints that something changed, carried by PostgreSQL's NOTIFY inside the transaction that changes it.

A nudge names topics (`matter:483102759164`, `desk`, `status`) and says nothing else: who hears it
reads the tables again. It may be missed, so every listener also reads again when it (re)connects and every two seconds.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event
from typing import Protocol

import psycopg
from django.db import InterfaceError, OperationalError, connection
from psycopg.conninfo import make_conninfo

from huiyin.lib.postgresql import often

CHANNEL = "huiyin"
TOPIC = re.compile(r"[a-z][a-z0-9_]{0,31}(:[A-Za-z0-9_.-]{1,64})?")
LONGEST_WAIT = 5.0

log = logging.getLogger(__name__)


def nudge(*topics: str) -> None:
    """Tell every listener, when this transaction commits, that these topics changed. Once per action, not per row.

    One payload per topic lets PostgreSQL drop repetitions within a transaction, also when savepoints roll back, and
    never meets its limit of 8000 bytes. However many topics a transaction names, its commit queues for NOTIFY once.
    A verb says all of it at its end, with what it has written.
    """
    wrong = [topic for topic in topics if not TOPIC.fullmatch(topic)]
    if wrong:
        raise ValueError(f"not a topic: {wrong}")
    chapter: Verb | None = getattr(connection, "huiyin_chapter", None)
    if chapter is not None:
        chapter.topics.update(topics)
    else:
        tell(_not_said_yet(frozenset(topics)))


class Verb(Protocol):
    """The running verb (`actions/chapter.py`): what it will tell at its end."""

    topics: set[str]


NOTIFY = "SELECT count(pg_notify(%s, topic)) AS topics FROM unnest(string_to_array(%s, ',')) AS topic"


def tell(topics: Iterable[str]) -> None:
    """Tell these topics in a statement of their own."""
    if values := notices(topics):
        often.run(NOTIFY, values)


def notices(topics: Iterable[str]) -> list[str]:
    """The values of NOTIFY; none where there is nothing to say."""
    listed = ",".join(sorted(topics))
    return [CHANNEL, listed] if listed else []


@dataclass
class _Said:
    """What this transaction has said already. Django makes a new list of hooks whenever a transaction ends and whenever
    a savepoint is rolled back, so that the list tells whether what was said still stands."""

    hooks: object
    savepoints: tuple[str, ...]
    topics: frozenset[str]


def _not_said_yet(topics: frozenset[str]) -> frozenset[str]:
    """Those of these topics that are news. Said inside a savepoint that is over counts as not said."""
    if not connection.in_atomic_block:
        return topics
    hooks, here = connection.run_on_commit, tuple(filter(None, connection.savepoint_ids))
    said: _Said | None = getattr(connection, "huiyin_said", None)
    if said is None or said.hooks is not hooks or here[: len(said.savepoints)] != said.savepoints:
        said = _Said(hooks, here, frozenset())
        setattr(connection, "huiyin_said", said)  # noqa: B010  (Django's own class does not know it)
    news = topics - said.topics
    if here == said.savepoints:
        said.topics |= news
    return news


def database_url() -> str:
    """The conninfo of Django's default database, for the direct connections that LISTEN needs (no pooler between)."""
    known = connection.settings_dict
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo(**{name: known[key] for name, key in parts.items() if known.get(key)})


def lasting(url: str) -> str:
    """The conninfo of a link that waits for news: a peer that died without a word is noticed in about 20 s."""
    return make_conninfo(url, keepalives_idle=10, keepalives_interval=3, keepalives_count=3, connect_timeout=5)


def listen(
    url: str,
    on_topics: Callable[[frozenset[str]], None],
    on_gap: Callable[[], None],
    *,
    stop: Event,
    every: float = 2.0,
) -> None:
    """Call `on_topics` with what was nudged, or with nothing after `every` quiet seconds, until `stop` is set.

    `on_gap` is called at each (re)connect, after LISTEN took effect: nudges may have been missed, read everything.
    Stops within half a second. Database trouble, ours or the callbacks', is a gap; what else they raise ends the loop.
    """
    wait = 0.1
    while not stop.is_set():
        try:
            with psycopg.connect(lasting(url), autocommit=True) as link:
                link.execute(f"LISTEN {CHANNEL}")
                wait = 0.1
                on_gap()
                while not stop.is_set():
                    on_topics(_heard(link, stop, every))
        except (psycopg.OperationalError, OperationalError, InterfaceError) as trouble:
            connection.close()
            log.warning("nudges: the database is away (%s), asking again in %.1f s", trouble, wait)
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def _heard(link: "psycopg.Connection[tuple[object, ...]]", stop: Event, every: float) -> frozenset[str]:
    """Wait in short slices, so that `stop` is seen, for the next batch of topics; empty when nothing came."""
    end = time.monotonic() + every
    while not stop.is_set() and (left := end - time.monotonic()) > 0:
        if heard := frozenset(note.payload for note in link.notifies(timeout=min(left, 0.5), stop_after=1)):
            return heard
    return frozenset()
