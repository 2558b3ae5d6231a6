"""A call that becomes something else in real browsers: the queue goes on as a chat, a secret is keyed apart, and a
hotline that does not answer is said and comes back."""

import json
import os
import re
import secrets
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from huiyin.daemons.ephemeral import Running
from tests.chaos.processes import children_of
from tests.journeys.agent import Agent, until
from tests.journeys.conftest import ask, phone
from tests.journeys.desks import presses
from tests.journeys.telephones import SLOWEST_MS, Caller, Desk, Speaking
from tests.voice.parties import parties
from tests.voice.tones import OTHER

pytestmark = pytest.mark.journey


@pytest.fixture
def buyer(speaking: Speaking) -> Page:
    """A phone in a buyer's hand."""
    return phone(speaking()).new_page()


def waits_in_writing(buyer: Page, agent: Agent, talk: str, started: str) -> None:
    """The chat stands where the call stood; whoever comes has it, and is read."""
    buyer.wait_for_url("**/chat", wait_until="commit")
    expect(buyer.locator("#chat")).to_contain_text("排队位置保留", timeout=SLOWEST_MS)
    told = agent.call("GET", f"/conversations/{talk}")
    assert (told["channel"], told["state"], told["started_at"]) == ("chat", "queued", started)
    agent.takes(talk)
    agent.call("POST", f"/conversations/{talk}/messages", {"text": "您好，我接着在这里帮您。", "client_id": f"j{talk}"})
    expect(buyer.locator("#chat")).to_contain_text("我接着在这里帮您", timeout=SLOWEST_MS)


def waiting_talk(agent: Agent) -> dict[str, str]:
    """The one that waits on the phone."""
    talks = agent.call("GET", "/calls?state=waiting")["calls"]
    return dict(until(lambda: talks or agent.call("GET", "/calls?state=waiting")["calls"] or None)[0])


def test_hl16_the_page_goes_on_in_writing_by_its_button(buyer: Page, url: str, agent: Agent) -> None:
    caller = Caller(buyer, url)
    caller.asks_for_a_person()
    caller.is_("waiting")
    call = waiting_talk(agent)
    before = agent.call("GET", f"/conversations/{call['conversation']}")["started_at"]
    buyer.get_by_role("button", name="改用文字，顺序不变").click()
    waits_in_writing(buyer, agent, call["conversation"], before)
    ended = until(lambda: _ended(agent, call["id"]))
    assert ended["outcome"] == "elsewhere"


def test_hl16_the_page_goes_on_in_writing_by_key_3(buyer: Page, url: str, agent: Agent) -> None:
    caller = Caller(buyer, url)
    caller.asks_for_a_person()
    caller.is_("waiting")
    call = waiting_talk(agent)
    before = agent.call("GET", f"/conversations/{call['conversation']}")["started_at"]
    caller.presses("3")
    waits_in_writing(buyer, agent, call["conversation"], before)


def test_hl16_the_link_of_the_message_opens_the_chat_in_a_browser(
    page: Page, url: str, shop: str, agent: Agent, centre: Running, tmp_path: Path
) -> None:
    number = f"139{secrets.randbelow(10**8):08d}"
    with parties(tmp_path) as make:
        telephone = make("telephone", 1000)
        telephone.opens(f"sip:{number}@127.0.0.1")
        telephone.calls(centre.ready["voice"]["sip_uri"])
        telephone.is_connected()
        telephone.hears(OTHER)
        telephone.presses("0")
        call = waiting_talk(agent)
        before = agent.call("GET", f"/conversations/{call['conversation']}")["started_at"]
        telephone.presses("3")
        page.goto(until(lambda: _link(shop, number)))
        waits_in_writing(page, agent, call["conversation"], before)
        telephone.is_cut_off(within=30)
    other = page.context.browser
    assert other is not None
    late = phone(other).new_page()
    late.goto(_link(shop, number) or "")
    expect(late.get_by_role("heading", name="这个链接已失效")).to_be_visible()
    late.context.close()


def _link(shop: str, number: str) -> str | None:
    """What stands in the newest message to this number."""
    letters = ask(f"{shop}/mailbox.json?to=%2B86{number}")
    found = re.search(r"http\S+/w#[\w-]+", json.dumps(letters))
    return found.group() if found else None


def _ended(agent: Agent, number: str) -> dict[str, str] | None:
    told: dict[str, str] = agent.call("GET", f"/calls/{number}")
    return told if told["state"] == "ended" else None


def test_hl11_the_buyer_keys_a_secret_and_the_agent_sees_only_what_came_of_it(
    desk: Callable[[str], Desk], buyer: Page, url: str
) -> None:
    agent = desk("1024")
    agent.is_here()
    caller = Caller(buyer, url)
    caller.asks_for_a_person()
    agent.answers()
    caller.is_("talking")
    held: list[tuple[Route, APIResponse]] = []  # its form is gone with the news that come before it
    agent.page.route("**/secret", lambda route: held.append((route, route.fetch())))
    presses(agent.page, "q")
    agent.page.get_by_role("button", name="核对付款：账单号末位和金额").click()
    bar = agent.page.locator("#call-bar")
    expect(bar).to_contain_text("录音已关", timeout=SLOWEST_MS)
    until(lambda: agent.page.title() and bool(held))
    route, answer = held.pop()
    with agent.page.expect_event("requestfinished", lambda one: one.url.endswith("/secret")):
        route.fulfill(response=answer)
    expect(bar).to_contain_text("录音已关")
    caller.reads("录音已关，客服听不到按键")
    for key in "12345678#100#":
        caller.presses(key)
    expect(bar).to_contain_text("核对不一致", timeout=SLOWEST_MS)
    caller.reads("正在和您通话")
    assert "12345678" not in agent.page.content()
    agent.does("hang_up")
    caller.is_("rating")
    buyer.get_by_role("button", name="挂断").click()


def test_hl1_a_hotline_that_hangs_is_said_and_comes_back_by_itself(browser: Browser, centre: Running, url: str) -> None:
    page = phone(browser).new_page()
    engine = children_of(int(centre.ready["pid"]))["asterisk"]
    os.kill(engine, signal.SIGSTOP)
    try:
        until(lambda: "热线此刻没有应答" in _page(page, f"{url}/call") or None)
        assert "热线此刻没有应答" in _page(page, url)
    finally:
        os.kill(engine, signal.SIGCONT)
    page.goto(f"{url}/call")
    expect(page.get_by_role("button", name="开始拨打")).to_be_visible(timeout=SLOWEST_MS)
    page.context.close()


def _page(page: Page, url: str) -> str:
    page.goto(url)
    return page.content()
