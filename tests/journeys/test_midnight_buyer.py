"""The midnight buyer, played in a real browser on a phone against a whole running centre."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.conftest import Order, ask, phone
from tests.voice.centre import Centre

pytestmark = pytest.mark.journey
KEY = re.compile(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}")
Give = Callable[[str], Order]
A_MINUTE = 90_000  # what "every minute" may take on a busy machine, in ms


def find(page: Page, url: str, text: str) -> None:
    page.goto(url)
    page.get_by_label("订单号 / 账单里的单号").fill(text)
    page.get_by_role("button", name="查这笔订单").locator("visible=true").click()
    page.wait_for_url("**/f/*")


def effects(shop: str, order_no: str) -> list[str]:
    return [line["effect"] for line in ask(f"{shop}/ledger") if line["order_no"] == order_no]


def letter_to(page: Page, shop: str, address: str) -> dict[str, str]:
    """The newest letter this address got, as soon as it got one."""
    for _ in range(400):
        letters: list[dict[str, str]] = ask(f"{shop}/mailbox.json?to={address}")
        if letters:
            return letters[0]
        page.wait_for_timeout(100)
    raise AssertionError(f"no letter to {address} in 40 s")


def spaced(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def test_kp10_a_pasted_bill_number_gives_the_key_in_three_screens_two_taps_one_field(
    page: Page, url: str, shop: str, order: Give
) -> None:
    bought = order("platform_failed")
    screens: list[str] = []
    page.on("framenavigated", lambda frame: screens.append(frame.url))
    page.goto(url)
    page.evaluate("text => navigator.clipboard.writeText(text)", f"交易单号 {spaced(bought['bill_no'])}")
    page.get_by_role("button", name="粘贴").click()  # pasting is not one of the two taps
    expect(page.get_by_label("订单号 / 账单里的单号")).to_have_value(re.compile("交易单号"))
    page.get_by_role("button", name="查这笔订单").locator("visible=true").click()
    expect(page.get_by_text("是我们的问题")).to_be_visible()
    give = page.get_by_role("button", name="现在把卡密给我")
    give.dblclick()
    key = page.locator(".key")
    expect(key).to_have_text(KEY)
    assert len(screens) <= 3
    first = key.inner_text()
    page.reload()
    expect(key).to_have_text(first)
    page.go_back()
    page.go_forward()
    expect(key).to_have_text(first)
    assert effects(shop, bought["order_no"]) == ["reissue"]


def test_rm1_the_key_can_be_copied_and_solved_ends_it(page: Page, url: str, order: Give) -> None:
    find(page, url, order("platform_failed")["bill_no"])
    page.get_by_role("button", name="现在把卡密给我").click()
    key = page.locator(".key").inner_text()
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    page.get_by_role("button", name="解决了", exact=True).click()
    expect(page.get_by_role("heading", name="好的，解决了就好")).to_be_visible()


def test_rm1_not_solved_hands_it_to_a_person_who_can_be_followed(page: Page, url: str, order: Give) -> None:
    find(page, url, order("platform_failed")["bill_no"])
    page.get_by_role("button", name="现在把卡密给我").click()
    page.get_by_role("button", name="还没解决").click()
    page.get_by_role("link", name="先不写，只看进度").click()
    page.wait_for_url("**/t/*")
    expect(page.get_by_text(re.compile("由客服.*负责到底")).first).to_be_visible()
    page.get_by_label("补充几句").fill("卡密提示不存在")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("卡密提示不存在")).to_be_visible()


def test_rm2_a_pending_payment_flips_without_a_reload(
    page: Page, browser: Browser, url: str, order: Give, switch: Callable[..., None]
) -> None:
    bought = order("payment_pending")
    find(page, url, bought["bill_no"])
    expect(page.get_by_text("钱没有丢")).to_be_visible()
    expect(page.locator("hy-ring")).to_have_attribute("state", "running")
    page.evaluate("window.sameDocument = true")
    switch("channel_settles", bought["order_no"])
    expect(page.get_by_text("钱没有丢")).not_to_be_visible(timeout=A_MINUTE)
    expect(page.get_by_role("heading")).to_contain_text("收到了")
    assert page.evaluate("window.sameDocument") is True


def test_rm2_out_of_stock_is_the_buyers_choice(page: Page, url: str, shop: str, order: Give) -> None:
    bought = order("out_of_stock")
    find(page, url, bought["bill_no"])
    for label in (re.compile("原路退"), re.compile("我等到货"), re.compile("换成")):
        expect(page.get_by_role("button", name=label)).to_be_visible()
    page.get_by_role("button", name=re.compile("原路退")).click()
    expect(page.get_by_role("heading", name=re.compile("按原路退回"))).to_be_visible()
    assert effects(shop, bought["order_no"]) == ["refund"]


def test_rm2_a_delivered_key_is_masked_until_the_buyer_asks_for_it(page: Page, url: str, order: Give) -> None:
    find(page, url, order("delivered")["bill_no"])
    expect(page.get_by_text("已发出")).to_be_visible()
    assert not KEY.search(page.inner_text("main"))
    page.get_by_role("button", name="显示卡密").click()
    expect(page.locator(".key").first).to_have_text(KEY)
    page.reload()
    expect(page.locator(".key").first).to_have_text(KEY)


def test_rm2_what_is_unclear_goes_to_a_person_with_three_times_and_no_blame(page: Page, url: str, order: Give) -> None:
    find(page, url, order("already_redeemed")["bill_no"])
    expect(page.locator(".times dt")).to_have_text(["已发出", "第一次显示", "兑换"])
    expect(page.get_by_text(re.compile("由人答复您|有人值班"))).to_be_visible()
    page.get_by_role("button", name="找人工").click()
    page.wait_for_url("**/t/*")
    expect(page.locator("hy-ring")).to_be_visible()
    expect(page.get_by_text(re.compile("由客服.*负责到底")).first).to_be_visible()


def test_rm2_a_silent_shop_is_called_silent_and_the_page_flips_when_it_answers(
    page: Page, centre: Running, url: str, order: Give, switch: Callable[..., None]
) -> None:
    bought = order("platform_failed")
    switch("busy", bought["order_no"])
    find(page, url, bought["bill_no"])
    expect(page.get_by_role("heading", name="现在查不到店铺，我们每分钟再试")).to_be_visible()
    switch("busy", bought["order_no"], on=False)
    a_minute_goes_by(centre, int(page.url.rpartition("/")[2]))
    expect(page.get_by_role("button", name="现在把卡密给我")).to_be_visible(timeout=A_MINUTE)


def a_minute_goes_by(centre: Running, finding: int) -> None:
    """For a search whose answer is looked for again every minute."""
    lapse = "UPDATE orders_finding SET retry_at = retry_at - interval '60 s' WHERE id = %s RETURNING retry_at <= now()"
    assert Centre(centre).rows(lapse, finding) == [(True,)]


def test_pa4_the_watch_acts_unasked_and_the_buyer_is_told(page: Page, url: str, shop: str, order: Give) -> None:
    bought = order("watched")
    letter = letter_to(page, shop, bought["email"])
    assert KEY.search(letter["text"] + letter["html"])
    assert effects(shop, bought["order_no"]) == ["reissue"]
    find(page, url, bought["bill_no"])
    expect(page.get_by_text("我们自己发现没有送到")).to_be_visible()


def test_cp11_a_matter_opens_in_another_browser_with_number_and_pin(page: Page, browser: Browser, url: str) -> None:
    page.goto(f"{url}/complain")
    page.get_by_text("服务态度", exact=True).click()
    page.get_by_role("button", name="继续").click()
    page.get_by_label("发生了什么").fill("充值少到账 30 元")
    page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="继续").click()  # about no order
    page.get_by_text("说明", exact=True).click()
    page.get_by_role("button", name="继续").click()
    page.get_by_label("怎么联系您").fill("wang@example.com")
    page.get_by_role("button", name="发送").dblclick()
    page.wait_for_url("**/receipt")
    no, pin = (re.sub(r"\D", "", text) for text in page.locator(".number").all_inner_texts())
    other = phone(browser)
    elsewhere = other.new_page()
    elsewhere.goto(f"{url}/t/{no}")
    expect(elsewhere.get_by_role("heading", name="查进度")).to_be_visible()
    elsewhere.get_by_label("编号，12 位").fill(no)
    elsewhere.get_by_label("查询密码，8 位").fill("00000000")
    elsewhere.get_by_role("button", name="打开").first.click()
    expect(elsewhere.get_by_role("alert")).to_contain_text("对不上")
    elsewhere.get_by_label("查询密码，8 位").fill(pin)
    elsewhere.get_by_role("button", name="打开").first.click()
    expect(elsewhere.locator("#told")).to_have_text("充值少到账 30 元")
    other.close()


def test_cp11_the_link_to_keep_opens_it_and_leaves_no_trace_in_the_address(
    page: Page, browser: Browser, url: str
) -> None:
    page.goto(f"{url}/person")
    page.get_by_label("发生了什么").fill("想问一下会员积分")
    page.get_by_label("怎么联系您").fill("13800138000")
    page.get_by_role("button", name="发给人工").click()
    page.wait_for_url("**/receipt")
    link = page.locator("#link").text_content() or ""
    other = phone(browser)
    elsewhere = other.new_page()
    elsewhere.goto(link)
    expect(elsewhere.locator("#told")).to_have_text("想问一下会员积分")
    assert "#" not in elsewhere.url
    other.close()


def test_ch7_a_signed_link_from_the_shop_skips_the_first_screen(page: Page, shop: str, order: Give) -> None:
    bought = order("platform_failed")
    page.goto(f"{shop}/orders/{bought['order_no']}")
    page.goto(page.locator("a[href*='/o#']").first.get_attribute("href") or "")
    expect(page.get_by_role("button", name="现在把卡密给我")).to_be_visible()
    assert "#" not in page.url


def test_kp10_finding_and_choosing_work_without_javascript(browser: Browser, url: str, order: Give) -> None:
    context = phone(browser, java_script_enabled=False)
    page = context.new_page()
    find(page, url, order("platform_failed")["bill_no"])
    page.get_by_role("button", name="现在把卡密给我").click()
    expect(page.locator(".key")).to_have_text(KEY)
    context.close()


def test_hl11_a_code_to_the_orders_contact_opens_it(page: Page, url: str, shop: str, order: Give) -> None:
    bought = order("platform_failed")
    find(page, url, bought["order_no"])
    page.get_by_role("button", name="把验证码发到下单时的联系方式").click()
    field = page.get_by_label("我们发出的 6 位验证码")
    expect(field).to_be_visible()
    letter = letter_to(page, shop, bought["email"])
    code = re.search(r"(?<!\d)\d{6}(?!\d)", letter["text"])
    assert code is not None
    field.fill(code.group())
    page.get_by_role("button", name="继续").locator("visible=true").click()
    expect(page.get_by_role("button", name="现在把卡密给我")).to_be_visible()


def test_kp10_the_first_page_is_small(page: Page, url: str) -> None:
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(url, wait_until="networkidle")
    assert sum(sizes) <= 150_000


def test_ch7_the_contact_block_on_the_shops_page_leads_straight_to_the_order(
    page: Page, shop: str, order: Give
) -> None:
    bought = order("platform_failed")
    page.goto(f"{shop}/orders/{bought['order_no']}")
    page.locator("section a.go").click()  # inside the block's shadow root
    expect(page.get_by_role("button", name="现在把卡密给我")).to_be_visible()


def test_cp11_an_answer_appears_while_the_buyer_is_writing(
    page: Page, browser: Browser, url: str, centre: Running
) -> None:
    page.goto(f"{url}/person")
    page.get_by_label("发生了什么").fill("会员等级好像不对")
    page.get_by_label("怎么联系您").fill("li@example.com")
    page.get_by_role("button", name="发给人工").click()
    page.get_by_role("link", name="查看进度").click()
    expect(page.locator("hy-live")).to_have_attribute("state", "live")
    page.get_by_label("补充几句").fill("我正在写")
    no = page.url.rsplit("/", 1)[1]
    owner = re.search(r"由客服 (\d+)", page.inner_text("main").replace("\u2009", " ").replace("\u202f", " "))
    assert owner is not None
    desk = browser.new_context(locale="zh-CN")
    answer_at_the_desk(desk.new_page(), url, centre, owner.group(1), no)
    expect(page.get_by_text("等级已经改好")).to_be_visible()
    expect(page.get_by_label("补充几句")).to_have_value("我正在写")
    desk.close()


def answer_at_the_desk(desk: Page, url: str, centre: Running, agent_no: str, no: str) -> None:
    login = next(person for person in centre.ready["logins"] if person["username"] == agent_no)
    desk.goto(f"{url}/desk/login")
    desk.locator("input[name=username]").fill(login["username"])
    desk.locator("input[name=password]").fill(login["password"])
    desk.locator("form:has(input[name=password]) button").click()
    desk.wait_for_url(lambda address: "login" not in address)
    desk.goto(f"{url}/desk/m/{no}")
    desk.get_by_label("写", exact=True).fill("等级已经改好，请再看一下。")
    desk.get_by_role("button", name="发给买家").click()
