"""KP3: what is owed next on a case stands in its row, however it came to be. `conftest.py` looks after every test here
whether it does; these are the ways that need more than one subject."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import queries
from huiyin.domain.cases.models import NEVER, Case
from huiyin.domain.cases.queries import Filter, counts_for
from huiyin.domain.journal import actions as journal
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind, Term
from huiyin.domain.promises.queries import due_now
from huiyin.lib.working_time import Unit
from tests import people
from tests.fakes import MIDNIGHT


def owed(case: Case) -> datetime:
    return Case.objects.values_list("owed_at", flat=True).get(pk=case.pk)


def test_kp3_the_nearest_promise_counts_and_what_is_kept_counts_no_more() -> None:
    case = people.complaint(owner=people.hire(), now=MIDNIGHT)
    before, soon = owed(case), MIDNIGHT + timedelta(seconds=60)
    assert MIDNIGHT < before < NEVER

    locked = case.matter
    promises.commit(locked, "call", soon, "1", by="system", now=MIDNIGHT)
    assert owed(case) == soon
    promises.keep(locked, Kind.COMMITMENT, by="system", now=MIDNIGHT, about="1")
    assert owed(case) == before


def test_kp3_a_matter_without_promises_waits_at_the_end() -> None:
    case = people.complaint(owner=people.hire(), now=MIDNIGHT)
    promises.withdraw_all(case.matter, "not_ours", by="system", now=MIDNIGHT)
    assert owed(case) == NEVER


def test_kp3_what_broke_is_owed_since_then() -> None:
    case = people.complaint("账号被盗", owner=people.hire(), now=MIDNIGHT)
    first = owed(case)
    for pk in due_now(first):
        promises.break_due(pk, now=first)
    assert owed(case) == first
    cases.answer(case, people.hire(people.BO), "已处理", now=first + timedelta(minutes=1))
    assert owed(case) > first


def test_kp3_it_is_looked_up_once_a_verb() -> None:
    case = people.complaint(owner=people.hire(), now=MIDNIGHT)
    term, asked = Term(60, Unit.SECONDS, "test"), list[int]()

    @journal.verb
    def much() -> None:
        journal.lock_one(case.matter_id)
        for _ in range(3):
            journal.at_end(asked.append, case.matter_id)
        promises.make_about(case.matter, Kind.COMMITMENT, term, "2", by="system", now=MIDNIGHT)
        assert asked == []

    much()
    assert asked == [case.matter_id]


def test_kp3_cases_from_before_the_column_are_filled_in() -> None:
    alice = people.hire()
    for n in range(3):
        people.complaint(email=f"b{n}@x.com", owner=alice, now=MIDNIGHT)
    known = dict(Case.objects.values_list("pk", "owed_at"))
    Case.objects.update(owed_at=NEVER)
    with connection.schema_editor() as editor:
        import_module("huiyin.domain.cases.migrations.0006_what_is_owed").fill(apps, editor)
    assert dict(Case.objects.values_list("pk", "owed_at")) == known


def test_kp3_nobody_counts_further_than_people_read(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = people.hire()
    for n in range(4):
        people.complaint(email=f"b{n}@x.com", owner=alice)
    assert counts_for(alice)[Filter.ALL] == 4
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    assert counts_for(alice) == {Filter.MINE: 3, Filter.ALL: 3, Filter.CHECK: 0, Filter.APPROVE: 0}
