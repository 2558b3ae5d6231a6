"""What reaches an agent wherever they look: unread counts, tones, notifications, forms that open by themselves."""

import re

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent, until
from tests.journeys.conftest import PHONE
from tests.journeys.desks import Begin, Enter, available, is_live, leave, presses, say, take
from tests.journeys.test_desk import complaint

pytestmark = pytest.mark.journey
RECORD = """window.told = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, options) { told.push([title, options.body]); }
  close() {}
};
Object.defineProperty(document, "hidden", { get: () => window.away === true });"""


def test_a_word_of_the_buyer_is_counted_on_every_page_of_the_desk(enter: Enter, chat: Begin, centre: Running) -> None:
    page = enter("1101")
    available(page)
    talk = chat("先在吗")
    take(page, str(talk["id"]))
    expect(page.locator(".msg.buyer")).to_have_count(1)
    for path in ("contacts", "canned", "outside"):
        page.goto(f"{centre.ready['url']}/desk/{path}")
        is_live(page)
        expect(page.locator("hy-unread b")).to_have_count(0)
        say(centre, talk, f"我在 {path} 时写的")
        expect(page.locator("hy-unread b")).to_have_text("1")
        page.goto(f"{centre.ready['url']}/desk/c/{talk['id']}")
        expect(page.locator(".msg.buyer").last).to_contain_text(path)
        expect(page.locator("hy-unread b")).to_have_count(0)


def test_whoever_looks_elsewhere_is_told_on_their_screen_once(enter: Enter, chat: Begin, centre: Running) -> None:
    page = enter("1101")
    available(page)
    talk = chat("桌面通知")
    take(page, str(talk["id"]))
    page.add_init_script(RECORD)
    page.goto(f"{centre.ready['url']}/desk/contacts")
    is_live(page)
    away(page, is_away=True)
    say(centre, talk, "还在吗")
    assert until(lambda: notified(page)) == [["王**", "还在吗"]]
    second = chat("另一位要接")
    assert until(lambda: notified(page)[1:])[0][1] == "另一位要接"
    away(page, is_away=False)
    say(centre, talk, "我看着屏幕呢")
    expect(page.locator("hy-unread b")).to_have_text("2")
    leave(centre, second)
    expect(page.locator(".offer-card[data-state=pending]")).to_have_count(0)
    assert len(notified(page)) == 2


def test_a_desk_whose_news_are_cut_off_says_so_and_still_sees_what_is_offered(
    enter: Enter, chat: Begin, centre: Running
) -> None:
    page = enter("1101")
    available(page)
    page.add_init_script(RECORD)
    page.route("**/live", lambda route: route.abort())
    page.reload()
    expect(page.locator("hy-live")).to_have_attribute("state", "polling")
    says = page.locator("[data-deaf]")
    expect(says).to_be_visible()
    expect(says).to_contain_text("正在重连")
    expect(page.locator("#presence")).to_have_attribute("data-state", "available")
    away(page, is_away=True)
    gone = chat("连接断了还看得到吗")
    assert until(lambda: notified(page))[0][1] == "连接断了还看得到吗"
    leave(centre, gone)
    away(page, is_away=False)
    page.unroute("**/live")
    expect(page.locator("hy-live")).to_have_attribute("state", "live")
    expect(says).to_be_hidden()


def away(page: Page, *, is_away: bool) -> None:
    """The agent looks at another program, or back."""
    page.evaluate("is => { window.away = is; document.dispatchEvent(new Event('visibilitychange')); }", is_away)


def notified(page: Page) -> list[list[str]]:
    told: list[list[str]] = page.evaluate("told")
    return told


def test_hl12_the_wrap_up_opens_by_itself_and_takes_the_keyboard_from_nobody(
    enter: Enter, chat: Begin, centre: Running
) -> None:
    page = enter("1101")
    available(page)
    talk = chat("我马上走")
    take(page, str(talk["id"]))
    presses(page, "m")
    page.keyboard.type("我正写到一")
    leave(centre, talk)
    expect(page.locator(".end-form")).to_be_visible()
    expect(page.locator(".end-form")).to_contain_text("买家已离开")
    page.keyboard.type("半")
    expect(page.get_by_label("写", exact=True)).to_have_value("我正写到一半")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".end-form")).to_be_hidden()


