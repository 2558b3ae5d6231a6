"""Promises as rows: made, kept, warned, broken, paused."""

from datetime import timedelta

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.promises import actions
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind, Term
from huiyin.domain.promises.queries import due_now, next_owed, to_warn
from huiyin.lib.working_time import Unit
from tests.fakes import MIDNIGHT as NOW

TEN_MINUTES = Term(600, Unit.SECONDS, "undelivered_key")


def promised(kind: Kind = Kind.RESULT, term: Term = TEN_MINUTES) -> tuple[Matter, Promise]:
    matter = journal.lock_one(journal.open_matter("case", NOW).pk)
    return matter, actions.make(matter, kind, term, by="system", now=NOW)


def test_cp8_a_promise_is_told_with_its_time_and_reason() -> None:
    matter, promise = promised()
    assert promise.due == NOW + timedelta(minutes=10)
    fact = matter.facts.get(name="promise_made")
    assert (fact.data["reason"], fact.data["kind"]) == ("undelivered_key", "result")


def test_cp8_promising_twice_changes_nothing() -> None:
    matter, promise = promised()
    assert actions.make(matter, Kind.RESULT, TEN_MINUTES, by="system", now=NOW + timedelta(minutes=5)) == promise


def test_cp8_near_breach_warns_once_in_the_last_fifth() -> None:
    matter, promise = promised()
    assert to_warn(NOW + timedelta(minutes=7)) == []
    late = NOW + timedelta(minutes=8)
    assert to_warn(late) == [promise.pk]
    actions.warn(promise.pk, now=late)
    actions.warn(promise.pk, now=late)
    assert to_warn(late) == []
    assert matter.facts.filter(name="promise_near_breach").count() == 1


def test_cp8_what_is_kept_late_is_broken_and_counted() -> None:
    matter, promise = promised()
    assert actions.keep(matter, Kind.RESULT, by="staff:1024", now=NOW + timedelta(minutes=11)) is False
    promise.refresh_from_db()
    assert promise.state == "broken"


def test_cp8_a_pause_moves_the_deadline_and_cannot_last_for_ever() -> None:
    _, promise = promised()
    actions.pause(promise, "screenshot", by="staff:1024", now=NOW + timedelta(minutes=5))
    promise.refresh_from_db()
    assert promise.state == "paused"
    assert due_now(NOW + timedelta(hours=23)) == []
    assert due_now(NOW + timedelta(hours=24, minutes=11)) == [promise.pk]
    actions.resume(promise, by="buyer", now=NOW + timedelta(minutes=25))
    promise.refresh_from_db()
    assert (promise.state, promise.due) == ("running", NOW + timedelta(minutes=30))


def test_cp11_the_next_thing_we_owe_is_the_one_that_is_due_first() -> None:
    matter, _ = promised()
    actions.make(matter, Kind.FIRST_ANSWER, Term(60, Unit.SECONDS, "tier_diamond"), by="system", now=NOW)
    owed = next_owed(matter)
    assert owed is not None
    assert owed.kind == "first_answer"
