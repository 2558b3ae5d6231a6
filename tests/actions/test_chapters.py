"""A verb is one chapter: its facts are one chain, written together at its end or not at all."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.domain.contacts.events import ContactRevealed
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind, Severity, Tier, promised
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter() -> Matter:
    return journal.open_matter("case", MIDNIGHT)


def looked(n: int) -> ContactRevealed:
    return ContactRevealed(buyer=n, kinds=[], reason="call_buyer")


@journal.verb
def inner(matter_id: int) -> None:
    locked = journal.lock_one(matter_id)
    journal.record(locked, looked(2), by="staff:1024", now=MIDNIGHT)


@journal.verb
def outer(matter_id: int) -> None:
    locked = journal.lock_one(matter_id)
    journal.record(locked, looked(1), by="staff:1024", now=MIDNIGHT)
    inner(matter_id)
    stale = Matter.objects.get(pk=matter_id)  # another object of the same row is led to the one that holds the lock
    journal.record(stale, looked(3), by="staff:1024", now=MIDNIGHT)
    assert stale.head_seq == 3
    journal.defer("send_notice", notice_id=1)
    journal.defer("send_notice", notice_id=2)


def chain(matter: Matter) -> list[Link]:
    return [Link(f.seq, f.name, f.by, f.at, f.data, f.hash) for f in Fact.objects.filter(matter=matter).order_by("seq")]


def test_what_a_verb_and_those_it_calls_record_is_one_whole_chain(matter: Matter) -> None:
    outer(matter.pk)
    links = chain(matter)
    assert [link.data["buyer"] for link in links] == [1, 2, 3]
    assert first_break(matter.no, links) is None
    matter.refresh_from_db()
    assert (matter.head_seq, matter.head_hash) == (3, links[-1].hash)


def test_facts_and_jobs_of_a_verb_are_written_once(matter: Matter) -> None:
    with CaptureQueriesContext(connection) as captured:
        outer(matter.pk)
    said = [query["sql"] for query in captured.captured_queries]
    for words in ('INSERT INTO "journal_fact"', "UPDATE journal_matter", "defer_jobs", "FOR UPDATE"):
        assert len([one for one in said if words in one]) == 1, words
    assert ProcrastinateJob.objects.count() == 2


def test_a_verb_that_fails_leaves_nothing_and_the_next_one_begins_anew(matter: Matter) -> None:
    @journal.verb
    def fails() -> None:
        outer(matter.pk)
        raise ValueError

    with pytest.raises(ValueError):
        fails()
    assert (chain(matter), ProcrastinateJob.objects.count(), journal.current()) == ([], 0, None)
    outer(matter.pk)
    assert first_break(matter.no, chain(matter)) is None


def test_a_verb_cannot_go_on_after_a_part_of_it_was_undone(matter: Matter) -> None:
    @journal.verb
    def goes_on() -> None:
        locked = journal.lock_one(matter.pk)
        with suppress(ValueError), transaction.atomic():
            journal.record(locked, looked(1), by="system", now=MIDNIGHT)
            raise ValueError

    with pytest.raises(RuntimeError):
        goes_on()
    assert chain(matter) == []


def test_a_verb_that_swallows_the_failure_of_another_is_refused_and_not_silently_undone(matter: Matter) -> None:
    @journal.verb
    def fails() -> None:
        raise ValueError

    @journal.verb
    def goes_on() -> None:
        Matter.objects.filter(pk=matter.pk).update(topic="order")
        with suppress(ValueError):
            fails()

    with pytest.raises(RuntimeError):
        goes_on()


def test_whoever_moves_the_head_without_the_lock_is_found_out(matter: Matter) -> None:
    @journal.verb
    def disturbed() -> None:
        locked = journal.lock_one(matter.pk)
        journal.record(locked, looked(1), by="system", now=MIDNIGHT)
        Matter.objects.filter(pk=matter.pk).update(head_seq=7)

    with pytest.raises(RuntimeError):
        disturbed()


def test_promises_made_and_kept_in_one_verb_are_read_once_and_stand_in_the_table(matter: Matter) -> None:
    term = promised(Kind.RESULT, "recharge_delayed", Severity.NORMAL, Tier.ORDINARY)

    @journal.verb
    def made_and_kept() -> None:
        locked = journal.lock_one(matter.pk)
        promises.make(locked, Kind.RESULT, term, by="system", now=MIDNIGHT)
        promises.make(locked, Kind.NEXT_UPDATE, term, by="system", now=MIDNIGHT)
        promises.make(locked, Kind.RESULT, term, by="system", now=MIDNIGHT)  # it stands
        promises.keep(locked, Kind.RESULT, by="system", now=MIDNIGHT)

    with CaptureQueriesContext(connection) as captured:
        made_and_kept()
    said = [query["sql"] for query in captured.captured_queries if 'FROM "promises_promise"' in query["sql"]]
    assert len([one for one in said if one.startswith("SELECT")]) == 1
    assert len(said) == 2  # and once in the statement that keeps what is owed on the case
    found = dict(Promise.objects.filter(matter=matter).values_list("kind", "state"))
    assert found == {"result": "kept", "next_update": "running"}


def test_a_fact_has_a_name_before_it_is_written(matter: Matter) -> None:
    with journal.chapter():
        fact = journal.record(journal.lock_one(matter.pk), looked(1), by="system", now=MIDNIGHT)
        assert fact._state.adding
    assert fact.key == f"{matter.pk}.1"
    assert fact.pk == Fact.objects.get().pk


def test_facts_of_the_running_verb_count_as_well(matter: Matter) -> None:
    other = journal.open_matter("case", MIDNIGHT)
    with journal.chapter():
        inner(matter.pk)
        inner(other.pk)
        assert [fact.seq for fact in journal.facts_of(matter, ContactRevealed.name)] == [1]
        inner(matter.pk)
        assert [fact.seq for fact in journal.facts_of(matter, ContactRevealed.name, "case_filed")] == [1, 2]
        assert journal.facts_of(matter, "case_filed") == []
        assert not Fact.objects.filter(matter=matter).exists()
    with journal.chapter():
        inner(matter.pk)
        assert [fact.seq for fact in journal.facts_of(matter, ContactRevealed.name)] == [1, 2, 3]
