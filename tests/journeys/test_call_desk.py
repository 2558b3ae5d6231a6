"""Calls in real browsers over a real Asterisk: a buyer on the portal, agents at their desks, everybody heard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from huiyin.daemons.ephemeral import Running
from huiyin.web.ui.templatetags.huiyin import grouped
from tests.journeys.conftest import phone
from tests.journeys.telephones import SLOWEST_MS, Caller, Desk, Speaking, hears, hears_nothing
from tests.journeys.test_call_story import plays

pytestmark = pytest.mark.journey
Open = Callable[[str], Desk]


@pytest.fixture
def buyer(speaking: Speaking) -> Page:
    """A phone in a buyer's hand."""
    return phone(speaking()).new_page()


def test_hl2_hl6_a_call_from_the_portal_is_answered_wrapped_up_and_rated(
    desk: Open, buyer: Page, centre: Running, url: str
) -> None:
    agent = desk("1024")
    agent.is_here()
    caller = Caller(buyer, url)
    caller.asks_for_a_person()
    for words in ("人工", "普通", "第一次联系", "暗语"):
        expect(agent.phone.locator("[data-card]")).to_contain_text(words)
    expect(agent.page.locator("hy-phone-chip")).to_have_text("振铃中", use_inner_text=True)
    number = agent.answers()
    expect(agent.page.locator("hy-phone-chip")).to_have_text("通话中", use_inner_text=True)
    caller.is_("talking")
    caller.reads("工号 1024 正在和您通话")
    agent.does("hold")
    caller.reads("请您稍等")
    agent.does("unhold")
    caller.reads("正在和您通话")
    hears(agent.phone)
    agent.does("mute")
    hears_nothing(buyer)
    agent.does("unmute")
    hears(buyer)
    agent.promises("明天18:00前给您补发卡密")
    agent.does("hang_up")
    caller.is_("rating")
    caller.presses("5")
    caller.is_("over")
    expect(buyer.locator("[data-last]")).to_contain_text("谢谢您的来电")
    expect(buyer.locator("[data-matter] span")).to_have_text(grouped(number))
    agent.wraps_up_as_matter()
    expect(agent.page.locator("#main")).not_to_contain_text("待收尾")
    told = agent.agent.call("GET", f"/conversations/{number}")
    assert (told["channel"], told["state"], told["case_no"]) == ("phone", "ended", number)
    plays(agent, number, f"{url}/desk/m/{number}")


def test_hl6_whoever_loads_the_phone_again_has_their_caller_back(desk: Open, buyer: Page, url: str) -> None:
    agent = desk("1024")
    agent.is_here()
    caller = Caller(buyer, url)
    caller.asks_for_a_person()
    agent.answers()
    caller.is_("talking")
    agent.phone.reload()
    agent.doing("talking")
    caller.reads("正在和您通话")
    hears(agent.phone)
    buyer.get_by_role("button", name="挂断").click()
    caller.is_("over")
    agent.doing("none")


def test_hl6_only_one_window_is_the_phone(desk: Open) -> None:
    agent = desk("1024")
    other = agent.page.context.new_page()
    other.goto(agent.phone.url)
    expect(other.locator("hy-phone")).to_have_attribute("data-line", "taken")
    other.get_by_role("button", name="改在这里用").click()
    expect(other.locator("hy-phone")).to_have_attribute("data-line", "ready")
    expect(agent.phone.locator("hy-phone")).to_have_attribute("data-line", "taken")
    other.close()
    expect(agent.phone.locator("hy-phone")).to_have_attribute("data-line", "ready")


def test_hl6_the_echo_says_before_the_shift_what_buyers_will_hear(desk: Open) -> None:
    agent = desk("1024")
    agent.phone.get_by_text("耳麦与回声测试").click()
    agent.phone.get_by_role("button", name="拨打回声").click()
    agent.doing("echo")
    hears(agent.phone)
    agent.phone.keyboard.press("x")
    agent.doing("none")


def test_hl9_whoever_leads_listens_from_the_list_of_calls(desk: Open, buyer: Page, url: str) -> None:
    agent, lead = desk("1024"), desk("2001")
    agent.is_here()
    caller = Caller(buyer, url)
    caller.asks_for_a_person()
    agent.answers()
    lead.page.goto(f"{url}/desk/calls")
    lead.page.get_by_role("button", name="旁听").click()
    expect(lead.page.locator("#calls")).to_contain_text("您正在旁听", timeout=SLOWEST_MS)
    lead.doing("talking")
    hears(lead.phone)
    lead.page.get_by_role("button", name="离开通话").click()
    lead.doing("none")
    caller.is_("talking")
    buyer.get_by_role("button", name="挂断").click()
    agent.doing("none")


def test_hl2_without_a_microphone_the_page_says_what_to_do(page: Page, url: str) -> None:
    page.goto(f"{url}/call")
    page.get_by_role("button", name="开始拨打").click()
    expect(page.get_by_role("alert").filter(has_text="麦克风")).to_be_visible()
    expect(page.get_by_role("link", name="用文字找人工")).to_be_visible()
    expect(page.get_by_role("button", name="再打一次")).to_be_visible()
