"""Buyers' browsers at midnight in Shanghai, with a shop in memory and a worker that does everything while they wait."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.domain.orders.models import Finding
from tests.fakes import FakeShop
from tests.web.api import calling
from tests.web.shops import midnight, shop

__all__ = ["midnight", "shop"]


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
