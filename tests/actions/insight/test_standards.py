"""TR1: what we promise everybody stands beside what we did, counted."""

from datetime import timedelta

import pytest

from huiyin.domain.insight.queries import Standard, standards
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind, Term
from huiyin.domain.routing import actions as routing
from huiyin.lib.working_time import Unit
from tests.fakes import MIDNIGHT
from tests.routing import a_talk, here, offered, waiting

pytestmark = pytest.mark.django_db
LATER = MIDNIGHT + timedelta(days=1)


def found(name: str) -> Standard:
    return next(one for one in standards(LATER).standards if one.name == name)


def answered(seconds: int, tier: str = "ordinary") -> None:
    """A chat that waited so long."""
    item = waiting(now=MIDNIGHT, tier=tier)
    at = MIDNIGHT + timedelta(seconds=seconds)
    alice = here(now=at, chats=20)
    routing.accept(offered(item, alice, now=at).pk, alice, "desk", now=at)


def test_tr1_before_anything_happened_nothing_is_claimed() -> None:
    assert {(one.share, one.of) for one in standards(LATER).standards} == {(None, 0)}


def test_tr1_chats_are_counted_by_their_waits() -> None:
    answered(10)
    answered(200, "diamond")
    answered(100, "diamond")
    everybody, vip = found("answered_in_time"), found("diamond_in_time")
    assert everybody.of == 3
    assert everybody.share == pytest.approx(1 / 3)
    assert everybody.mean_s == pytest.approx(310 / 3)
    assert (vip.of, vip.share) == (2, 0.5)


def test_tr1_promises_whose_time_came_are_counted_and_withdrawn_ones_are_not() -> None:
    for verb in (promises.keep, promises.keep, None):
        matter = a_talk(MIDNIGHT)
        promises.make(matter, Kind.CALLBACK, Term(60, Unit.SECONDS, "at_once"), by="system", now=MIDNIGHT)
        if verb:
            verb(matter, Kind.CALLBACK, by="system", now=MIDNIGHT)
        else:
            promises.withdraw(matter, Kind.CALLBACK, "settled", by="system", now=MIDNIGHT)
    assert (found("promise_callback").of, found("promise_callback").share) == (2, 1.0)


def test_tr1_what_is_older_than_thirty_days_is_over() -> None:
    answered(10)
    seen = standards(MIDNIGHT + timedelta(days=31))
    assert {one.of for one in seen.standards} == {0}
