"""HL2, HL3, HL4: a supervisor gives the menu a key, tries it, publishes it, and records a sentence; who calls next
meets both, and nothing was started anew."""

import io
import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent, until
from tests.journeys.telephones import Speaking
from tests.journeys.test_wallboard import lead_in
from tests.voice.parties import WRITTEN_LATE_S, Party, parties
from tests.voice.tones import OTHER, write_tone

MENU, WELCOME = "/console/hotline/menu", "/console/hotline/sentences/zh-hans/menu.welcome"
NOBODYS = "sip:anonymous@127.0.0.1"  # who has no number is not called back: nothing waits for the tests that follow
HZ = 1500
TOO_WIDE = "[document.documentElement, document.querySelector('main')].map((one) => one.scrollWidth - one.clientWidth)"
PLAYED = "async () => { const one = document.querySelector('audio'); await one.play(); return one.duration }"


@pytest.fixture
def console(browser: Browser, centre: Running) -> Iterator[Page]:
    """The hotline's pages in the hands of a supervisor; afterwards callers hear what they heard before."""
    context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN")
    context.set_default_timeout(20_000)
    screen = context.new_page()
    complaints: list[str] = []
    screen.on("pageerror", lambda error: complaints.append(str(error)))
    screen.on("console", lambda said: complaints.append(said.text) if "Security" in said.text else None)
    lead_in(screen, centre, "/console/hotline")
    yield screen
    screen.goto(f"{centre.ready['url']}{WELCOME}")
    if (spoken := screen.locator("button[name=gone]")).count():
        spoken.click()
    screen.goto(f"{centre.ready['url']}{MENU}")
    if (drop := screen.locator("form[action$='/drop']")).count():
        drop.locator("button").dispatch_event("click")
        expect(screen.locator("form[action$='/drop']")).to_have_count(0)
    shipped = screen.locator("form[action$='/back']", has=screen.locator("input[name=version][value='0']"))
    if shipped.count():
        shipped.locator("button").click()
        expect(shipped).to_have_count(0)
    context.close()
    assert complaints == []


@pytest.fixture
def caller(centre: Running, tmp_path: Path) -> Iterator[Party]:
    """A telephone that says no number."""
    assert centre.ready["voice"]["state"] == "on", centre.ready["voice"]
    with parties(tmp_path) as make:
        phone = make("caller", 1000)
        phone.opens(NOBODYS)
        yield phone
        phone.hangs_up()


def waiting_call(centre: Running) -> dict[str, Any]:
    """The one call that waits for a person, as a supervisor's program sees it."""
    lead = Agent(centre.ready, "2001")
    found = until(lambda: next(iter(lead.call("GET", "/calls?state=waiting")["calls"]), None))
    told: dict[str, Any] = lead.call("GET", f"/calls/{found['id']}")
    return told


def kept(page: Page) -> None:
    page.get_by_role("button", name="存入草稿").first.click()


@pytest.mark.journey
def test_hl4_a_key_is_added_tried_published_and_pressed(console: Page, centre: Running, caller: Party) -> None:
    url = centre.ready["url"]
    console.goto(f"{url}{MENU}/node/main")
    console.locator("select[name=key_6]").select_option("queue:supervisor")
    zh = console.locator("textarea[name='say_2_zh-hans']")
    zh.fill(f"找主管，请按6。{zh.input_value()}")
    kept(console)
    console.wait_for_url(re.compile(f"{MENU}$"))
    expect(console.locator("#n-main")).to_contain_text("找主管，请按6")

    # a mistake is named where it is, and keeps the draft from being heard
    console.goto(f"{url}{MENU}/node/closed")
    for key in ("1", "2"):
        console.locator(f"select[name=key_{key}]").select_option("")
    kept(console)
    expect(console.locator("main .said.warning")).to_contain_text("既不能留言，也不能预约回电")
    console.goto(f"{url}{MENU}")
    expect(console.get_by_role("button", name="发布")).to_be_disabled()
    expect(console.locator("#n-closed .fault")).to_contain_text("既不能留言，也不能预约回电")
    console.locator(".faults a").first.click()
    console.locator("select[name=key_1]").select_option("callback")
    console.locator("select[name=key_2]").select_option("voicemail")
    kept(console)
    console.wait_for_url(re.compile(f"{MENU}$"))

    # tried by the keys of the keyboard, with the sentence that callers will hear
    console.goto(f"{url}/console/hotline/try?when=open")
    expect(console.locator(".handset")).to_contain_text("找主管，请按6")
    with console.expect_response(lambda answer: "part=phone" in answer.url):
        console.keyboard.press("6")
    expect(console.locator("[data-over]")).to_contain_text("主管")
    expect(console).to_have_url(re.compile("way=k6"))
    console.go_back()
    expect(console.locator(".handset")).to_contain_text("找主管，请按6")
    sound = console.request.get(f"{url}{console.locator('audio').last.get_attribute('src')}")
    assert (sound.status, sound.headers["content-type"]) == (200, "audio/wav")

    console.goto(f"{url}{MENU}")
    console.get_by_role("button", name="发布").click()
    expect(console.locator(".said.success")).to_be_visible()

    caller.calls(centre.ready["voice"]["sip_uri"])
    caller.is_connected()
    caller.hears(OTHER)
    caller.presses("6")
    pressed = waiting_call(centre)["pressed"]
    assert [(one["node"], one["key"]) for one in pressed] == [("main", "6")]


