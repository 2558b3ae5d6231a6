"""Switchboards that are let go of at the end of a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from huiyin.daemons.calls.answers import Answers
from tests.asterisk import FakeAsterisk
from tests.switchboard import House, Make, Says


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Make]:
    made: list[House] = []

    def make(*online: str, answers: Answers | None = None) -> House:
        made.append(House(FakeAsterisk(*online), tmp_path, answers or Says()))
        return made[-1]

    yield make
    for one in made:
        one.end()
        one.loop.close()
        one.threads.close()
