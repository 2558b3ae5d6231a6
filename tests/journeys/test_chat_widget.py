"""The chat on a shop's page in a real browser: a page on another origin that is hostile in every way it can be."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Locator, Page, Route, expect

from huiyin.daemons.ephemeral import Running
from huiyin.lib.signing import Identity, identity_token
from tests.journeys.agent import Agent, until
from tests.journeys.conftest import PHONE, ask
from tests.journeys.elsewhere import Elsewhere

pytestmark = pytest.mark.journey
WILD = """html { font-size: 31px; } * { font-family: cursive !important; letter-spacing: 9px; color: red; }
div { display: none !important; transform: rotate(9deg) !important; } button { background: lime !important; }
body { transform: scale(.5); direction: rtl; } body > *, html > * { opacity: .2; position: static !important; }"""
SCRIPT = '<script src="{url}/chat.js" {data} async></script>'
PAGE = '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><link rel="icon" href="data:,">{head}</head>'
PICTURE = """(async () => { const canvas = new OffscreenCanvas(900, 400);
  canvas.getContext('2d').fillRect(0, 0, 900, 400);
  return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())]; })()"""
ALONE = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
STRICT = "default-src 'none'; script-src {url}; connect-src {url}; require-trusted-types-for 'script'"
Open = Callable[..., Page]


@pytest.fixture
def context(browser: Browser, url: str) -> Iterator[BrowserContext]:
    """A phone of its own. What it leaves waiting would ring at the desks of the tests that follow."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=False)
    context.set_default_timeout(15_000)
    yield context
    kept = [one for origin in context.storage_state()["origins"] for one in origin["localStorage"]]
    context.close()
    for talk in (json.loads(one["value"]) for one in kept if one["name"] == "huiyin-chat:talk"):
        end(url, talk)


def end(url: str, talk: dict[str, str]) -> None:
    """The buyer goes."""
    headers = {"Authorization": f"Bearer {talk['token']}", "Content-Type": "application/json"}
    urlopen(Request(f"{url}/api/v1/conversations/{talk['id']}/end", b"{}", headers), timeout=20).close()


@pytest.fixture
def agent(centre: Running) -> Iterator[Agent]:
    agent = Agent(centre.ready)
    yield agent
    agent.goes()


@pytest.fixture
def visit(context: BrowserContext, url: str, elsewhere: Elsewhere) -> Iterator[Open]:
    """A page of a shop with the one tag on it. A page that complains in the console has failed."""
    complaints: list[str] = []

    def opened(data: str = "", *, style: str = "", rules: str = "") -> Page:
        head = f"<style>{style}</style>" if style else ""
        elsewhere.page = PAGE.format(head=head) + "<body><h1>某游戏点卡</h1>" + SCRIPT.format(url=url, data=data)
        elsewhere.headers = {"Content-Security-Policy": rules.format(url=url), **ALONE} if rules else {}
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Security" in said.text else None)
        page.goto(elsewhere.url)
        return page

    yield opened
    assert complaints == []


def launcher(page: Page) -> Locator:
    return page.locator(".launcher")


def box(page: Page) -> Locator:
    return page.get_by_label("在这里写")


def write(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def number_of(page: Page) -> str:
    """The number of the conversation, as this browser keeps it."""
    found = until(lambda: page.evaluate("localStorage.getItem('huiyin-chat:talk')"))
    return str(json.loads(found)["id"])


def begin(page: Page, text: str = "卡密用不了") -> str:
    launcher(page).click()
    write(page, text)
    expect(page.locator(".mine", has_text=text).get_by_text("已送达")).to_be_visible()
    return number_of(page)


def test_ch1_a_hostile_page_with_strict_rules_cannot_touch_it(visit: Open, context: BrowserContext, url: str) -> None:
    page = visit(style=WILD, rules=f"{STRICT}; style-src 'unsafe-inline'; img-src data:")
    begin(page)
    looks = (
        "node => { const look = getComputedStyle(node); return [look.fontSize, look.letterSpacing, look.direction]; }"
    )
    assert page.locator(".bubble").first.evaluate(looks) == ["15px", "normal", "ltr"]
    panel = page.locator(".panel").bounding_box()
    assert panel is not None
    assert (panel["x"], panel["y"], panel["width"], panel["height"]) == (0, 0, *PHONE.values())
    assert page.locator(".do.send").evaluate("node => getComputedStyle(node).backgroundColor") != "rgb(0, 255, 0)"
    assert context.cookies(url) == []


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


def test_ch1_what_is_written_without_a_network_goes_out_once(
    visit: Open, context: BrowserContext, agent: Agent
) -> None:
    page = visit()
    no = begin(page)
    agent.takes(no)
    expect(page.locator(".who")).to_have_text("工号 1024 为您服务")
    context.set_offline(True)
    write(page, "隧道里写的")
    expect(page.locator(".strip")).to_have_text("没有网络。您写的还在，会自动发出。")
    expect(page.locator(".mine", has_text="隧道里写的")).to_be_visible()
    agent.says(no, "您断线时我说的话")
    context.set_offline(False)
    expect(page.locator(".mine", has_text="隧道里写的").get_by_text("已送达")).to_be_visible()
    expect(page.get_by_text("您断线时我说的话")).to_be_visible()
    assert [one["text"] for one in agent.hears(no)] == ["卡密用不了", "隧道里写的"]
    expect(page.locator(".strip")).to_be_hidden()


def test_ch1_what_was_never_answered_is_sent_again_and_does_not_double(
    visit: Open, context: BrowserContext, url: str, agent: Agent
) -> None:
    page = visit()
    no = begin(page)
    lost: list[APIResponse] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())  # it arrives, but nobody hears of it
            return route.abort()
        return route.fallback()

    context.route(f"{url}/api/v1/conversations/{no}/messages*", lose_the_answer)
    write(page, "只说一次")
    expect(page.locator(".mine", has_text="只说一次").get_by_text("已送达")).to_be_visible()
    assert lost
    assert [one["text"] for one in agent.hears(no)].count("只说一次") == 1
    expect(page.locator(".mine", has_text="只说一次")).to_have_count(1)


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


