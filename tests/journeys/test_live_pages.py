"""The shared pieces of our pages in a real browser: live fragments, one stream per browser, ring, copy, send once.

The server is a small one around the real hub, so that a test can break a stream at the moment it likes.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from huiyin.web.asgi_types import Message, Receive, Scope, Send
from huiyin.web.headers import policy
from huiyin.web.live import Hub, sign_topics, stream
from tests.web.serving import in_thread

ROOT = Path(__file__).resolve().parent.parent.parent
UI = ROOT / "huiyin" / "web" / "ui" / "static" / "ui"
FILES = {
    "/htmx.js": ROOT / "node_modules/htmx.org/dist/htmx.min.js",
    "/morph.js": ROOT / "node_modules/idiomorph/dist/idiomorph-ext.min.js",
    **{f"/ui/{path.name}": path for path in UI.glob("*.*")},
}
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>live</title>
<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false}'>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/ui/ring.css">
<script src="/htmx.js" defer></script><script src="/morph.js" defer></script>
<script type="module" src="/ui/live.js"></script><script type="module" src="/ui/ring.js"></script>
<script type="module" src="/ui/copy.js"></script><script type="module" src="/ui/once.js"></script>"""
BODY = """<body hx-ext="morph"><hy-live topics="{topics}"></hy-live>{fragment}
<code id="key">K7QF-2M9X</code><hy-copy from="key" done="Copied" failed="Hold to select"><button>Copy</button></hy-copy>
<form method="post" action="/sent"><button name="go" value="1">Send</button></form>
<hy-ring class="ring" started="2026-11-22T08:00:00Z" due="2026-11-22T08:10:00Z" now="2026-11-22T08:08:10Z"
 state="running" tone="amber" label="Result" units="d|h|m|s" patterns="%s left|%s overdue|paused|kept|withdrawn">
<svg viewBox="0 0 44 44" role="img" aria-label="Result, 1m left"><circle class="ring-left" r="20" cx="22" cy="22"
 pathLength="100" stroke-dasharray="18 100"/><text>1m</text></svg></hy-ring>"""
FRAGMENT = """<section id="f" data-live="matter:1" hx-get="/fragment" hx-trigger="live" hx-swap="morph:outerHTML">
<b id="count">{count}</b><input id="note" value="server {count}"><input id="other" value="server {count}">
<details id="more"><summary>more</summary>{count}</details></section>"""


@dataclass
class Site:
    """The pages of this test, and what happened at the server."""

    hub: Hub = field(default_factory=lambda: Hub(lambda: "", per_address=20, at_most=20))
    count: int = 0
    fetched: int = 0
    sent: int = 0
    ttl: int = 600
    loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.loop = asyncio.get_running_loop()
        path = scope["path"]
        if path == "/live":
            return await stream(self.hub, scope, receive, send)
        if path in FILES:
            kind = "text/css" if path.endswith(".css") else "text/javascript"
            return await give(send, FILES[path].read_text(), kind)
        self.fetched += path == "/fragment"
        self.sent += path == "/sent"
        fragment = FRAGMENT.format(count=self.count)
        if path == "/sent":
            await asyncio.sleep(0.3)  # long enough for a second tap
        return await give(send, fragment if path == "/fragment" else HEAD + self.body(fragment))

    def body(self, fragment: str) -> str:
        return BODY.format(topics=sign_topics(["matter:1"], "buyer", self.ttl), fragment=fragment)

    def change(self) -> None:
        """Something changes, and the readers hear of it."""
        self.count += 1
        self.do(lambda: self.hub.changed("matter:1"))

    def do(self, deed: Callable[[], None]) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(deed)


async def give(send: Send, text: str, kind: str = "text/html") -> None:
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-security-policy", policy("'none'").encode()),
    ]
    start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": text.encode()})


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with in_thread(site) as port:
        yield f"http://127.0.0.1:{port}"
        site.do(site.hub.close)


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(20_000)
    yield context
    context.close()


