"""Whether the hotline answers: on only with engine and switchboard, and never at the price of a request that waits."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from huiyin.adapters.asterisk import standing as asked
from huiyin.adapters.asterisk.standing import Seen, standing
from tests.hotline import Engine, switchboard

pytestmark = pytest.mark.django_db
SOON_S = 3.0


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("HUIYIN_VAR", str(tmp_path))
    made = Engine(tmp_path)
    yield made
    made.stop()


def watch(engine: Engine) -> asked.Watch:
    return asked.watch_of(f"http://127.0.0.1:{engine.server.server_port}")


def until(why: str) -> None:
    """Ask as pages do until it says this."""
    end = time.monotonic() + SOON_S
    while standing().why != why:
        assert time.monotonic() < end, standing()
        time.sleep(0.01)


def aged(engine: Engine, seconds: float) -> None:
    """What was seen was seen so long ago."""
    known = watch(engine)
    known.engine = Seen(known.engine.is_there, time.monotonic() - seconds)
    known.switchboard = Seen()


def test_hl1_it_is_on_with_an_engine_and_a_switchboard(engine: Engine) -> None:
    with switchboard():
        until("")
        now = standing()
    assert (now.is_on, now.sip_uri) == (True, "sip:hotline@127.0.0.1:1")


def test_hl1_an_engine_without_a_switchboard_is_off(engine: Engine) -> None:
    until("switchboard_away")
    assert not standing().is_on


def test_hl1_nothing_started_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_VAR", str(tmp_path))
    assert standing() == asked.Standing(is_on=False, why="no_engine")


def test_hl1_a_dead_engine_is_noticed_and_one_that_is_back_too(engine: Engine, tmp_path: Path) -> None:
    with switchboard():
        until("")
        engine.stop()
        aged(engine, asked.KEPT_S)
        until("engine_away")
        again = Engine(tmp_path)
        until("")
        again.stop()


def test_hl1_no_request_waits_for_an_engine_that_hangs(engine: Engine) -> None:
    with switchboard():
        until("")
        engine.slow_s = asked.PATIENCE_S * 2
        for age in (asked.KEPT_S + 0.1, asked.COUNTS_S + 1):  # counts still; counts no more
            aged(engine, age)
            took = []
            for _ in range(20):
                begun = time.monotonic()
                standing()
                took.append(time.monotonic() - begun)
            assert sorted(took)[-2] < 0.05, took  # one may meet another process of this machine
        assert standing().why == "engine_away"


def test_op1_without_a_database_it_is_off_and_the_page_goes_on(engine: Engine) -> None:
    with switchboard():
        until("")
        aged(engine, 0)
        with transaction.atomic():
            transaction.set_rollback(True)  # from here on no query is answered
            assert standing().why == "switchboard_away"
        until("")


def test_hl1_many_ask_and_one_looks(engine: Engine) -> None:
    with switchboard():
        until("")
        before = engine.asked
        for _ in range(50):
            assert standing().is_on
    assert engine.asked == before
