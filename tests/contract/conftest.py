"""One shop for all contract tests of a session."""

from collections.abc import Iterator

import pytest

from huiyin.adapters.shop.http import HttpShop
from tests.contract.shops import DemoShop, ShopUnderTest, another_shop


@pytest.fixture(autouse=True)
def unforgiving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question is asked, also right after a silence that was asked for: what remembers it has tests of its own."""
    monkeypatch.setattr("huiyin.adapters.shop.silence.REMEMBERED_S", 0.0)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    shop = DemoShop(tmp_path_factory.mktemp("demo-shop"))
    shop.start()
    yield shop
    assert shop.stop() == 0


@pytest.fixture(scope="session")
def tested(request: pytest.FixtureRequest) -> ShopUnderTest:
    other = another_shop()
    if other is not None:
        return other
    demo: DemoShop = request.getfixturevalue("demo")
    return ShopUnderTest(demo.url, demo.key)


@pytest.fixture(scope="session")
def shop(tested: ShopUnderTest) -> Iterator[HttpShop]:
    port = tested.port()
    yield port
    port.close()
