"""Desks of agents in browsers of their own, and buyers who write to them over the API."""

from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent
from tests.voice.centre import Centre

SCREEN: ViewportSize = {"width": 1366, "height": 900}
Enter = Callable[[str], Page]
Chat = dict[str, Any]
Begin = Callable[[str], Chat]
_hosts = iter(range(1, 250))


@pytest.fixture
def enter(browser: Browser, centre: Running) -> Iterator[Enter]:
    """A desk of this agent, signed in. A page that complains in the console has failed."""
    Agent(centre.ready, "2001").clears()
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    agents: set[str] = set()

    def opened(agent_no: str) -> Page:
        contexts.append(browser.new_context(viewport=SCREEN, locale="zh-CN"))
        agents.add(agent_no)
        contexts[-1].set_default_timeout(20_000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, centre, agent_no)
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
    for agent_no in agents:
        is_gone(centre, agent_no)
    assert complaints == []


def is_gone(centre: Running, agent_no: str) -> None:
    """No page of theirs is open any more, and nobody waits until the centre notices: what comes would be offered to
    them for 20 s."""
    lapse = (
        "UPDATE routing_lease SET expires_at = now() WHERE expires_at > now()"
        " AND person_id = (SELECT id FROM staff_person WHERE agent_no = %s) RETURNING device"
    )
    Centre(centre).rows(lapse, agent_no)


def sign_in(page: Page, centre: Running, agent_no: str) -> None:
    """Through the login, to the list of what waits."""
    login = next(one for one in centre.ready["logins"] if one["agent_no"] == agent_no)
    page.goto(f"{centre.ready['url']}/desk/login")
    page.get_by_label("工号").fill(login["username"])
    page.get_by_label("密码").fill(login["password"])
    page.get_by_role("button", name="登录").click()
    is_live(page)


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


def say(centre: Running, chat: Chat, text: str) -> None:
    """The buyer writes."""
    path, token = f"{centre.ready['url']}/api/v1/conversations/{chat['id']}", f"Bearer {chat['token']}"
    body = {"text": text, "client_id": token_hex(8)}
    httpx.post(f"{path}/messages", headers={"Authorization": token}, json=body, timeout=20).raise_for_status()


def is_live(page: Page) -> None:
    """Its news come, and its scripts are there: also the keys."""
    expect(page.locator("hy-live")).to_have_attribute("state", "live")
    page.wait_for_load_state()


def presses(page: Page, key: str) -> None:
    """A key of the desk, once what it does is to be seen: whoever works here reads first, too. It may be seen before
    the page's own scripts run."""
    page.wait_for_load_state()
    expect(page.locator(f"[data-key='{key}']").filter(visible=True).first).to_be_visible()
    page.keyboard.press(key)


def available(page: Page) -> None:
    """By keyboard alone."""
    presses(page, "p")
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
