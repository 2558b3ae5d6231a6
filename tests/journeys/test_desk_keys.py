"""A whole chat at the desk without a mouse: answer, hand over, make a case, wrap up."""

import pytest
from playwright.sync_api import Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent
from tests.journeys.desks import Begin, Enter, available, is_live, presses, say, take

pytestmark = pytest.mark.journey
# A page that is touched by a mouse has failed.
NO_MOUSE = "for (const touch of ['pointerdown', 'mousedown']) addEventListener(touch, () => { throw touch; }, true);"


def reach(page: Page, wanted: object) -> None:
    for _ in range(12):
        if page.evaluate("wanted => document.activeElement === wanted", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


def test_a_chat_from_offer_to_wrap_up_by_keyboard_alone(enter: Enter, chat: Begin, centre: Running) -> None:
    page = enter("1101")
    page.add_init_script(NO_MOUSE)
    page.reload()
    is_live(page)
    available(page)
    talk = chat("卡密兑换不了")
    take(page, str(talk["id"]))
    presses(page, "m")
    page.keyboard.type("您好，我在核对")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.ours[data-seq]")).to_contain_text("您好，我在核对")
    say(centre, talk, "好的")
    expect(page.locator(".msg.buyer").last).to_contain_text("好的")
    page.keyboard.press("Escape")
    presses(page, "c")
    page.wait_for_load_state()
    is_live(page)
    expect(page.locator("a[data-key=c]")).to_be_visible()
    presses(page, "e")
    expect(page.locator(".end-form select")).to_be_focused()
    expect(page.locator(".unanswered")).to_be_visible()
    wrap_up(page)
    expect(page.locator(".talk-line")).to_have_count(0)
    agent = Agent(centre.ready, "2001")
    assert agent.call("GET", f"/conversations/{talk['id']}")["state"] == "ended"


def wrap_up(page: Page) -> None:
    """What it was, what comes next, by when, and that the buyer knows the number."""
    expect(page.locator("#end-disposition")).to_have_value("")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#end-disposition")).to_have_value("case_opened")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("明天补发一张")
    expect(page.locator("input[name=next_by]")).not_to_have_value("")  # the matter says by when
    number = page.locator("input[name=number]")
    reach(page, number.element_handle())
    if not number.is_checked():
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


def test_a_reply_kept_ready_is_chosen_by_keyboard_alone_and_its_letters_are_no_keys(
    enter: Enter, chat: Begin, centre: Running
) -> None:
    page = enter("1101")
    page.add_init_script(NO_MOUSE)
    page.reload()
    is_live(page)
    available(page)
    talk = chat("买的卡密不能用")
    take(page, str(talk["id"]))
    presses(page, "/")
    expect(page.locator("#write")).to_be_focused()
    expect(page.locator("[data-canned]")).to_be_visible()
    page.keyboard.type("he")  # "check" holds it too; h and e are keys of the page
    expect(page.locator("#canned [aria-selected=true]")).to_contain_text("/hello")
    for _ in "he":
        page.keyboard.press("Backspace")
    page.keyboard.type("che")
    expect(page.locator("#canned [aria-selected=true]")).to_contain_text("正在核对")
    page.keyboard.press("Enter")
    expect(page.locator("#write")).to_have_value("我正在核对订单 〔订单号〕 的付款和发货记录，10 分钟内告诉您结果。")
    page.keyboard.type("KM1")  # in the place that is marked
    expect(page.locator("#write")).to_have_value("我正在核对订单 KM1 的付款和发货记录，10 分钟内告诉您结果。")
    expect(page.locator("a[data-key=c]")).to_have_count(0)
    expect(page.locator("details.verb[open]")).to_have_count(0)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")


def test_a_chat_is_handed_over_by_keyboard_alone(enter: Enter, chat: Begin, centre: Running) -> None:
    page, lead = enter("1101"), Agent(centre.ready, "2001")
    page.add_init_script(NO_MOUSE)
    page.reload()
    is_live(page)
    available(page)
    no = str(chat("要找主管")["id"])
    take(page, no)
    presses(page, "h")
    expect(page.locator("select[name=to]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("select[name=to]")).to_have_value("supervisor")
    page.keyboard.press("Tab")
    page.keyboard.type("买家要主管，已核对订单")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    lead.takes(no)
    said = lead.call("GET", f"/conversations/{no}/messages")["messages"]
    assert any("买家要主管，已核对订单" in one["text"] for one in said)
    lead.goes()


def test_every_key_stands_on_the_sheet_and_the_sheet_goes_by_key(enter: Enter) -> None:
    page = enter("1101")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="快捷键")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
