"""At midnight in Shanghai, at the desk, with a shop in memory."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from huiyin.domain.orders.queries import the_shop
from tests import people
from tests.fakes import MIDNIGHT, FakeShop

_shops: list[FakeShop] = []


def shop_of_the_test() -> FakeShop:
    """What `settings.SHOP` names."""
    return _shops[-1]


@pytest.fixture(autouse=True)
def _no_static_files(settings: Settings) -> None:
    """Every new browser would look through all the files that Tabler brings."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture(autouse=True)
def _midnight(db: None) -> Iterator[None]:
    with time_machine.travel(MIDNIGHT, tick=True):
        yield


@pytest.fixture
def shop(settings: Settings) -> Iterator[FakeShop]:
    settings.SHOP = f"{__name__}.shop_of_the_test"
    _shops.append(FakeShop())
    the_shop.cache_clear()
    yield _shops[-1]
    _shops.pop()
    the_shop.cache_clear()


@pytest.fixture
def at_desk() -> Callable[[str], Client]:
    """A browser in which this persona is logged in, in English."""

    def log_in(agent_no: str = people.ALICE) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(people.hire(agent_no))
        return client

    return log_in
