"""Telephones in browsers: a Chromium of its own for each party, with a microphone that speaks without end.

A browser's microphone is chosen when it starts. It speaks real words, because what browsers do to a voice (noise, echo,
loudness) would take a pure tone away."""

import time
import wave
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import SystemRandom
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from huiyin.adapters.speech.prompts import Prompts
from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent, until
from tests.journeys.desks import SCREEN, sign_in
from tests.voice.parties import Party, parties
from tests.voice.tones import OTHER

FLAGS = [
    "--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection",
]  # fmt: skip
TIMES = 6  # from the 8 kHz of our prompts to the 48 kHz of a browser's microphone
AUDIBLE, SILENT = 0.35, 0.12  # of a meter: -42 dB and -54 dB
SLOWEST_MS = 20_000  # somebody is told something to the end first
SHANGHAI = ZoneInfo("Asia/Shanghai")
USUAL = {"chat": 3, "call": 1, "case": 30}  # what the demo people take at once
CALLER_HZ = 1000
Speaking = Callable[..., Browser]
SipCaller = Callable[..., Party]
_numbers = count(SystemRandom().randrange(13_700_000_000, 13_790_000_000))


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody who speaks without end, as a microphone of a browser."""
    here = tmp_path_factory.mktemp("words")
    spoken = Prompts(here).say("您好，我有一件事想请您帮忙看一看，我已经付款了，可是还没有收到卡密。", "zh-hans")
    with wave.open(str(spoken)) as file:
        samples = array("h", file.readframes(file.getnframes()))
    microphone = here / "microphone.wav"
    with wave.open(str(microphone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000 * TIMES)
        file.writeframes(array("h", (one for one in samples for _ in range(TIMES))).tobytes())
    return microphone


@pytest.fixture
def speaking(browser: Browser, words: Path) -> Iterator[Speaking]:
    """Browsers whose microphone speaks."""
    started: list[Browser] = []

    def start(*more: str) -> Browser:
        flags = [*FLAGS, *more, f"--use-file-for-fake-audio-capture={words}"]
        started.append(browser.browser_type.launch(executable_path="/usr/bin/chromium", args=flags))
        return started[-1]

    yield start
    for one in started:
        one.close()


class Desk:
    """An agent at their desk, with the phone window open beside it."""

    def __init__(self, context: BrowserContext, centre: Running, agent_no: str) -> None:
        self.agent_no, self.agent = agent_no, Agent(centre.ready, agent_no)
        self.page = context.new_page()
        sign_in(self.page, centre, agent_no)
        with self.page.expect_popup() as opened:
            self.page.locator("hy-phone-chip a").click()
        self.phone = opened.value
        self.stands("ready")

    def stands(self, line: str) -> None:
        """How the line of the phone window stands."""
        expect(self.phone.locator("hy-phone")).to_have_attribute("data-line", line, timeout=SLOWEST_MS)

    def is_here(self) -> None:
        """Takes one call, and nothing else."""
        capacity = {"chat": 0, "call": 1, "case": 0}
        device = {"state": "available", "device": "journey", "capacity": capacity}
        self.agent.call("PUT", "/agents/me/presence", device)

    def doing(self, state: str, within_ms: int = SLOWEST_MS) -> None:
        """What the phone is in the middle of."""
        expect(self.phone.locator("hy-phone")).to_have_attribute("data-call", state, timeout=within_ms)

    def answers(self) -> str:
        """Take the call that is offered, by keyboard; its number."""
        expect(self.page.locator(".offer-card[data-call]")).to_be_visible(timeout=SLOWEST_MS)
        self.doing("ringing")
        self.accepts()
        self.page.wait_for_url("**/desk/c/*", wait_until="commit")
        self.doing("talking")
        return self.page.url.rpartition("/")[2]

    def accepts(self) -> None:
        """What is offered, by keyboard."""
        accept = self.page.locator(".offer-card [data-accept]")
        expect(accept).to_be_visible(timeout=SLOWEST_MS)
        self.page.wait_for_timeout(450)  # what is pressed in the first instant was meant for something else
        accept.focus()
        self.page.keyboard.press("Enter")

    def does(self, verb: str) -> None:
        """Press a button of the bar, and see it done."""
        self.page.locator(f"#call-bar form[action$='/{verb}'] button").click()

    def pops(self, summary: str) -> Locator:
        """Open one of the forms of the bar."""
        self.page.locator("#call-bar summary", has_text=summary).click()
        return self.page.locator("#call-bar details[open] form")

    def hands_over(self, to: str, *, first: bool) -> None:
        """To this agent, by the form of the bar: spoken with first, or at once."""
        form = self.pops("转接")
        form.get_by_role("combobox").select_option(f"agent:{to}")
        form.get_by_role("textbox").fill("付款后没收到卡密")
        form.get_by_role("button", name="先和对方说" if first else "直接转过去").click()

    def promises(self, words: str) -> None:
        """Write down what was promised just now, and say by one key that it counts."""
        self.page.locator("#write").fill(words)
        expect(self.page.locator("[data-promise]")).to_contain_text("18:00", timeout=SLOWEST_MS)
        self.page.locator("#write").press("Alt+p")
        expect(self.page.locator("[data-promise]")).to_have_attribute("aria-pressed", "true")
        self.page.locator("#write").press("Enter")
        expect(self.page.locator("#talk-side .owed")).to_contain_text(words, timeout=SLOWEST_MS)

    def wraps_up_as_matter(self) -> None:
        """The form that has opened by itself: what comes next, by when, and that it stays a matter as it is offered."""
        form = self.page.locator(".end-form")
        form.get_by_label("结果").select_option("solved")
        expect(form.get_by_label("立为", exact=False)).to_be_hidden()  # nothing comes next
        form.get_by_label("结果").select_option("follow_up")
        expect(form.get_by_label("立为", exact=False)).to_be_checked()
        form.get_by_label("下一步（买家会看到）").fill("核实后补发卡密")
        form.get_by_label("什么时候之前").fill(f"{datetime.now(SHANGHAI) + timedelta(hours=3):%Y-%m-%dT%H:%M}")
        form.get_by_label("买家已知道编号").check()
        form.get_by_role("button", name="结束并保存").click()
        expect(self.page.locator("body")).to_contain_text("由您负责")

    def lifts(self) -> None:
        """Answer what rings in the phone window itself, by keyboard."""
        self.doing("ringing")
        self.phone.keyboard.press("a")
        self.doing("talking")

    def goes(self) -> None:
        """Wrap up what is left, and go."""
        for talk in self.agent.call("GET", "/conversations")["conversations"]:
            if talk["state"] in {"talking", "wrap_up"} and talk["agent_no"] == self.agent_no:
                self.agent.wraps_up(talk["id"])
        device = {"state": "break", "device": "journey", "capacity": USUAL}
        self.agent.call("PUT", "/agents/me/presence", device)  # the next test may chat
        self.agent.is_("offline")


@pytest.fixture
def desk(speaking: Speaking, centre: Running) -> Iterator[Callable[..., Desk]]:
    """Desks with a phone. A page that complains in the console has failed."""
    desks: list[Desk] = []
    complaints: list[str] = []

    def opened(agent_no: str, *flags: str) -> Desk:
        context = speaking(*flags).new_context(viewport=SCREEN, locale="zh-CN")
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        desks.append(Desk(context, centre, agent_no))
        return desks[-1]

    yield opened
    for one in desks:
        one.goes()
    assert complaints == []


class Caller:
    """A buyer on the page that calls."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(f"{url}/call")
        page.get_by_role("button", name="开始拨打").click()
        self.is_("menu")

    def is_(self, state: str) -> None:
        """In which part of a call the page says they are."""
        expect(self.page.locator("hy-caller")).to_have_attribute("data-state", state, timeout=SLOWEST_MS)

    def presses(self, key: str) -> None:
        self.page.locator(f"[data-key='{key}']").click()

    def asks_for_a_person(self) -> None:
        """By 0, in the first instant: no key is lost."""
        self.presses("0")
        expect(self.page.locator("hy-caller")).not_to_have_attribute("data-state", "menu", timeout=SLOWEST_MS)

    def reads(self, words: str) -> None:
        """How it stands, in words."""
        expect(self.page.locator("[data-words]")).to_contain_text(words, timeout=SLOWEST_MS)


@pytest.fixture
def sip_caller(centre: Running, tmp_path: Path) -> Iterator[SipCaller]:
    """Callers with a telephone who press these keys, usually for a person."""
    with parties(tmp_path) as make:

        def calls(keys: str = "0") -> Party:
            number, uri = next(_numbers), centre.ready["voice"]["sip_uri"]
            caller = make(f"caller{number}", CALLER_HZ)
            caller.opens(f"sip:{number}@127.0.0.1")
            caller.calls(uri)
            caller.hears(OTHER, seconds=0.3)
            caller.presses(keys)
            return caller

        yield calls


def hears(page: Page) -> None:
    """The other side is heard now."""
    until(lambda: loudness(page) > AUDIBLE or None)


def hears_nothing(page: Page) -> None:
    """The other side is not heard for a second."""
    since = time.monotonic()

    def is_quiet() -> bool | None:
        nonlocal since
        since = time.monotonic() if loudness(page) > SILENT else since
        return time.monotonic() - since > 1 or None

    until(is_quiet)


def loudness(page: Page) -> float:
    """What the meter of the other side shows, 0 to 1."""
    return float(page.locator("meter[data-theirs]").evaluate("meter => meter.value"))
