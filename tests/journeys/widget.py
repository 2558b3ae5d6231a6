"""The chat on a shop's page, as a buyer handles it."""

import json
from collections.abc import Callable
from urllib.request import Request, urlopen

from playwright.sync_api import Locator, Page, expect

from tests.journeys.agent import until

SCRIPT = '<script src="{url}/chat.js" {data} async></script>'
PAGE = '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><link rel="icon" href="data:,">{head}</head>'
ALONE = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
STRICT = "default-src 'none'; script-src {url}; connect-src {url}; require-trusted-types-for 'script'"
Open = Callable[..., Page]


def end(url: str, talk: dict[str, str]) -> None:
    """The buyer goes."""
    headers = {"Authorization": f"Bearer {talk['token']}", "Content-Type": "application/json"}
    urlopen(Request(f"{url}/api/v1/conversations/{talk['id']}/end", b"{}", headers), timeout=20).close()


def launcher(page: Page) -> Locator:
    return page.locator(".launcher")


def box(page: Page) -> Locator:
    return page.get_by_label("在这里写")


def write(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def number_of(page: Page) -> str:
    """The number of the conversation, as this browser keeps it."""
    found = until(lambda: page.evaluate("localStorage.getItem('huiyin-chat:talk')"))
    return str(json.loads(found)["id"])


def begin(page: Page, text: str = "卡密用不了") -> str:
    launcher(page).click()
    write(page, text)
    expect(page.locator(".mine", has_text=text).get_by_text("已送达")).to_be_visible()
    return number_of(page)
