"""CH1: the chat on a shop's page in a real browser, as a buyer and an agent use it."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.agent import Agent, until
from tests.journeys.widget import STRICT, Open, begin, box, launcher, number_of, write

pytestmark = pytest.mark.journey
PICTURE = """(async () => { const canvas = new OffscreenCanvas(900, 400);
  canvas.getContext('2d').fillRect(0, 0, 900, 400);
  return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())]; })()"""


def test_ch1_a_reload_keeps_the_conversation_and_the_draft(visit: Open, agent: Agent) -> None:
    page = visit()
    no = begin(page)
    agent.takes(no)
    agent.says(no, "您好，我来看看")
    expect(page.get_by_text("您好，我来看看")).to_be_visible()
    box(page).fill("还没写完的半句")
    page.reload()
    expect(page.get_by_text("您好，我来看看")).to_be_visible()
    expect(page.get_by_text("工号 1024 为您服务").first).to_be_visible()
    expect(box(page)).to_have_value("还没写完的半句")
    assert number_of(page) == no


def test_ch1_two_tabs_share_the_conversation_and_one_stream(visit: Open, context: BrowserContext, agent: Agent) -> None:
    streams: list[str] = []
    context.on("request", lambda request: streams.append(request.url) if request.url.endswith("/events") else None)
    first = visit()
    no = begin(first)
    second = visit()
    launcher(second).click()
    expect(second.locator(".mine")).to_contain_text("卡密用不了")
    agent.takes(no)
    agent.says(no, "两边都能看到")
    for page in (first, second):
        expect(page.get_by_text("两边都能看到")).to_be_visible()
    write(second, "从第二个窗口说")
    expect(first.get_by_text("从第二个窗口说")).to_be_visible()
    assert len(streams) == 1
    first.close()
    agent.says(no, "第一个窗口关了")
    expect(second.get_by_text("第一个窗口关了")).to_be_visible()


def test_a_picture_is_chosen_or_pasted_and_shows_itself(visit: Open, agent: Agent) -> None:
    page = visit(rules=f"{STRICT}; img-src data:")
    no = begin(page)
    png = bytes(page.evaluate(PICTURE))
    page.locator("input[type=file]").set_input_files({"name": "截图 1.png", "mimeType": "image/png", "buffer": png})
    expect(page.locator(".mine canvas")).to_have_count(1)
    box(page).evaluate(
        """(node, bytes) => { const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' }));
        node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }""",
        list(png),
    )
    until(lambda: len([one for one in agent.hears(no) if one["kind"] == "file"]) == 2)
    expect(page.locator(".mine canvas")).to_have_count(2)
    page.reload()
    expect(page.locator(".mine canvas")).to_have_count(2)


KEPT = """() => new Promise((done) => { const asked = indexedDB.open("huiyin-chat", 1);
asked.onsuccess = () => { const all = asked.result.transaction("files").objectStore("files").count();
all.onsuccess = () => { asked.result.close(); done(all.result); }; }; })"""


def test_ch1_a_file_on_its_way_survives_a_reload_and_arrives_once(visit: Open, agent: Agent) -> None:
    page = visit()
    no = begin(page)
    page.route("**/files", lambda route: None)  # it never gets through
    file = {"name": "截图 1.png", "mimeType": "image/png", "buffer": bytes(page.evaluate(PICTURE))}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a file by its bytes
    expect(page.locator(".mine progress")).to_be_visible()
    until(lambda: page.evaluate(KEPT))
    page.unroute("**/files")
    page.reload()
    until(lambda: [one for one in agent.hears(no) if one["kind"] == "file"])
    expect(page.locator(".mine canvas")).to_have_count(1)
    until(lambda: page.evaluate(KEPT) == 0)
    page.reload()
    expect(page.locator(".mine canvas")).to_have_count(1)
    assert [one["file"]["name"] for one in agent.hears(no) if one["kind"] == "file"] == ["截图 1.png"]


def test_ch1_it_ends_with_a_rating_and_the_record_to_keep(visit: Open, agent: Agent) -> None:
    page = visit()
    no = begin(page)
    agent.takes(no)
    agent.says(no, "给您补发了")
    expect(page.get_by_text("给您补发了")).to_be_visible()
    agent.wraps_up(no, "补发 30 元面值")
    expect(page.get_by_role("heading", name="这次对话结束了")).to_be_visible()
    expect(page.locator(".ending")).to_contain_text(re.compile("接下来：补发 30 元面值"))
    page.get_by_label("很好").check()
    page.get_by_label("想说几句就写在这里").fill("很快")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢。每条评价主管都会看。")).to_be_visible()
    assert agent.call("GET", f"/conversations/{no}")["rating"] == 5
    for kind, name in (("txt", "文本"), ("pdf", "PDF")):
        with page.expect_download() as kept:
            page.get_by_role("button", name=name, exact=True).click()
        data = kept.value.path().read_bytes()
        assert kept.value.suggested_filename == f"{no}.{kind}"
        assert data.startswith(b"%PDF") if kind == "pdf" else "给您补发了" in data.decode()


def test_ch1_who_waits_no_longer_leaves_a_message_that_opens_with_number_and_pin(
    visit: Open, url: str, agent: Agent
) -> None:
    agent.is_("break")
    page = visit()
    begin(page, "半夜没人，我先写下来")
    strip = page.locator(".strip.queue")
    expect(strip.locator(".strong")).to_have_text(re.compile(r"^现在没有人值班，.*\d\d:\d\d ?前由人答复您。$"))
    page.get_by_role("button", name="不等了，改为留言").click()
    page.get_by_role("button", name="留言", exact=True).click()
    expect(page.get_by_role("heading", name="收到了，已经立案")).to_be_visible()
    told = page.locator(".ending dd")
    expect(told).to_have_count(2)  # the PIN comes with the answer, which news may overtake
    no, pin = told.all_inner_texts()
    page.goto(f"{url}/track")
    page.get_by_label("编号，12 位").fill(no)
    page.get_by_label("查询密码，8 位").fill(pin)
    page.get_by_role("button", name="打开").first.click()
    expect(page.get_by_text("半夜没人，我先写下来").first).to_be_visible()


def test_the_keyboard_does_everything_and_an_input_method_sends_nothing(visit: Open) -> None:
    page = visit()
    launcher(page).focus()
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    box(page).fill("zhongwen")
    box(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(box(page)).to_have_value("zhongwen")
    expect(page.get_by_role("heading", name="您好，遇到什么事了？")).to_be_visible()
    box(page).press("Shift+Enter")
    expect(box(page)).to_have_value("zhongwen\n")
    page.get_by_role("button", name="更多").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="更多")).to_be_focused()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()
    expect(page.locator(".panel")).to_be_hidden()


def test_what_came_while_it_was_put_away_is_counted_then_read(visit: Open, agent: Agent) -> None:
    page = visit()
    no = begin(page)
    agent.takes(no)
    expect(page.locator(".who")).to_have_text("工号 1024 为您服务")
    agent.has_read(no)
    expect(page.locator(".mine").get_by_text("已读")).to_be_visible()
    agent.types(no)
    expect(page.get_by_text("对方正在输入")).to_be_visible()
    page.get_by_role("button", name="收起").click()
    agent.says(no, "第一句")
    agent.says(no, "第二句")
    expect(page.locator(".badge")).to_have_text("2")
    launcher(page).click()
    expect(page.get_by_text("第二句")).to_be_visible()
    until(lambda: agent.call("GET", f"/conversations/{no}")["buyer_read"] >= 4)
    page.get_by_role("button", name="收起").click()
    expect(page.locator(".badge")).to_be_hidden()


def test_mb2_large_print_is_the_buyers_word_that_they_need_patience(visit: Open, agent: Agent) -> None:
    page = visit()
    launcher(page).click()
    page.get_by_role("button", name="更多").click()
    page.get_by_role("switch", name="大字").click()
    page.keyboard.press("Escape")
    expect(page.locator(".do.send .word")).to_have_text("发送")
    write(page, "字太小看不清")
    no = number_of(page)
    assert agent.call("GET", f"/conversations/{no}")["elderly"] is True
    assert page.locator(".bubble").first.evaluate("node => getComputedStyle(node).fontSize") == "20px"


def test_ch2_it_is_urgent_needs_a_reason_before_and_while_waiting(visit: Open, agent: Agent) -> None:
    agent.is_("break")
    page = visit()
    launcher(page).click()
    page.get_by_label("这事很急").check()
    write(page, "账号被盗了")
    expect(page.get_by_text("请选一个原因，好让合适的人先来。")).to_be_visible()
    expect(box(page)).to_have_value("账号被盗了")
    page.get_by_label("这事很急").uncheck()
    box(page).press("Enter")
    page.locator(".strip").get_by_role("button", name="这事很急").click()
    page.get_by_label("账号被盗了").check()
    page.get_by_role("button", name="标为紧急").click()
    expect(page.locator(".strip")).to_contain_text("已标为紧急，优先接待。")
    assert agent.call("GET", f"/conversations/{number_of(page)}")["urgent"] is True
