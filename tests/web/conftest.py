"""A hotline for pages that ask whether it can be called."""

from collections.abc import Iterator
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
