"""Buyers' browsers at midnight in Shanghai, with a shop in memory and a worker that does everything while they wait."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from huiyin.domain.orders.models import Finding
from huiyin.domain.orders.queries import the_shop
from tests.fakes import MIDNIGHT, FakeShop
from tests.web.api import calling

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
def browser(db: None, shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("huiyin.web.portal.outcomes.time.sleep", lambda _: calling.work(shop))
    return Client()


@pytest.fixture
def find(browser: Client) -> Callable[[str], Finding]:
    """Type into the one field; what was found."""

    def found(text: str) -> Finding:
        answer = browser.post("/find", {"q": text})
        return Finding.objects.get(pk=int(answer.headers["Location"].rsplit("/", 1)[1]))

    return found


@pytest.fixture
def read(browser: Client) -> Callable[[str], str]:
    """The page at an address, with plain blanks."""

    def text(address: str) -> str:
        page = browser.get(address, follow=True).content.decode()
        return page.replace("\u2009", " ").replace("\u202f", " ").replace("\u00a0", " ")

    return text
