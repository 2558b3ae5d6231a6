"""A running centre with its demo shop, and browsers in the hands of buyers."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from huiyin.daemons.ephemeral import Running, running_instance
from tests.journeys.agent import Agent
from tests.journeys.desks import chat, enter
from tests.journeys.elsewhere import Elsewhere
from tests.journeys.telephones import SLOWEST_MS, desk, sip_caller, speaking, words
from tests.journeys.widget import ALONE, PAGE, SCRIPT, Open, end
from tests.voice.parties import NETWORK_HZ, Party, parties
from tests.web.serving import in_thread

__all__ = ["chat", "desk", "enter", "sip_caller", "speaking", "words"]
PHONE: ViewportSize = {"width": 390, "height": 844}
Order = dict[str, str]
_hosts = count(1)
expect.set_options(timeout=SLOWEST_MS)  # what a page may take on a busy machine: a journey is no timed test


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    """GET, or POST with a JSON body, at the demo shop."""
    data = json.dumps(body).encode() if body is not None else None
    request = Request(url, data=data, headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    """Pages of somebody else, on an origin of their own."""
    site = Elsewhere()
    with in_thread(site) as port:
        site.url = f"http://127.0.0.1:{port}"
        yield site


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Party]:
    """Stands for the telephone network: what we call out to."""
    with parties(tmp_path_factory.mktemp("network")) as make:
        yield make("network", NETWORK_HZ)


@pytest.fixture(scope="session")
def centre(elsewhere: Elsewhere, network: Party) -> Iterator[Running]:
    """A real `huiyin start`, once for all journeys."""
    trunk = f"sip:127.0.0.1:{network.opens('sip:network@127.0.0.1')}"
    more = {
        "HUIYIN_TRUSTED_PROXIES": "127.0.0.0/8", "HUIYIN_SIP_TRUNK_URI": trunk,
        "HUIYIN_WIDGET_ORIGINS": f"{elsewhere.url},{elsewhere.other}",
    }  # fmt: skip
    with running_instance(extra=more) as running:
        yield running


@pytest.fixture
def url(centre: Running) -> str:
    return str(centre.ready["url"])


@pytest.fixture
def shop(centre: Running) -> str:
    return str(centre.ready["demo_shop"]["url"])


@pytest.fixture
def order(shop: str) -> Callable[[str], Order]:
    """A new order in the situation asked for."""

    def made(situation: str) -> Order:
        orders: list[Order] = ask(f"{shop}/demo/orders", {"situation": situation})
        return orders[0]

    return made


@pytest.fixture
def switch(shop: str) -> Callable[..., None]:
    """Turn a switch of the demo shop."""

    def turned(fault: str, order_no: str = "", *, on: bool = True) -> None:
        ask(f"{shop}/demo/faults", {"fault": fault, "on": on, "order_no": order_no})

    return turned


def phone(browser: Browser, **more: Any) -> BrowserContext:
    """A phone of its own: no cookies, 390×844, Chinese."""
    address = {"X-Forwarded-For": f"10.0.0.{next(_hosts)}"}  # limits count by address: each phone has its own
    context = browser.new_context(viewport=PHONE, locale="zh-CN", extra_http_headers=address, **more)
    context.set_default_timeout(20_000)
    return context


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A buyer's phone. A page that complains in the console has failed."""
    context = phone(browser, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def context(browser: Browser, url: str) -> Iterator[BrowserContext]:
    """A phone of its own. What it leaves waiting would ring at the desks of the tests that follow."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=False)
    context.set_default_timeout(15_000)
    yield context
    kept = [one for origin in context.storage_state()["origins"] for one in origin["localStorage"]]
    context.close()
    for talk in (json.loads(one["value"]) for one in kept if one["name"] == "huiyin-chat:talk"):
        end(url, talk)


@pytest.fixture
def agent(centre: Running) -> Iterator[Agent]:
    agent = Agent(centre.ready)
    yield agent
    agent.goes()


@pytest.fixture
def visit(context: BrowserContext, url: str, elsewhere: Elsewhere) -> Iterator[Open]:
    """A page of a shop with the one tag on it. A page that complains in the console has failed."""
    complaints: list[str] = []
    context.on("response", lambda answer: None if answer.ok else print(answer.status, answer.url))  # noqa: T201  # shown where a test fails
    context.on("requestfailed", lambda request: print(request.failure, request.url))  # noqa: T201

    def opened(data: str = "", *, style: str = "", rules: str = "") -> Page:
        head = f"<style>{style}</style>" if style else ""
        elsewhere.page = PAGE.format(head=head) + "<body><h1>某游戏点卡</h1>" + SCRIPT.format(url=url, data=data)
        elsewhere.headers = {"Content-Security-Policy": rules.format(url=url), **ALONE} if rules else {}
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Security" in said.text else None)
        page.goto(elsewhere.url)
        return page

    yield opened
    assert complaints == []