def test_hl12_what_is_being_filled_in_when_the_buyer_leaves_stays(enter: Enter, chat: Begin, centre: Running) -> None:
    page = enter("1101")
    available(page)
    talk = chat("我也马上走")
    take(page, str(talk["id"]))
    presses(page, "e")
    page.locator("input[name=next_step]").fill("明天补发")
    leave(centre, talk)
    expect(page.locator("#talk-head")).to_contain_text("待收尾")
    expect(page.locator("input[name=next_step]")).to_have_value("明天补发")
    expect(page.locator("input[name=next_step]")).to_be_focused()


def test_cp7_the_list_to_hand_over_to_is_as_new_as_its_opening(enter: Enter, chat: Begin, centre: Running) -> None:
    page = enter("1101")
    available(page)
    take(page, str(chat("要转给刚上线的人")["id"]))
    late = Agent(centre.ready, "1025")
    late.is_("offline")
    page.reload()
    is_live(page)
    expect(page.locator("option[value='agent:1025']")).to_have_count(0)
    late.is_("busy")
    presses(page, "h")
    expect(page.locator("option[value='agent:1025']")).to_have_count(1)
    expect(page.locator("select[name=to]")).to_be_focused()
    late.is_("offline")


def test_ch2_urgent_says_why_not_while_somebody_talks(enter: Enter, chat: Begin) -> None:
    page = enter("1101")
    available(page)
    take(page, str(chat("很急")["id"]))
    urgent = page.locator(".no button", has_text="紧急")
    urgent.focus()
    expect(urgent.get_by_role("tooltip")).to_contain_text("转交")
    expect(urgent.get_by_role("tooltip")).to_be_visible()


def test_cp7_on_a_phone_the_form_to_hand_over_is_there_whole(enter: Enter, chat: Begin) -> None:
    page = enter("1101")
    available(page)
    take(page, str(chat("客服在手机上")["id"]))
    page.set_viewport_size(PHONE)
    page.locator("summary[data-key=h]").click()
    page.locator("select[name=to]").select_option("supervisor")
    page.locator("textarea[name=summary]").fill("买家要主管")
    page.get_by_role("button", name="转交", exact=True).click()
    page.wait_for_url("**/desk/")


def test_cp7_whom_it_goes_to_stays_chosen_while_the_page_gets_news(enter: Enter, chat: Begin, centre: Running) -> None:
    page = enter("1101")
    available(page)
    late = Agent(centre.ready, "1025")
    late.is_("busy")
    take(page, str(chat("要转出去")["id"]))
    held: list[Route] = []
    page.route(re.compile("part=agents"), lambda route: held.append(route))
    with page.expect_request(re.compile("part=agents")):
        presses(page, "h")
    page.locator("select[name=to]").select_option("agent:1025")
    page.locator("textarea[name=summary]").fill("要补发")
    with page.expect_response(re.compile("part=agents")):
        held[0].continue_()
    with page.expect_response(re.compile("part=head")):
        page.evaluate("document.querySelector('#talk-head').dispatchEvent(new CustomEvent('live'))")
    page.get_by_role("button", name="转交", exact=True).click()
    page.wait_for_url("**/desk/")
    late.is_("offline")


def test_a_form_that_is_open_stays_the_one_it_is_while_other_deeds_come_and_go(enter: Enter, centre: Running) -> None:
    no = complaint(centre, "客服态度很差")
    page = enter("2001")
    page.goto(f"{centre.ready['url']}/desk/m/{no}")
    is_live(page)
    page.locator(".verbs summary", has_text="升级").click()
    ask = {"text": "请发聊天截图", "what": "chat"}
    headers = {"Authorization": f"Bearer {centre.ready['api_key']}"}
    asked = httpx.post(f"{centre.ready['url']}/api/v1/complaints/{no}/ask", json=ask, headers=headers, timeout=20)
    assert asked.status_code == 200, asked.text
    expect(page.get_by_role("button", name="不再等待")).to_be_visible()
    expect(page.locator(".verbs details[open]")).to_have_count(1)
    expect(page.locator(".verbs details[open] form")).to_have_attribute("action", re.compile("/escalate$"))
    expect(page.locator(".verbs summary", has_text="升级")).to_have_count(1)
