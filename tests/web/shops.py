"""Midnight in Shanghai and a shop in memory, for every face: the folders beside take these fixtures over."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import Settings

from huiyin.domain.orders.queries import the_shop
from tests.fakes import MIDNIGHT, FakeShop

_shops: list[FakeShop] = []


def shop_of_the_test() -> FakeShop:
    """What `settings.SHOP` names."""
    return _shops[-1]


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
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
