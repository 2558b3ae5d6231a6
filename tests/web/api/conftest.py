"""At midnight in Shanghai, with a shop in memory."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import Settings

from huiyin.domain.orders.queries import the_shop
from tests.fakes import MIDNIGHT, FakeShop
from tests.web.api import calling
from tests.web.api.calling import Caller

_shops: list[FakeShop] = []


def shop_of_the_test() -> FakeShop:
    """What `settings.SHOP` names."""
    return _shops[-1]


@pytest.fixture(autouse=True)
def _midnight() -> Iterator[None]:
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
def api(db: None, shop: FakeShop) -> Caller:
    """A program with every scope."""
    return calling.new_caller()


@pytest.fixture
def worker(shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that does everything while the API waits for it."""
    monkeypatch.setattr("huiyin.web.api.orders.time.sleep", lambda _: calling.work(shop))