@pytest.mark.journey
def test_hl3_who_calls_next_hears_the_recorded_sentence(
    console: Page, centre: Running, caller: Party, tmp_path: Path
) -> None:
    url = centre.ready["url"]
    bad, tone = tmp_path / "bad.wav", tmp_path / "tone.wav"
    bad.write_bytes(b"MZ" + bytes(2000))
    write_tone(tone, HZ, 3.0)
    console.goto(f"{url}{WELCOME}")
    console.locator("input[type=file]").set_input_files(bad)
    console.get_by_role("button", name="启用").click()
    expect(console.locator("[data-refused]")).to_contain_text("不是有效的 WAV")
    console.locator("input[type=file]").set_input_files(tone)
    console.get_by_role("button", name="启用").click()
    expect(console.locator(".takes")).to_contain_text("上传的原文件")
    played = console.evaluate(PLAYED)
    assert 2.5 < played < 3.5

    caller.calls(centre.ready["voice"]["sip_uri"])
    caller.hears(HZ, seconds=1.5)
    caller.hangs_up()
    caller.is_cut_off()

    console.get_by_role("button", name="恢复机器朗读").click()
    expect(console.locator(".takes")).not_to_contain_text("上传的原文件")
    since = len(caller.events)
    caller.calls(centre.ready["voice"]["sip_uri"])
    caller.happens("state", since=since, state="CONFIRMED")
    begun = caller.listened() + WRITTEN_LATE_S  # what was heard of the first call may still be written
    caller.hears(OTHER, since=begun, seconds=1.5)
    caller.hears_no(HZ, since=begun)


@pytest.mark.journey
def test_hl3_a_sentence_is_recorded_with_the_microphone(speaking: Speaking, centre: Running) -> None:
    context = speaking().new_context(locale="zh-CN")
    context.set_default_timeout(20_000)
    page = context.new_page()
    lead_in(page, centre, WELCOME.replace("welcome", "bye"))
    page.get_by_role("button", name="用麦克风录音").click()
    expect(page.locator("[data-seconds]")).to_have_text(re.compile("[2-9]"))
    page.get_by_role("button", name="停止").click()
    expect(page.locator("hy-take audio")).to_be_visible()
    page.get_by_role("button", name="启用").click()
    told = page.locator(".takes div", has_text="上传的原文件")
    expect(told).to_contain_text("工号 2001")
    sound = page.request.get(f"{centre.ready['url']}{told.locator('audio').get_attribute('src')}").body()
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert 1.5 < file.getnframes() / file.getframerate() < 6
    page.get_by_role("button", name="恢复机器朗读").click()
    expect(told).to_have_count(0)
    context.close()


@pytest.mark.journey
def test_hl2_a_new_line_is_answered_where_it_begins(console: Page, centre: Running, caller: Party) -> None:
    console.goto(f"{centre.ready['url']}/console/hotline/line")
    for name, typed in (("number", "003"), ("title", "退款专线"), ("title_en", "Refunds")):
        console.locator(f"input[name={name}]").fill(typed)
    console.locator("select[name=node]").select_option("account")
    console.locator("input[name=is_public]").uncheck()
    console.get_by_role("button", name="保存").click()
    expect(console.locator(".row", has_text="退款专线")).to_contain_text("账户专线")
    caller.calls(centre.ready["voice"]["sip_uri"].replace("hotline@", "003@"))
    caller.is_connected()
    caller.hears(OTHER)
    caller.presses("1")
    told = waiting_call(centre)
    assert (told["line"], told["urgent"]) == ("003", True)
    assert [(one["node"], one["key"]) for one in told["pressed"]] == [("account", "1")]
    console.goto(f"{centre.ready['url']}/console/hotline/line/003")
    console.locator("summary", has_text="撤销").click()
    console.locator("button[name=gone]").click()
    expect(console.locator(".row", has_text="退款专线")).to_have_count(0)


@pytest.mark.journey
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everything_fits_on_a_phone(console: Page, centre: Running, language: str) -> None:
    url = centre.ready["url"]
    console.context.add_cookies([{"name": "language", "value": language, "url": url}])
    console.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "/line/001", "/hours/general", "/menu", "/menu/node/main", "/menu/node/find_by_bill", "/menu/node",
                 "/try?when=open&way=k1", "/sentences", "/sentences/en/menu.main"):  # fmt: skip
        console.goto(f"{url}/console/hotline{path}")
        wide = (
            "[document.documentElement, document.querySelector('main')].map(one => one.scrollWidth - one.clientWidth)"
        )
        assert console.evaluate(wide) == [0, 0], path