def test_what_people_write_never_becomes_markup(visit: Open, agent: Agent) -> None:
    page = visit()
    launcher(page).click()
    page.get_by_text("留个联系方式").click()
    evil = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>'
    if not page.get_by_label("怎么称呼您").is_visible():
        page.get_by_text("留个联系方式").click()
    page.get_by_label("怎么称呼您").fill(evil[:60])
    write(page, evil)
    no = number_of(page)
    agent.takes(no)
    agent.says(no, f"{evil} https://example.com/\"onclick='alert(1)'")
    expect(page.locator(".theirs")).to_contain_text("<img src=x")
    expect(page.locator(".mine")).to_contain_text("<script>window.broken=1</script>")
    assert page.evaluate("window.broken") is None
    expect(page.locator(".said img, .said script")).to_have_count(0)
    assert page.locator(".theirs a").get_attribute("href") == "https://example.com/"


def test_a_megabyte_pasted_is_neither_cut_nor_lost(visit: Open, agent: Agent) -> None:
    page = visit()
    no = begin(page)
    text = "长" * 350_000  # a megabyte in UTF-8
    box(page).evaluate("(node, text) => { node.value = text; node.dispatchEvent(new Event('input')); }", text)
    box(page).press("Enter")
    expect(page.get_by_text("共 350000 字，一条最多 4000 字")).to_be_visible()
    page.get_by_role("button", name="作为文本文件发送").click()
    sent = until(lambda: [one for one in agent.hears(no) if one["kind"] == "file"])
    assert sent[0]["file"]["size"] == len(text.encode())
    expect(box(page)).to_have_value("")


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


def test_a_flood_is_told_so_and_loses_nothing(visit: Open, url: str) -> None:
    page = visit()
    begin(page)
    visitor = json.loads(page.evaluate("localStorage.getItem('huiyin-chat:visitor')"))
    for place in range(5):
        end(
            url, ask(f"{url}/api/v1/conversations", {"text": "又来", "visitor": visitor, "client_id": f"flood-{place}"})
        )
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="结束对话").click()
    page.get_by_role("button", name="结束对话").last.click()
    page.get_by_role("button", name="再开一次对话").click()
    write(page, "第七次开口")
    expect(page.locator(".strip")).to_contain_text("太频繁")
    expect(page.locator(".mine", has_text="第七次开口")).to_be_visible()
    page.reload()
    expect(page.locator(".mine", has_text="第七次开口")).to_be_visible()


@pytest.mark.parametrize("how", ["forged", "expired"])
def test_a_sign_in_that_is_forged_or_too_old_is_not_believed_and_loses_nothing(
    visit: Open, centre: Running, agent: Agent, how: str
) -> None:
    secret = json.loads((centre.var / "secrets.json").read_text())["shop_secret"] if how == "expired" else "guessed"
    ends = datetime.now(UTC) + timedelta(minutes=-10 if how == "expired" else 30)
    page = visit(f'data-identity="{identity_token(Identity("M00000001", name="冒名"), ends, secret)}"')
    launcher(page).click()
    write(page, "我是金牌会员")
    expect(page.get_by_text("没能核对您的登录")).to_be_visible()
    assert [one["text"] for one in agent.hears(number_of(page))] == ["我是金牌会员"]


def test_who_signs_in_after_somebody_else_finds_nothing_of_them(visit: Open, url: str, centre: Running) -> None:
    secret = json.loads((centre.var / "secrets.json").read_text())["shop_secret"]
    ends = datetime.now(UTC) + timedelta(minutes=30)
    first, second = (identity_token(Identity(sub), ends, secret) for sub in ("M11111111", "M22222222"))
    before = visit(f'data-identity="{first}"')
    begin(before, "这是我的秘密")
    end(url, json.loads(before.evaluate("localStorage.getItem('huiyin-chat:talk')")))
    page = visit(f'data-identity="{second}"')
    launcher(page).click()
    expect(page.get_by_role("heading", name="您好，遇到什么事了？")).to_be_visible()
    assert "秘密" not in page.locator(".panel").inner_text()
    assert page.evaluate("localStorage.getItem('huiyin-chat:talk')") is None


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
    page.get_by_role("button", name="不等了，改为留言").click()
    page.get_by_role("button", name="留言", exact=True).click()
    expect(page.get_by_role("heading", name="收到了，已经立案")).to_be_visible()
    no, pin = page.locator(".ending dd").all_inner_texts()
    page.goto(f"{url}/track")
    page.get_by_label("编号，12 位").fill(no)
    page.get_by_label("PIN，8 位").fill(pin)
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


def test_a_page_that_draws_itself_anew_keeps_the_one_chat_it_has(visit: Open, url: str) -> None:
    page = visit()
    no = begin(page)
    again = """url => { document.body.replaceChildren();
        const tag = document.createElement("script");
        tag.src = `${url}/chat.js`;
        return new Promise((done) => { tag.onload = done; document.body.append(tag); }); }"""
    page.evaluate(again, url)
    expect(launcher(page)).to_have_count(1)
    expect(page.locator(".mine")).to_contain_text("卡密用不了")
    assert number_of(page) == no
