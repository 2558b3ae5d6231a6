"""Computers whose clock is wrong by a day, and computers that fall asleep in the middle of a chat."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from huiyin.daemons.ephemeral import Running
from huiyin.daemons.postgres import find_running
from tests.journeys.agent import Agent, until
from tests.journeys.desks import Begin, Enter, available, is_live, presses, say, take
from tests.journeys.widget import Open, begin, write

pytestmark = pytest.mark.journey
DAY_MS = 86_400_000
WRONG = """const Right = Date, by = %d;
Date = class extends Right {
  constructor(...when) { when.length ? super(...when) : super(Right.now() + by); }
  static now() { return Right.now() + by; }
};"""
SHANGHAI = ZoneInfo("Asia/Shanghai")
both_ways = pytest.mark.parametrize("days", [1, -1])


def minutes() -> set[str]:
    """What the clock says now, or said a moment ago."""
    now = datetime.now(SHANGHAI)
    return {f"{now - timedelta(minutes=ago):%H:%M}" for ago in range(3)}


@both_ways
def test_a_buyer_whose_clock_is_wrong_sees_right_times_in_the_right_order(
    visit: Open, context: BrowserContext, agent: Agent, days: int
) -> None:
    context.add_init_script(WRONG % (days * DAY_MS))
    page = visit()
    no = begin(page, "第一句")
    expect(page.locator(".strip.queue .ring text")).to_have_text(re.compile(r"^(0:[0-5]\d|1:\d\d|2:\d\d|…)$"))
    agent.takes(no)
    agent.says(no, "第二句")
    expect(page.locator(".theirs", has_text="第二句")).to_be_visible()
    write(page, "第三句")
    expect(page.locator(".mine", has_text="第三句").get_by_text("已送达")).to_be_visible()
    page.reload()
    expect(page.locator(".said .bubble > p:not(.foot)")).to_have_text(["第一句", "第二句", "第三句"])
    expect(page.locator(".said .day")).to_have_text(["今天"])
    assert page.locator(".theirs time").last.inner_text() in minutes()


@both_ways
def test_an_agent_whose_clock_is_wrong_sees_right_times_and_can_answer_in_time(
    enter: Enter, chat: Begin, centre: Running, days: int
) -> None:
    page = enter("1101")
    page.add_init_script(WRONG % (days * DAY_MS))
    page.reload()
    is_live(page)
    available(page)
    talk = chat("我的表没错")
    ring = page.locator(".offer-card header hy-ring text")
    expect(ring).to_have_text(re.compile(r"^(1?\d|20)\D*$"))  # of 20 s
    take(page, str(talk["id"]))
    expect(page.locator(".msg.buyer").last.locator("time")).to_have_text(re.compile("|".join(minutes())))
    expect(page.locator(".talk-line hy-since")).to_have_text(re.compile(r"\D[1-5]?\d 秒"))
    say(centre, talk, "后说的")
    expect(page.locator(".msg.buyer .pre").last).to_have_text("后说的")
    expect(page.locator(".said-list")).to_contain_text("今天")


def asleep(page: Page, centre: Running, agent_no: str, *, seconds: int) -> None:
    """The lid is closed: nothing of the page runs, no network; so many seconds go by for the centre."""
    page.context.set_offline(True)
    page.context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": "frozen"})
    url = find_running(centre.var)
    assert url is not None
    lapse = (
        "UPDATE routing_lease SET expires_at = %s WHERE person_id = (SELECT id FROM staff_person WHERE agent_no = %s)"
    )
    with psycopg.connect(url) as link:  # what the clock does to a lease that nobody renews
        link.execute(lapse, [datetime.now(UTC) + timedelta(seconds=45 - seconds), agent_no])


def awake(page: Page) -> None:
    page.context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": "active"})
    page.context.set_offline(False)


def test_a_laptop_that_slept_a_minute_goes_on_where_it_was(enter: Enter, chat: Begin, centre: Running) -> None:
    page, lead = enter("1101"), Agent(centre.ready, "2001")
    available(page)
    talk = chat("笔记本合上了")
    no = str(talk["id"])
    take(page, no)
    presses(page, "m")
    page.keyboard.type("写到一半就合上了")
    asleep(page, centre, "1101", seconds=60)
    say(centre, talk, "您还在吗")
    assert lead.call("GET", f"/conversations/{no}")["agent_no"] == "1101"
    awake(page)
    expect(page.locator(".msg.buyer", has_text="您还在吗")).to_have_count(1, timeout=20_000)
    expect(page.locator("#presence")).to_have_attribute("data-state", re.compile("available|busy"))
    expect(page.get_by_label("写", exact=True)).to_have_value("写到一半就合上了")
    page.get_by_label("写", exact=True).press("Enter")
    expect(page.locator(".msg.ours[data-seq]")).to_contain_text("写到一半就合上了")


def test_whoever_sleeps_longer_loses_the_chat_to_somebody_awake_and_is_told(
    enter: Enter, chat: Begin, centre: Running, agent: Agent
) -> None:
    page = enter("1101")
    available(page)
    talk = chat("等了两分钟")
    no = str(talk["id"])
    take(page, no)
    asleep(page, centre, "1101", seconds=120)
    agent.takes(no)
    assert until(lambda: agent.call("GET", f"/conversations/{no}")["agent_no"] == "1024")
    agent.says(no, "我接着为您办")
    awake(page)
    expect(page.locator("#talk-head")).to_contain_text("1024", timeout=20_000)
    expect(page.locator(".msg.buyer", has_text="等了两分钟")).to_have_count(1)
    expect(page.locator("hy-composer")).to_have_count(0)
