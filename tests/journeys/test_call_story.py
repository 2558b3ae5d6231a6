"""What a buyer has done on the page reaches the call, and what was said and shown in the call stays with it."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import until
from tests.journeys.conftest import Order, ask
from tests.journeys.telephones import SLOWEST_MS, Desk, SipCaller, hears
from tests.journeys.test_midnight_buyer import find
from tests.voice.centre import Centre

pytestmark = pytest.mark.journey
Open = Callable[[str], Desk]


def code_for(page: Page, centre: Running, bought: Order) -> str:
    """The six digits that bring a complaint about this order into a call, from the page that follows it."""
    who, what = {"email": "caller@mail.example"}, "兑换时提示已使用"
    body = {"contact": who, "what_happened": what, "demand": {"text": "请说明原因"}, "order_no": bought["order_no"]}
    headers = {"Authorization": f"Bearer {centre.ready['api_key']}"}
    filed = httpx.post(f"{centre.ready['url']}/api/v1/complaints", json=body, headers=headers, timeout=20).json()
    find(page, centre.ready["url"], bought["bill_no"])
    page.goto(f"{centre.ready['url']}/track")
    page.get_by_label("编号，12 位").fill(filed["case_no"])
    page.get_by_label("查询密码，8 位").fill(filed["secret"])
    page.get_by_role("button", name="打开").first.click()
    page.wait_for_url("**/t/*")
    page.get_by_role("link", name="为这件事打电话").click()
    page.get_by_role("button", name="获取通话码").click()
    expect(page.locator("#code")).to_have_text(re.compile(r"\d{3}\s?\d{3}"))
    return re.sub(r"\D", "", page.locator("#code").inner_text())


def test_hl14_a_code_from_the_page_brings_the_order_to_whoever_answers(
    desk: Open, page: Page, centre: Running, order: Callable[[str], Order], sip_caller: SipCaller
) -> None:
    bought = order("already_redeemed")
    code = code_for(page, centre, bought)
    agent = desk("1024")
    agent.is_here()
    caller = sip_caller(f"12{code}0")
    card = agent.phone.locator("[data-card]")
    for words in ("普通", "兑换时提示已使用", "已付", "以往联系"):
        expect(card).to_contain_text(words, timeout=SLOWEST_MS)
    number = agent.answers()
    expect(agent.page.locator("body")).to_contain_text(bought["order_no"], timeout=SLOWEST_MS)
    assert agent.agent.call("GET", f"/calls/{number}")["proof"] != "none"
    caller.hangs_up()
    agent.doing("none")


def test_hl15_hl7_a_picture_comes_in_while_they_talk_and_what_was_said_is_played(
    desk: Open, page: Page, centre: Running, url: str, shop: str, sip_caller: SipCaller
) -> None:
    agent = desk("1024")
    agent.is_here()
    caller = sip_caller("0")
    number = agent.answers()
    agent.page.get_by_role("button", name="发短信要图片").click()
    letter = until(lambda: ask(f"{shop}/mailbox.json?to=%2B86{caller.name.removeprefix('caller')}"))[0]
    link = re.search(r"https?://\S+", letter["text"])
    assert link is not None, letter
    page.goto(link[0])
    page.wait_for_url("**/u/*")
    page.locator("input[type=file]").last.set_input_files(
        {"name": "截图.png", "mimeType": "image/png", "buffer": page.screenshot()}
    )
    page.get_by_role("button", name="现在发送").click()
    expect(agent.page.locator("#main img").first).to_be_visible(timeout=SLOWEST_MS)
    agent.doing("talking")
    hears(agent.phone)
    caller.hangs_up()
    agent.doing("none")
    plays(agent, number, f"{url}/desk/c/{number}")
    agent.wraps_up_as_matter()
    plays(agent, number, f"{url}/desk/m/{number}")
    looks = (
        "SELECT 1 FROM journal_access AS one JOIN journal_matter AS matter ON matter.id = one.matter_id"
        " WHERE matter.no = %s AND one.kind = 'played'"
    )
    until(lambda: Centre(centre).rows(looks, number))


def plays(agent: Desk, number: str, where: str) -> None:
    """The recording of this call over its wave form, from another place, on this page."""
    until(lambda: agent.agent.call("GET", f"/calls/{number}")["recordings"][0]["state"] != "open" or None)
    agent.page.goto(where)
    sound = agent.page.locator("hy-sound").first
    until(lambda: sound.count() or (agent.page.reload() and None))
    expect(sound.locator(".sound-buyer")).to_be_attached()
    until(lambda: at_its_end(sound.locator(".sound-wave")))  # news of the matter may take the focus away meanwhile
    sound.get_by_role("button").click()
    # the last part that was played: a first instant may be heard before the browser knows how long the sound is
    played = "audio => audio.played.length > 0 && audio.played.start(audio.played.length - 1) > 0.5"
    until(lambda: sound.locator("audio").evaluate(played) or None)


def at_its_end(wave: Locator) -> bool:
    wave.press("End")
    return wave.get_attribute("aria-valuenow") not in {None, "0"}
