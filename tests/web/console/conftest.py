"""At noon in Shanghai, before the board."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from huiyin.domain.routing import actions as routing
from huiyin.domain.voice import actions as voice
from tests import people
from tests.fakes import MIDNIGHT

NOON = MIDNIGHT + timedelta(hours=12)


@pytest.fixture(autouse=True)
def _at_noon(db: None, settings: Settings) -> Iterator[None]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    with time_machine.travel(NOON, tick=True):
        routing.ship_queues()
        yield


@pytest.fixture
def at_console() -> Callable[[str], Client]:
    """A browser in which this persona is logged in, in English."""

    def log_in(agent_no: str = people.SUN) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(people.hire(agent_no))
        return client

    return log_in


@pytest.fixture(autouse=True)
def _its_own_sounds(_at_noon: None, settings: Settings, tmp_path: Path) -> None:
    voice.ship_lines()
    settings.RECORDINGS = tmp_path / "voice" / "recordings"
