"""The chat for those who hear the screen, and in browsers that give strangers no cookies."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent
from tests.journeys.desks import Begin, Enter, available, presses, say, take
from tests.journeys.elsewhere import Elsewhere
from tests.journeys.widget import PAGE, SCRIPT, Open, begin, box, launcher, number_of, write

pytestmark = pytest.mark.journey
HANDLED = {"button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "switch", "listbox", "spinbutton"}
Node = dict[str, Any]


def tree(page: Page) -> list[Node]:
    """What the browser tells a screen reader."""
    told = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return [node for node in told["nodes"] if not node["ignored"]]


def role(node: Node) -> str:
    return str(node.get("role", {}).get("value", ""))


def name(node: Node) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def is_sound(page: Page) -> list[Node]:
    """The tree, in which whatever can be used says what it is."""
    nodes = tree(page)
    assert [role(node) for node in nodes if role(node) in HANDLED and not name(node)] == []
    return nodes


def live(nodes: list[Node], wanted: str) -> set[str]:
    """How changes of the regions of this role are announced."""
    found = (node.get("properties", []) for node in nodes if role(node) == wanted)
    return {each["value"]["value"] for one in found for each in one if each["name"] == "live"}


def test_mb2_the_chat_says_what_everything_is_and_reads_out_what_comes(visit: Open, agent: Agent) -> None:
    page = visit()
    launcher(page).click()
    is_sound(page)
    launcher_opened = page.get_by_role("dialog", name="客服")
    expect(launcher_opened.get_by_role("heading", name="您好，遇到什么事了？")).to_be_visible()
    write(page, "读屏也能用吗")
    expect(page.get_by_role("status").first).not_to_be_empty()  # the place in the queue, said once
    no = number_of(page)
    agent.takes(no)
    agent.says(no, "能用，我在。")
    expect(page.get_by_role("log").get_by_role("listitem").last).to_contain_text("工号 1024")
    expect(page.get_by_role("log").get_by_role("listitem").last).to_contain_text("能用，我在。")
    nodes = is_sound(page)
    assert live(nodes, "log") == {"polite"}
    assert live(nodes, "status") == {"polite"}
    page.get_by_role("button", name="更多").click()
    is_sound(page)


def test_mb2_the_desk_says_what_everything_is_and_reads_out_what_comes(
    enter: Enter, chat: Begin, centre: Running
) -> None:
    page = enter("1101")
    available(page)
    talk = chat("读屏的客服")
    expect(page.locator(".offer-card")).to_be_visible()
    assert live(is_sound(page), "dialog") <= {"assertive"}
    take(page, str(talk["id"]))
    say(centre, talk, "听得见吗")
    expect(page.get_by_role("log").get_by_text("听得见吗")).to_be_visible()
    nodes = is_sound(page)
    assert live(nodes, "log") == {"polite"}
    assert {role(node) for node in nodes} >= {"banner", "main", "navigation", "complementary", "heading"}
    for key in ("e", "h"):
        presses(page, key)
        is_sound(page)
        page.keyboard.press("Escape")


@pytest.fixture
def jar(browser: Browser) -> Iterator[Browser]:
    """A browser that blocks third-party cookies."""
    strict = browser.browser_type.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--test-third-party-cookie-phaseout"]
    )
    yield strict
    strict.close()


def test_ch1_it_needs_no_cookies_on_a_page_of_another_site(
    jar: Browser, elsewhere: Elsewhere, url: str, agent: Agent
) -> None:
    elsewhere.page = PAGE.format(head="") + "<body><h1>某游戏点卡</h1>" + SCRIPT.format(url=url, data="")
    elsewhere.headers = {}
    context = jar.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(elsewhere.other)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.all_headers().get("cookie", "")))
    no = begin(page, "没有第三方 Cookie")
    agent.takes(no)
    agent.says(no, "一样能聊")
    expect(page.get_by_text("一样能聊")).to_be_visible()
    page.reload()
    expect(page.locator(".theirs", has_text="一样能聊")).to_be_visible()
    write(page, "刷新以后也在")
    expect(box(page)).to_have_value("")
    expect(page.locator(".mine", has_text="刷新以后也在").get_by_text("已送达")).to_be_visible()
    assert set(sent) == {""}
    assert context.cookies() == []
    context.close()
