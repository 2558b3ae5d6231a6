"""Actions run against PostgreSQL; the shop is `FakeShop`."""

import pytest

from huiyin.domain.orders.actions.searches import Asker
from tests.fakes import FakeShop


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here writes."""


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


@pytest.fixture
def asker() -> Asker:
    return Asker("web", "buyer", "test")
