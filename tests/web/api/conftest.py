"""At midnight in Shanghai, with a shop in memory."""

import pytest

from tests.fakes import FakeShop
from tests.web.api import calling
from tests.web.api.calling import Caller
from tests.web.shops import midnight, shop

__all__ = ["midnight", "shop"]


@pytest.fixture
def api(db: None, shop: FakeShop) -> Caller:
    """A program with every scope."""
    return calling.new_caller()


@pytest.fixture
def worker(shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that does everything while the API waits for it."""
    monkeypatch.setattr("huiyin.web.api.orders.time.sleep", lambda _: calling.work(shop))
