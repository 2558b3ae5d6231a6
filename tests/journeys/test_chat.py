"""The whole of a chat in real browsers: a buyer on a phone, two agents at their desks, the board on the wall.

Queueing, offer, accept, typing and reading, a tunnel, hand-over, becoming a case, wrap-up, rating; the board moves.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent
from tests.journeys.conftest import Order, phone
from tests.journeys.desks import is_gone

pytestmark = pytest.mark.journey
SCREEN: ViewportSize = {"width": 1366, "height": 900}
SHANGHAI = ZoneInfo("Asia/Shanghai")
SOON = 20_000  # ms; what must be there at once, on a busy machine
Desk = Callable[[str, str], Page]


@pytest.fixture
def desk(browser: Browser, centre: Running) -> Iterator[Desk]:
    """Somebody who works here, signed in on a page. A page that complains in the console has failed."""
    Agent(centre.ready, "2001").clears()
    contexts, complaints, agents = [], [], []

    def opened(agent_no: str, path: str) -> Page:
        login = next(one for one in centre.ready["logins"] if one["agent_no"] == agent_no)
        context = browser.new_context(viewport=SCREEN, locale="zh-CN")
        context.set_default_timeout(20_000)
        contexts.append(context)
        agents.append(Agent(centre.ready, agent_no))
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{centre.ready['url']}{path}")
        page.locator("input[name=username]").fill(login["username"])
        page.locator("input[name=password]").fill(login["password"])
        page.locator("form:has(input[name=password]) button").last.click()
        page.wait_for_url(f"**{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    for agent in agents:
        agent.call("PUT", "/agents/me/presence", {"state": "offline"})
        is_gone(centre, agent.agent_no)
    assert complaints == []


def become(page: Page, state: str) -> None:
    page.locator("#presence summary").first.click()
    page.locator(f"#presence button[name=state][value={state}]").click()
    expect(page.locator("#presence")).to_have_attribute("data-state", state)


def take_the_offer(page: Page, words: str) -> str:
    """Accept what rings, with the first words in sight; the number of the conversation."""
    card = page.locator(".offer-card", has_text=words)
    expect(card).to_be_visible(timeout=90_000)  # who declined in a test before is not asked again for a minute
    card.locator("[data-accept]").click(delay=500)  # what is pressed in the first instant was meant for something else
    page.wait_for_url("**/desk/c/*")
    return page.url.rsplit("/", 1)[1]


def say_at_desk(page: Page, text: str) -> None:
    page.locator("#write").fill(text)
    page.locator("#write").press("Enter")
    expect(page.locator(".msg.ours", has_text=text)).to_be_visible(timeout=SOON)


def say_as_buyer(page: Page, text: str) -> None:
    page.get_by_label("在这里写").fill(text)
    page.get_by_label("在这里写").press("Enter")


def board(page: Page) -> int:
    return int(page.locator(".number .value").first.inner_text())


@pytest.fixture
def buyer(browser: Browser, url: str, order: Callable[[str], Order]) -> Iterator[Page]:
    """On a phone, on the page of an order that the buyer has proven, one tap away from the chat."""
    context = phone(browser)
    page = context.new_page()
    page.goto(url)
    page.get_by_label("订单号 / 账单里的单号").fill(order("delivered")["bill_no"])
    page.get_by_role("button", name="查这笔订单").locator("visible=true").click()
    page.get_by_role("link", name="和客服在线聊这笔订单").click()
    yield page
    context.close()


def test_ch1_ch2_kp1_a_buyer_and_two_agents_chat_to_the_end_and_the_board_moves(buyer: Page, desk: Desk) -> None:
    wall = desk("2001", "/console/wallboard")
    expect(wall.locator("hy-live")).to_have_attribute("state", "live")
    before = board(wall)
    they_queue(buyer)
    expect(wall.locator(".number .value").first).to_have_text(str(before + 1), timeout=SOON)
    second = desk("1025", "/desk/")
    become(second, "busy")
    first = desk("1024", "/desk/")
    become(first, "available")
    no = take_the_offer(first, "卡密兑换不了")
    expect(buyer.locator(".who")).to_have_text("工号 1024 为您服务", timeout=SOON)
    expect(buyer.locator(".strip")).to_be_hidden()
    expect(wall.locator(".number .value").first).to_have_text(str(before), timeout=SOON)
    they_type_and_read(buyer, first)
    they_pass_a_tunnel(buyer, first)
    become(second, "available")
    it_is_handed_over(first, second, no)
    expect(buyer.locator(".who")).to_have_text("工号 1025 为您服务", timeout=SOON)
    say_at_desk(second, "我接着办，不用再说一遍")
    expect(buyer.get_by_text("我接着办，不用再说一遍")).to_be_visible(timeout=SOON)
    it_becomes_a_case_and_ends(second, buyer)
    it_is_rated(buyer)


def they_queue(buyer: Page) -> None:
    """An honest place in the queue."""
    say_as_buyer(buyer, "卡密兑换不了，提示已使用")
    expect(buyer.locator(".strip.queue")).to_contain_text(re.compile("下一位就是您|前面还有|没有人值班.*前由人答复您"))


def they_type_and_read(buyer: Page, first: Page) -> None:
    """The order lies beside the conversation before the first word; both see the other type and read."""
    expect(first.locator("#talk-side .order")).to_have_count(1)
    buyer.get_by_label("在这里写").press_sequentially("就是", delay=30)
    expect(first.locator("[data-typing]")).to_contain_text("正在", timeout=SOON)
    say_at_desk(first, "您好，我在核对这张卡的兑换记录")
    expect(buyer.get_by_text("您好，我在核对这张卡的兑换记录")).to_be_visible(timeout=SOON)
    expect(first.locator(".msg.ours").last.locator(".if-read")).to_be_visible(timeout=SOON)


def they_pass_a_tunnel(buyer: Page, first: Page) -> None:
    """Both go on writing; nothing is lost, nothing comes twice."""
    buyer.context.set_offline(True)
    say_as_buyer(buyer, "隧道里：昨晚兑的")
    say_at_desk(first, "隧道外：收到请回一声")
    buyer.context.set_offline(False)
    expect(buyer.get_by_text("隧道外：收到请回一声")).to_have_count(1, timeout=2 * SOON)
    expect(first.locator(".msg", has_text="隧道里：昨晚兑的")).to_have_count(1, timeout=2 * SOON)


def it_is_handed_over(first: Page, second: Page, no: str) -> None:
    """With a summary, which the second agent reads first; the buyer repeats nothing."""
    first.locator("summary[data-key=h]").click()
    first.locator("select[name=to]").select_option("agent:1025")
    first.locator("textarea[name=summary]").fill("卡密被他人兑换，买家要补发")
    first.get_by_role("button", name="转交", exact=True).click()
    assert take_the_offer(second, "卡密") == no
    expect(second.locator("#talk-side")).to_contain_text("卡密被他人兑换，买家要补发")
    expect(second.locator(".msg", has_text="隧道里：昨晚兑的")).to_be_visible()


def it_becomes_a_case_and_ends(second: Page, buyer: Page) -> None:
    """In one click; then it ends with what comes next and by when."""
    second.locator("button[data-key=c]").click()
    expect(buyer.locator(".said .system").last).to_contain_text(re.compile(r"\d{4} \d{4} \d{4}"), timeout=SOON)
    expect(second.locator("a[data-key=c]")).to_be_visible()  # the page that knows of it
    second.locator("summary[data-key=e]").click()
    second.locator(".end-form select").select_option("case_opened")
    expect(second.locator("input[name=number]")).to_be_checked()  # the line that says it is a case now names it
    second.locator("input[name=next_step]").fill("补发一张新卡密")
    second.locator("input[name=next_by]").fill((datetime.now(SHANGHAI) + timedelta(days=2)).strftime("%Y-%m-%dT18:00"))
    second.locator(".end-form button").click()


def it_is_rated(buyer: Page) -> None:
    """The buyer reads what comes next, and says how it was."""
    expect(buyer.locator(".ending")).to_contain_text("接下来：补发一张新卡密", timeout=SOON)
    buyer.get_by_label("很好").check()
    buyer.get_by_role("button", name="提交评价").click()
    expect(buyer.get_by_text("谢谢。每条评价主管都会看。")).to_be_visible()