def is_live(page: Page) -> None:
    expect(page.locator("hy-live")).to_have_attribute("state", "live", timeout=20_000)


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.goto(address)
    is_live(page)
    assert complaints == []
    return page


def soon(is_so: Callable[[], Any], page: Page) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        page.evaluate("1")


def test_a_change_shows_and_what_is_typed_stays(context: BrowserContext, site: Site, address: str) -> None:
    page = opened(context, address)
    page.fill("#other", "typed before")
    page.locator("#note").press_sequentially("typing ")
    page.click("summary")
    page.focus("#note")
    site.change()
    expect(page.locator("#count")).to_have_text("1")
    expect(page.locator("#note")).to_be_focused()
    assert "typing" in page.input_value("#note")
    assert page.input_value("#other") == "typed before"
    assert page.locator("#more").get_attribute("open") is not None


def test_a_burst_of_changes_is_fetched_a_few_times_only(context: BrowserContext, site: Site, address: str) -> None:
    page = opened(context, address)
    before = site.fetched
    for _ in range(50):
        site.change()
    expect(page.locator("#count")).to_have_text("50")
    assert site.fetched - before <= 3


def test_tabs_share_one_stream_and_the_next_one_takes_over(context: BrowserContext, site: Site, address: str) -> None:
    first, second = opened(context, address), opened(context, address)
    third = opened(context, address)
    soon(lambda: len(site.hub.readers) == 1, first)
    site.change()
    for page in (first, second, third):
        page.bring_to_front()
        expect(page.locator("#count")).to_have_text("1")
    first.close()
    soon(lambda: len(site.hub.readers) == 1, second)
    second.bring_to_front()
    is_live(second)
    soon(lambda: len(site.hub.readers) == 1, second)
    site.change()
    expect(second.locator("#count")).to_have_text("2")


def test_a_broken_stream_comes_back_and_misses_nothing(context: BrowserContext, site: Site, address: str) -> None:
    page = opened(context, address)
    soon(lambda: site.hub.readers, page)
    old = next(iter(site.hub.readers))
    site.do(old.leave)
    soon(lambda: old not in site.hub.readers, page)
    site.count = 7  # changed while nobody listened
    expect(page.locator("#count")).to_have_text("7", timeout=20_000)
    is_live(page)


def test_a_page_older_than_its_list_gets_a_new_one(context: BrowserContext, site: Site, address: str) -> None:
    site.ttl = 2
    page = opened(context, address)
    old = page.locator("hy-live").get_attribute("topics")
    site.ttl = 600
    soon(lambda: page.locator("hy-live").get_attribute("topics") != old, page)
    is_live(page)
    soon(lambda: any(reader.grant.until > time.time() + 60 for reader in site.hub.readers), page)
    site.change()
    expect(page.locator("#count")).to_have_text("1")


def test_a_double_tap_sends_once_and_back_makes_it_work_again(
    context: BrowserContext, site: Site, address: str
) -> None:
    page = opened(context, address)
    page.locator("form button").dblclick(no_wait_after=True)
    page.wait_for_url("**/sent")
    assert site.sent == 1
    page.go_back()
    page.locator("form button").click()
    page.wait_for_url("**/sent")
    assert site.sent == 2


def test_copy_says_that_it_has_copied(context: BrowserContext, address: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(context, address)
    page.click("hy-copy button")
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "K7QF-2M9X"


def test_kp3_the_ring_counts_down_by_the_servers_clock(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    text = page.locator("hy-ring text")
    expect(text).to_have_text("1m")
    page.evaluate("document.querySelector('hy-ring').setAttribute('now', '2026-11-22T08:09:31Z')")
    expect(text).to_have_text("27s", timeout=20_000)
    expect(page.locator("hy-ring svg")).to_have_attribute("aria-label", re.compile(r"^Result, 2\ds left$"))
    page.evaluate("document.querySelector('hy-ring').setAttribute('now', '2026-11-22T08:14:00Z')")
    expect(text).to_have_text("-4m")
    expect(page.locator("hy-ring")).to_have_attribute("tone", "red")
