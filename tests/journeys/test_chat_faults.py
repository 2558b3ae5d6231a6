"""The chat on a shop's page when the page is hostile, the network away, the sign-in forged, the text enormous."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Route, expect

from huiyin.daemons.ephemeral import Running
from huiyin.lib.signing import Identity, identity_token
from huiyin.web.api.conversations import WINDOW_S
from tests.journeys.agent import Agent, until
from tests.journeys.conftest import PHONE, ask
from tests.journeys.widget import STRICT, Open, begin, box, end, launcher, number_of, write

pytestmark = pytest.mark.journey
FLOOD_S = 30.0  # what a flood of seven may take on a busy machine
WILD = """html { font-size: 31px; } * { font-family: cursive !important; letter-spacing: 9px; color: red; }
div { display: none !important; transform: rotate(9deg) !important; } button { background: lime !important; }
body { transform: scale(.5); direction: rtl; } body > *, html > * { opacity: .2; position: static !important; }"""


def test_ch1_a_hostile_page_with_strict_rules_cannot_touch_it(visit: Open, context: BrowserContext, url: str) -> None:
    page = visit(style=WILD, rules=f"{STRICT}; style-src 'unsafe-inline'; img-src data:")
    begin(page)
    looks = (
        "node => { const look = getComputedStyle(node); return [look.fontSize, look.letterSpacing, look.direction]; }"
    )
    assert page.locator(".bubble").first.evaluate(looks) == ["15px", "normal", "ltr"]
    until(lambda: page.locator(".panel").bounding_box() == {"x": 0, "y": 0, **PHONE})  # once it has risen
    assert page.locator(".do.send").evaluate("node => getComputedStyle(node).backgroundColor") != "rgb(0, 255, 0)"
    assert context.cookies(url) == []


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


def test_ch1_what_was_said_before_ones_own_words_is_not_skipped_when_the_stream_comes_back_after_them(
    visit: Open, agent: Agent
) -> None:
    page = visit()
    page.route("**/events", lambda route: route.abort())
    no = begin(page)
    expect(page.locator(".who")).to_have_text("正在排队")
    agent.takes(no)
    agent.says(no, "您断线时我说的话")
    write(page, "之后写的")
    expect(page.locator(".mine", has_text="之后写的").get_by_text("已送达")).to_be_visible()
    page.unroute("**/events")
    expect(page.get_by_text("您断线时我说的话")).to_be_visible()
    said = page.locator(".said .bubble p").all_inner_texts()
    assert [one for one in said if not one.startswith("工号")] == ["卡密用不了", "您断线时我说的话", "之后写的"]


def test_ch1_a_stream_that_never_opens_is_asked_for_again(visit: Open, agent: Agent) -> None:
    page = visit()
    page.clock.install()
    asked: list[Route] = []
    page.route("**/events", lambda route: route.continue_() if asked else asked.append(route))  # the line died
    no = begin(page)
    agent.takes(no)
    agent.says(no, "您好，我在")
    until(lambda: page.evaluate("true") and asked)  # Playwright hands a request over while it is asked something
    page.clock.fast_forward(20_000)
    expect(page.get_by_text("您好，我在")).to_be_visible()


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


def test_a_flood_is_told_so_and_loses_nothing(visit: Open, url: str) -> None:
    if (left := WINDOW_S - time.time() % WINDOW_S) < FLOOD_S:
        time.sleep(left)  # what is counted begins anew then
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
