"""At midnight in Shanghai, at the desk, with a shop in memory."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from tests import people
from tests.web.shops import midnight, shop

__all__ = ["midnight", "shop"]


@pytest.fixture(autouse=True)
def _no_static_files(settings: Settings) -> None:
    """Every new browser would look through all the files that Tabler brings."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every page here reads it."""


@pytest.fixture
def at_desk() -> Callable[[str], Client]:
    """A browser in which this persona is logged in, in English."""

    def log_in(agent_no: str = people.ALICE) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(people.hire(agent_no))
        return client

    return log_in
