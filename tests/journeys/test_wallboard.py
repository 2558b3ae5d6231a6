"""IN1: the board moves by itself, nothing jumps, and a screen on the wall goes blank when its link is taken away."""

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import Agent

TV = {"width": 1920, "height": 1080}


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A large screen. What a page complains about in the console is a fault."""
    context = browser.new_context(viewport=TV, locale="zh-CN")  # type: ignore[arg-type]  # as playwright documents it
    context.set_default_timeout(20_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


def lead_in(page: Page, centre: Running, path: str) -> None:
    """Log in as a supervisor who asked for this page."""
    lead = next(one for one in centre.ready["logins"] if one["role"] == "supervisor")
    page.goto(f"{centre.ready['url']}{path}")
    page.locator("input[name=username]").fill(lead["username"])
    page.locator("input[name=password]").fill(lead["password"])
    page.locator("form:has(input[name=password]) button").last.click()
    page.wait_for_url(f"**{path}")


def begun(centre: Running) -> dict[str, Any]:
    """Somebody asks for a person."""
    body = {"channel": "chat", "text": "有人吗", "visitor": secrets.token_hex(16)}
    request = Request(f"{centre.ready['url']}/api/v1/conversations", json.dumps(body).encode(),
                      {"Content-Type": "application/json"})  # fmt: skip
    with urlopen(request, timeout=20) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def waiting(page: Page) -> int:
    return int(page.locator(".number .value").first.inner_text())


@pytest.mark.journey
def test_in1_the_board_moves_when_somebody_waits_and_when_they_are_answered(screen: Page, centre: Running) -> None:
    lead_in(screen, centre, "/console/wallboard")
    expect(screen.locator("hy-live")).to_have_attribute("state", "live")
    before = waiting(screen)
    screen.locator("#day-table summary").click()  # opened, it stays open through every update
    talk = begun(centre)
    first = screen.locator(".number .value").first
    expect(first).to_have_text(str(before + 1))
    expect(screen.locator(".number").nth(1).locator("hy-running")).to_have_text(re.compile(r"\d+:\d\d"))
    agent = Agent(centre.ready)
    agent.takes(talk["id"])
    expect(first).to_have_text(str(before))
    expect(screen.locator(".state.available li", has_text="1024")).to_be_visible()
    expect(screen.locator("#day-table")).to_have_attribute("open", "")
    agent.call("POST", f"/conversations/{talk['id']}/end", {"disposition": "solved", "number_spoken": True})
    agent.call("PUT", "/agents/me/presence", {"state": "offline"})
    expect(screen.locator(".state.available li", has_text="1024")).to_have_count(0)


@pytest.mark.journey
def test_in1_the_curve_is_drawn_and_survives_updates(screen: Page, centre: Running) -> None:
    lead_in(screen, centre, "/console/wallboard")
    drawn = "document.querySelector('hy-curve').shadowRoot.querySelector('canvas') !== null"
    screen.wait_for_function(drawn)
    with screen.expect_response(lambda answer: "part=board" in answer.url):
        screen.evaluate("document.querySelector('#board').dispatchEvent(new CustomEvent('live'))")
    screen.wait_for_function(drawn)
    assert screen.locator("hy-curve").get_attribute("aria-label")


@pytest.mark.journey
def test_in1_everything_fits_on_the_wall_and_on_a_phone(screen: Page, centre: Running) -> None:
    lead_in(screen, centre, "/console/wallboard")
    sizes = "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    assert screen.evaluate(sizes) == [0, 0]
    height = "parseFloat(getComputedStyle(document.querySelector('.value')).fontSize)"
    assert screen.evaluate(height) >= 140  # 9 cm on a screen of 55 inches: read from ten metres
    for width, tall in ((1366, 900), (390, 844)):
        screen.set_viewport_size({"width": width, "height": tall})
        assert screen.evaluate(sizes)[0] == 0


@pytest.mark.journey
def test_a_screen_on_the_wall_opens_by_its_link_alone_and_goes_blank_when_it_is_taken_away(
    screen: Page, browser: Browser, centre: Running
) -> None:
    lead_in(screen, centre, "/console/")
    screen.locator("#name").fill("Hall")
    screen.locator(".hang button").click()
    link = screen.locator(".said code").inner_text()
    wall = browser.new_context(viewport=TV, locale="en-US").new_page()  # type: ignore[arg-type]
    wall.goto(link)
    wall.wait_for_url("**/console/wall/board")
    expect(wall.locator("hy-live")).to_have_attribute("state", "live")
    expect(wall.get_by_role("heading", name="Longest wait")).to_be_visible()
    screen.goto(f"{centre.ready['url']}/console/")
    screen.get_by_role("row", name="Hall").get_by_role("button").click()
    expect(wall.get_by_role("heading", name="This screen shows nothing more")).to_be_visible(timeout=5_000)
    wall.context.close()
