"""An agent's night at the desk, in a real browser against a whole running centre."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from huiyin.daemons.ephemeral import Running

pytestmark = pytest.mark.journey
SCREEN: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


def enter(browser: Browser, contexts: list[BrowserContext], centre: Running, agent_no: str, **more: Any) -> Page:
    """A browser of this agent, logged in."""
    context = browser.new_context(locale="zh-CN", **({"viewport": SCREEN} | more))
    contexts.append(context)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{centre.ready['url']}/desk/")
    login = next(one for one in centre.ready["logins"] if one["username"] == agent_no)
    page.get_by_label("工号").fill(login["username"])
    page.get_by_label("密码").fill(login["password"])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("我负责的")).to_be_visible()
    return page


def complaint(centre: Running, text: str) -> str:
    """A complaint somebody files; returns its number."""
    body = {"contact": {"email": "night@mail.example"}, "what_happened": text, "demand": {"text": "道歉"}}
    headers = {"Authorization": f"Bearer {centre.ready['api_key']}"}
    answer = httpx.post(f"{centre.ready['url']}/api/v1/complaints", json=body, headers=headers, timeout=20)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_no"])


def is_live(page: Page) -> None:
    expect(page.locator("hy-live")).to_have_attribute("state", "live")


def test_kp3_what_is_typed_survives_news_a_reload_and_a_walk_until_it_is_sent(
    browser: Browser, contexts: list[BrowserContext], centre: Running
) -> None:
    no = complaint(centre, "客服一直不理人")
    alice, sun = enter(browser, contexts, centre, "2002"), enter(browser, contexts, centre, "2001")
    path = f"{centre.ready['url']}/desk/m/{no}"
    alice.goto(path)
    is_live(alice)
    write = alice.get_by_label("写", exact=True)
    write.fill("您好，我正在查")
    alice.locator("summary", has_text="转交").click()
    alice.locator("details[open] input[name=reason]").fill("半句")
    sun.goto(path)
    sun.get_by_label("写", exact=True).fill("主管看过了")
    sun.get_by_role("button", name="存为内部备注").click()
    expect(alice.locator(".msg.note")).to_contain_text("主管看过了")
    expect(write).to_have_value("您好，我正在查")
    expect(alice.locator("details[open] input[name=reason]")).to_have_value("半句")
    alice.reload()
    alice.goto(f"{centre.ready['url']}/desk/contacts")
    alice.goto(path)
    expect(write).to_have_value("您好，我正在查")
    alice.get_by_role("button", name="发给买家").click()
    expect(alice.locator(".msg.ours")).to_contain_text("您好，我正在查")
    expect(write).to_have_value("")
    expect(sun.locator(".msg.ours")).to_contain_text("您好，我正在查")


def test_kp3_a_button_that_is_not_possible_says_why_on_focus_also_after_news(
    browser: Browser, contexts: list[BrowserContext], centre: Running
) -> None:
    no = complaint(centre, "态度很差")
    page = enter(browser, contexts, centre, "2001")
    page.goto(f"{centre.ready['url']}/desk/m/{no}")
    is_live(page)
    page.get_by_label("写", exact=True).fill("备注")
    page.get_by_role("button", name="存为内部备注").click()
    is_live(page)
    close = page.locator("button[aria-disabled=true]", has_text="结案")
    close.focus()
    expect(close.get_by_role("tooltip")).to_have_text("请先答复买家，再结案。")
    expect(close.get_by_role("tooltip")).to_be_visible()


def test_the_desk_works_without_javascript_and_on_a_phone(
    browser: Browser, contexts: list[BrowserContext], centre: Running
) -> None:
    no = complaint(centre, "没有脚本的投诉")
    phone: ViewportSize = {"width": 390, "height": 844}
    page = enter(browser, contexts, centre, "2001", java_script_enabled=False, viewport=phone)
    page.goto(f"{centre.ready['url']}/desk/?show=all")
    page.get_by_text("没有脚本的投诉").first.click()
    expect(page.locator(".inbox")).to_be_hidden()
    page.get_by_label("写", exact=True).fill("收到，我在处理")
    page.get_by_role("button", name="发给买家").click()
    expect(page.locator(".msg.ours")).to_contain_text("收到，我在处理")
    page.get_by_text("买家与承诺").first.click()
    expect(page.get_by_text("我们的承诺")).to_be_visible()
    assert no in page.url


def test_hl7_the_second_of_two_agents_sees_what_the_first_decided_and_loses_nothing(
    browser: Browser, contexts: list[BrowserContext], centre: Running
) -> None:
    no = complaint(centre, "两个人同时处理")
    alice, sun = enter(browser, contexts, centre, "2002"), enter(browser, contexts, centre, "2001")
    for page in (alice, sun):
        page.goto(f"{centre.ready['url']}/desk/m/{no}")
        is_live(page)
        page.locator("summary", has_text="处理结果").click()
    mine = sun.locator("details[open] textarea[name=text]")
    mine.fill("主管写给买家的话")
    alice.locator("details[open] textarea[name=text-1]").fill("我们为此道歉")
    alice.get_by_role("button", name="提出给买家").click()
    expect(sun.locator(".chips")).to_contain_text("已给方案")
    sun.get_by_role("button", name="提出给买家").click()
    expect(sun.locator("[data-refused]")).to_contain_text("您打开页面之后")
    is_live(sun)
    sun.wait_for_timeout(1_500)  # the first news after the page has come must not wipe the refusal
    expect(sun.locator("[data-refused]")).to_be_visible()
    expect(mine).to_have_value("主管写给买家的话")
