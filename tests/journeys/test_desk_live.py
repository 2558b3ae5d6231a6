"""The live desk in real browsers: offers in every window, words that survive a dead network, who writes when somebody
took over, and everything by keyboard. The whole of a chat with its buyer is `test_chat.py`."""

import pytest
from playwright.sync_api import expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.desks import Begin, Enter, available, is_live, leave, presses, take

pytestmark = pytest.mark.journey


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
    presses(page, "m")
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
    presses(page, "m")
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
    presses(page, "m")
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
    presses(alice, "m")
    alice.keyboard.type("我写了一半")
    sun.goto(f"{sun.url.split('/desk')[0]}/desk/c/{no}")
    is_live(sun)
    presses(sun, "m")
    sun.keyboard.type("我来接")
    sun.keyboard.press("Enter")
    expect(alice.locator(".msg.note")).to_contain_text("我来接")
    sun.keyboard.press("Escape")
    presses(sun, "t")
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
