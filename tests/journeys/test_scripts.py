"""Scripts of our pages in a browser, with what is behind them played by the test: instants that a real line, network or
microphone shows only now and then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route, expect

from huiyin.web.ui.words_caller import KEYPAD

pytestmark = pytest.mark.journey
HERE = "http://localhost"  # browsers trust it with a microphone
WEB = Path(__file__).resolve().parents[2] / "huiyin" / "web"
MICROPHONE = """
const asked = [], given = [];
window.microphone = { asked, given, allow() { asked.shift()(given[given.push(sound()) - 1]); } };
const sound = () => new AudioContext().createMediaStreamDestination().stream;
export const listen = () => new Promise((give) => asked.push(give));
export const measure = () => () => {};
export const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());
"""
LINE = """
class Call {
  said = new MediaStream();
  hangUp() {}
  press() {}
}
export class Line {
  constructor(ticket, { state }) { setTimeout(() => state("ready")); }
  call() { return window.call = new Call(); }
  leave() {}
}
"""
IS_OFF = "window.microphone.given.every((one) => one.getTracks().every((track) => track.readyState === 'ended'))"


class Played:
    """Pages and scripts as we serve them; `answers` are the test's own, by path."""

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context(locale="zh-CN")
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.answers: dict[str, Any] = {"/static/ui/microphone.js": MICROPHONE, "/static/ui/sip.js": LINE}
        self.asked: list[tuple[str, str | None]] = []
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.route(f"{HERE}/**", self._serve)

    def shows(self, path: str, page: str) -> Page:
        """The browser opens this page at this address."""
        self.answers[path.partition("#")[0]] = page
        self.page.goto("about:blank")
        self.page.goto(HERE + path)
        return self.page

    def posted(self, path: str) -> list[str | None]:
        return [body for asked, body in self.asked if asked == path and body is not None]

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(HERE).partition("?")[0]
        self.asked.append((path, route.request.post_data))
        answer = self.answers.get(f"{route.request.method} {path}", self.answers.get(path))
        if isinstance(answer, dict):
            route.fulfill(json=answer)
        elif answer is not None:
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            route.fulfill(body=answer, content_type=f"{kind}; charset=utf-8")
        elif path.startswith("/static/") and (found := _file(path.removeprefix("/static/"))):
            route.fulfill(path=found)
        else:
            route.fulfill(status=404)


def _file(name: str) -> Path | None:
    return next((one for one in WEB.glob(f"*/static/{name}") if one.is_file()), None)


@pytest.fixture
def played(browser: Browser) -> Iterator[Played]:
    ours = Played(browser)
    yield ours
    ours.context.close()
    assert ours.troubles == []


def page_of(template: str, **context: object) -> str:
    return render_to_string(template, context, request=RequestFactory().get("/"))


def test_hl16_a_new_link_is_posted_and_without_one_the_page_leads_back(played: Played) -> None:
    again = page_of("portal/link.html", again="/w/chat").replace('action="/"', 'action="/w"')
    played.answers |= {"/w/chat": "<p>the chat of before", "POST /w": "<p>the new chat"}
    page = played.shows("/w", again)
    page.wait_for_url("**/w/chat")
    assert played.posted("/w") == []
    played.shows("/w#the-new-token", again)
    expect(page.locator("p")).to_have_text("the new chat")
    assert ["token=the-new-token" in str(body) for body in played.posted("/w")] == [True]


def calls(played: Played, stands: dict[str, object]) -> Page:
    """The page that calls, connected; `stands` is what the record says of the call."""
    played.answers |= {
        "/call/ticket": {"ws": "wss://localhost/ws", "user": "u", "password": "p", "number": "hotline"},
        "/call/now": stands,
    }  # fmt: skip
    page = played.shows("/call", page_of("portal/call.html", line={"is_on": True}, keypad=KEYPAD, number="hotline"))
    page.locator("[data-do=call]").click()
    page.evaluate("microphone.allow()")
    page.wait_for_function("Boolean(window.call?.on)")
    page.evaluate("call.on('talking')")
    expect(page.locator("hy-caller")).to_have_attribute("data-state", str(stands["state"]))
    return page


def test_hl2_a_call_that_is_over_is_not_said_to_go_on(played: Played) -> None:
    stands = {"shown": "4831 0275 9164", "state": "talking", "says": "工号 1024 正在和您通话", "moved": False}
    page = calls(played, stands)
    with page.expect_response("**/call/now"):
        page.evaluate("call.on('over')")  # the record learns of it a moment later
    expect(page.locator("[data-when=over].card")).to_be_visible()
    expect(page.locator("[data-last]")).to_be_empty()
    played.answers["/call/now"] = stands | {"state": "ended", "says": "谢谢您的来电。"}
    expect(page.locator("[data-last]")).to_have_text("谢谢您的来电。")
    expect(page.locator("[data-matter] span")).to_have_text("4831 0275 9164")


def test_hl16_a_call_that_ends_before_its_page_has_looked_still_opens_the_chat(played: Played) -> None:
    stands = {"shown": "4831 0275 9164", "state": "waiting", "says": "", "moved": False}
    played.answers |= {"/call/chat": {"id": "483102759164", "token": "opens-it"}, "/chat": "<p id=chat>"}
    page = calls(played, stands)
    played.answers["/call/now"] = stands | {"state": "ended", "moved": True}  # key 3, and the last words are over
    page.evaluate("call.on('over')")
    page.wait_for_url("**/chat")
    assert page.evaluate("localStorage.getItem('huiyin-chat:talk')") == '{"id":"483102759164","token":"opens-it"}'
    assert len(played.posted("/call/chat")) == 1


def take_at(played: Played) -> Page:
    """The page of a sentence, as far as its recorder goes."""
    samples = "data:text/javascript," + quote((WEB / "console/static/console/take_samples.js").read_text())
    take = page_of("console/parts/hotline_take.html").replace("/static/console/take_samples.js", samples)
    script = '<script type="module" src="/static/console/take.js"></script>'
    page = played.shows("/sentence", f"<!doctype html>{take}<input type=file id=take-file>{script}")
    page.locator("[data-do=record]").click()
    page.wait_for_function("window.microphone?.asked.length")
    return page


def test_hl3_a_second_click_on_record_leaves_no_microphone_on(played: Played) -> None:
    page = take_at(played)
    expect(page.locator("[data-do=record]")).to_be_hidden()
    page.locator("[data-do=record]").dispatch_event("click")
    page.evaluate("microphone.asked.length > 1 && microphone.allow()")
    page.evaluate("microphone.allow()")
    page.locator("[data-do=stop]").click()
    page.wait_for_function("document.querySelector('#take-file').files.length")
    assert page.evaluate(IS_OFF)


def test_hl3_a_microphone_allowed_after_its_page_has_gone_on_is_off(played: Played) -> None:
    page = take_at(played)
    page.evaluate("() => { AudioWorklet.prototype.addModule = () => new Promise(() => {}) }")  # no network
    page.evaluate("document.querySelector('hy-take').remove()")
    page.evaluate("microphone.allow()")
    page.wait_for_function(IS_OFF)
    assert page.evaluate("microphone.given.length") == 1
