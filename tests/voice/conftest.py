"""A real hotline with real callers: one centre for all scenarios, phones in processes of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from huiyin.daemons.ephemeral import running_instance
from tests.voice.centre import Centre


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """`huiyin start` with its Asterisk, once for all."""
    with running_instance(tmp_path_factory.mktemp("hotline")) as running:
        assert running.ready["voice"]["state"] == "on", running.ready["voice"]
        yield Centre(running)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path
