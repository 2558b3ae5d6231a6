"""The live desk in real browsers: offers in every window, words that survive a dead network, who writes when somebody
took over, and everything by keyboard. The whole of a chat with its buyer is `test_chat.py`."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent

pytestmark = pytest.mark.journey
SCREEN: ViewportSize = {"width": 1366, "height": 900}
Enter = Callable[[str], Page]
Chat = dict[str, Any]
Begin = Callable[[str], Chat]
_hosts = iter(range(1, 250))


@pytest.fixture
def enter(browser: Browser, centre: Running) -> Iterator[Enter]:
    """A desk of this agent, signed in. A page that complains in the console has failed."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    agents: set[str] = set()

    def opened(agent_no: str) -> Page:
        login = next(one for one in centre.ready["logins"] if one["agent_no"] == agent_no)
        contexts.append(browser.new_context(viewport=SCREEN, locale="zh-CN"))
        agents.add(agent_no)
        contexts[-1].set_default_timeout(20_000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{centre.ready['url']}/desk/login")
        page.get_by_label("工号").fill(login["username"])
        page.get_by_label("密码").fill(login["password"])
        page.get_by_role("button", name="登录").click()
        is_live(page)
        return page

    yield opened
    for agent_no in agents:
        agent = Agent(centre.ready, agent_no)
        for talk in agent.call("GET", "/conversations")["conversations"]:
            if talk["state"] in {"talking", "wrap_up"} and talk["agent_no"] == agent_no:
                agent.wraps_up(talk["id"])
        agent.is_("offline")
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def chat(centre: Running) -> Iterator[Begin]:
    """A buyer who writes over the API, and goes when the test is over."""
    chats: list[Chat] = []

    def begun(text: str) -> Chat:
        body = {"channel": "chat", "contact": {"name": "王小明"}, "text": text}
        headers = {"X-Forwarded-For": f"10.77.0.{next(_hosts)}"}
        answer = httpx.post(f"{centre.ready['url']}/api/v1/conversations", json=body, headers=headers, timeout=20)
        assert answer.status_code == 201, answer.text
        chats.append(answer.json())
        return chats[-1]

    yield begun
    for one in chats:
        leave(centre, one)


def leave(centre: Running, chat: Chat) -> None:
    """The buyer closes it."""
    path, token = f"{centre.ready['url']}/api/v1/conversations/{chat['id']}", f"Bearer {chat['token']}"
    httpx.post(f"{path}/end", headers={"Authorization": token}, json={}, timeout=20)


def is_live(page: Page) -> None:
    expect(page.locator("hy-live")).to_have_attribute("state", "live")


def available(page: Page) -> None:
    """By keyboard alone."""
    page.keyboard.press("p")
    expect(page.locator("#presence details")).to_have_attribute("open", "")
    page.keyboard.press("1")
    expect(page.locator("#presence")).to_have_attribute("data-state", "available")


def take(page: Page, no: str) -> None:
    """Accept by the keyboard what has just been offered."""
    expect(page.locator("[data-accept]")).to_be_focused()
    page.wait_for_timeout(450)  # what is pressed in the first instant was meant for something else
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/c/{no}")
    is_live(page)


def test_an_offer_shows_in_every_window_and_is_taken_once(enter: Enter, chat: Begin) -> None:
    desk, laptop = enter("1101"), enter("1101")
    available(desk)
    available(laptop)
    no = str(chat("两台电脑都开着")["id"])
    for page in (desk, laptop):
        expect(page.locator(".offer-card")).to_contain_text("两台电脑都开着")
    take(desk, no)
    expect(laptop.locator(".offer-card .fate")).to_contain_text("您已在另一个窗口接了")
    expect(desk.locator("#presence")).to_contain_text("1/3")


def test_an_offer_never_takes_the_keyboard_from_whoever_types(enter: Enter, chat: Begin) -> None:
    page = enter("1101")
    available(page)
    first = str(chat("第一位")["id"])
    take(page, first)
    page.keyboard.press("m")
    page.keyboard.type("我正在打字")
    second = str(chat("第二位")["id"])
    expect(page.locator(".offer-card")).to_contain_text("第二位")
    page.keyboard.type("，没有被打断")
    expect(page.get_by_label("写", exact=True)).to_have_value("我正在打字，没有被打断")
    page.keyboard.press("Alt+a")
    page.wait_for_url(f"**/desk/c/{second}")
    page.goto(page.url.replace(second, first))
    expect(page.get_by_label("写", exact=True)).to_have_value("我正在打字，没有被打断")


def test_ch1_words_written_without_a_network_arrive_once_and_drafts_survive(enter: Enter, chat: Begin) -> None:
    page = enter("1101")
    available(page)
    no = str(chat("网络不好")["id"])
    take(page, no)
    page.keyboard.press("m")
    page.context.set_offline(True)
    page.keyboard.type("断网时写的")
    page.keyboard.press("Enter")
    expect(page.locator("[data-outbox] .msg")).to_contain_text("断网时写的")
    expect(page.locator("[data-outbox] .msg")).to_have_attribute("data-state", "late")
    page.keyboard.type("还没写完的一句")
    page.context.set_offline(False)
    expect(page.locator(".msg.ours[data-seq]")).to_have_count(1)
    expect(page.locator("[data-outbox] .msg")).to_have_count(0)
    page.reload()
    is_live(page)
    expect(page.get_by_label("写", exact=True)).to_have_value("还没写完的一句")
    expect(page.locator(".msg.ours[data-seq]")).to_have_count(1)


def test_ai6_cp14_what_the_rules_mind_is_said_once_and_a_promise_takes_one_key(enter: Enter, chat: Begin) -> None:
    page = enter("1101")
    available(page)
    take(page, str(chat("到底什么时候到账")["id"]))
    page.keyboard.press("m")
    page.keyboard.type("请耐心等待")
    page.keyboard.press("Enter")
    expect(page.locator("[data-minds]")).to_contain_text("耐心等待")
    expect(page.locator(".msg.ours")).to_have_count(0)
    page.get_by_label("写", exact=True).fill("我明天12:00前给您补发")
    expect(page.locator("[data-promise]")).to_contain_text("补发")
    page.keyboard.press("Alt+p")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.ours[data-seq]")).to_contain_text("我明天12:00前给您补发")
    expect(page.locator("#talk-side .owed")).to_contain_text("补发")


def test_what_somebody_types_stays_when_a_supervisor_takes_over(enter: Enter, chat: Begin) -> None:
    alice, sun = enter("1101"), enter("2001")
    available(alice)
    no = str(chat("叫你们主管来")["id"])
    take(alice, no)
    alice.keyboard.press("m")
    alice.keyboard.type("我写了一半")
    sun.goto(f"{sun.url.split('/desk')[0]}/desk/c/{no}")
    is_live(sun)
    sun.keyboard.press("m")
    sun.keyboard.type("我来接")
    sun.keyboard.press("Enter")
    expect(alice.locator(".msg.note")).to_contain_text("我来接")
    sun.keyboard.press("Escape")
    sun.keyboard.press("t")
    expect(alice.locator("#talk-head")).to_contain_text("2001 正在接待")
    expect(alice.get_by_label("写", exact=True)).to_have_value("我写了一半")
    alice.keyboard.press("Enter")
    refused = alice.locator("[data-outbox] .msg[data-state=refused]")
    expect(refused).to_contain_text("我写了一半")
    refused.get_by_role("button").click()
    expect(alice.get_by_label("写", exact=True)).to_have_value("我写了一半")
    expect(sun.locator(".msg.ours")).to_have_count(0)


def test_hl12_a_buyer_who_left_is_said_wherever_the_agent_is(enter: Enter, chat: Begin, centre: Running) -> None:
    page = enter("1101")
    available(page)
    gone = chat("我先走了")
    take(page, str(gone["id"]))
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/desk/")
    is_live(page)
    leave(centre, gone)
    expect(page.locator(".talk-line")).to_contain_text("待收尾")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/c/{gone['id']}")
    page.locator(".end-form select").select_option("no_answer")
    page.get_by_role("button", name="结束并发送").click()
    expect(page.locator(".talk-line")).to_have_count(0)
