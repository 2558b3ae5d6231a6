"""A hotline for pages that ask whether it can be called; tries that are counted in windows no test can straddle."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from huiyin.adapters.asterisk.standing import standing
from tests.hotline import Engine, switchboard

WS = "ws://127.0.0.1:18088/ws"


@pytest.fixture
def hotline(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Engine]:
    """It answers, and browsers call it at `WS`."""
    settings.HOTLINE_WS = WS
    monkeypatch.setenv("HUIYIN_VAR", str(tmp_path))
    engine = Engine(tmp_path)
    with switchboard():
        while not standing().is_on:  # known from the first page on
            pass
        yield engine
    engine.stop()


@pytest.fixture(autouse=True)
def _windows_begin_with_the_first_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted by the clock's ten minutes: a flood that lay across their end would be two small ones."""
    first: list[int] = []

    def window(now: datetime, seconds: int) -> datetime:
        stamp = int(now.timestamp())
        first.append(stamp)
        begun = first[0] + (stamp - first[0]) // seconds * seconds
        return datetime.fromtimestamp(begun, tz=now.tzinfo)

    monkeypatch.setattr("huiyin.lib.limits.actions._window", window)
