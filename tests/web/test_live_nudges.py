"""Nudges: part of their transaction, heard by whoever listens, and never trusted to be complete."""

import queue
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection, transaction

from huiyin.domain.journal.nudges import CHANNEL, database_url, listen, nudge

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0
Heard = queue.Queue[frozenset[str] | str]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What a listening daemon is told: "gap" or a set of topics."""
    told: Heard = queue.Queue()
    stop = threading.Event()
    url = database_url()
    thread = threading.Thread(
        target=listen, args=(url, told.put, lambda: told.put("gap")), kwargs={"stop": stop, "every": 0.2}
    )
    thread.start()
    assert told.get(timeout=PATIENCE) == "gap"
    yield told
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def next_topics(heard: Heard) -> set[str]:
    """The next set of topics that is not empty."""
    while not (topics := heard.get(timeout=PATIENCE)):
        pass
    return set(topics)


def test_a_nudge_is_heard_when_its_transaction_commits_and_only_then(heard: Heard) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        nudge("matter:1")
        raise ZeroDivisionError
    with transaction.atomic():
        nudge("matter:2", "desk")
    # Both may come in one batch or one after the other.
    assert next_topics(heard) <= {"matter:2", "desk"}


def notes_of(change: Callable[[], None]) -> list[str]:
    """Everything PostgreSQL delivers for what `change` commits."""
    with psycopg.connect(database_url(), autocommit=True) as link:
        link.execute(f"LISTEN {CHANNEL}")
        change()
        nudge("last")
        notes: list[str] = []
        for note in link.notifies(timeout=PATIENCE):
            if note.payload == "last":
                break
            notes.append(note.payload)
        return notes


def test_repetitions_within_a_transaction_are_told_once() -> None:
    def change() -> None:
        with transaction.atomic():
            for _ in range(500):
                nudge("matter:1", "desk")
                nudge("desk")

    assert sorted(notes_of(change)) == ["desk", "matter:1"]


def test_a_savepoint_that_rolls_back_takes_only_its_own_nudge_with_it() -> None:
    def change() -> None:
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                nudge("matter:1")
                raise ZeroDivisionError
            nudge("desk")
            nudge("matter:1")

    assert sorted(notes_of(change)) == ["desk", "matter:1"]


def test_what_is_no_topic_is_a_mistake_of_ours() -> None:
    for wrong in ("", "Desk", "matter:", "a b", "x" * 200, "desk\n"):
        with pytest.raises(ValueError, match="not a topic"):
            nudge(wrong)
    nudge()


def test_a_lost_link_is_made_again_and_told_as_a_gap(heard: Heard) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    while heard.get(timeout=PATIENCE) != "gap":
        pass
    nudge("desk")
    assert next_topics(heard) == {"desk"}


def test_who_listens_wakes_without_news_too(heard: Heard) -> None:
    assert heard.get(timeout=PATIENCE) == frozenset()
