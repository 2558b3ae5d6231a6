"""Pictures of every screen, phone and desktop, light and dark, from a running demo: `./run docs`.

They go to `var/pictures/` to be looked at. `./run docs --readme` also renews the few that the README shows
(`docs/pictures/*.webp`, at most 60 kB each). Who builds screens adds
scenes to a list of their own and names it in `ALL`.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from docs.pictures_live import chat, desk_chat, wallboard
from huiyin.daemons.ephemeral import running_instance
from huiyin.demo.situations import SITUATIONS

ROOT = Path(__file__).resolve().parent.parent
TARGET, SHOWN = ROOT / "var" / "pictures", ROOT / "docs" / "pictures"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
WALL: ViewportSize = {"width": 1920, "height": 1080}
LARGEST = 60_000
_hosts = count(1)
# picture in the README → the scene it shows and on which screen
README = {
    "find": ("portal-home", "phone-light"),
    "found": ("portal-platform_failed", "phone-light"),
    "key": ("portal-key", "phone-light"),
    "desk": ("desk-case", "desktop-light"),
    "chat": ("live-chat", "phone-light"),
    "wallboard": ("live-wallboard", "wall"),
}


@dataclass(frozen=True)
class Stage:
    """The running demo a scene is played on."""

    ready: dict[str, Any]
    var: Path

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    def order(self, situation: str) -> dict[str, str]:
        """A new order in this situation."""
        body = json.dumps({"situation": situation}).encode()
        request = Request(f"{self.ready['demo_shop']['url']}/demo/orders", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as answer:
            made: dict[str, str] = json.load(answer)[0]
        return made

    def login(self, page: Page, role: str) -> None:
        """Sit down at the desk as somebody of this role."""
        person = next(login for login in self.ready["logins"] if login["role"] == role)
        page.goto(f"{self.url}/desk/login")
        page.locator("input[name=username]").fill(person["username"])
        page.locator("input[name=password]").fill(person["password"])
        page.locator("form:has(input[name=password]) button").click()
        page.wait_for_url(lambda address: "login" not in address)


Scene = Callable[[Page, Stage], None]


def at(path: str, *clicks: str) -> Scene:
    """A page that needs nothing before it."""

    def play(page: Page, stage: Stage) -> None:
        page.goto(stage.url + path)
        _click(page, clicks)

    return play


def found(situation: str, *clicks: str) -> Scene:
    """Screen 2 for a situation, and what follows these clicks (CSS selectors)."""

    def play(page: Page, stage: Stage) -> None:
        bought = stage.order(situation)
        page.goto(stage.url)
        page.locator("#q").fill(bought["bill_no"])
        page.locator("button[form=find], form#find .btn").locator("visible=true").click()
        page.wait_for_url("**/f/*")
        _click(page, clicks)

    return play


def proof(*clicks: str) -> Scene:
    """Screen 2 without proof."""

    def play(page: Page, stage: Stage) -> None:
        page.goto(stage.url)
        page.locator("#q").fill("KM202611220000000000")
        page.locator("button[form=find], form#find .btn").locator("visible=true").click()
        page.wait_for_url("**/f/*")
        _click(page, clicks)

    return play


def complained(*clicks: str) -> Scene:
    """A complaint that was just sent."""

    def play(page: Page, stage: Stage) -> None:
        page.goto(f"{stage.url}/complain")
        page.locator(".pick").locator("visible=true").first.click()
        page.locator("#next").click()
        page.locator("#what").fill("活动写“充 100 送 50”，我到账 120。截图和付款记录都有。")
        page.locator("#next").click()
        page.locator("#next").click()
        page.locator("#demand").fill("补 30 元面值，说明原因")
        page.locator("#next").click()
        page.locator("#contact").fill("wang@example.com")
        page.locator("#send").click()
        page.wait_for_url("**/receipt")
        _click(page, clicks)

    return play


def list_at_the_desk(page: Page, stage: Stage) -> None:
    """What waits for somebody of the first line."""
    stage.login(page, "L1")


def case_at_the_desk(page: Page, stage: Stage) -> None:
    """A matter with an order, in three columns: the key was sent again, and the buyer says it is not solved."""
    found("platform_failed", "button[value=reissue]", ".pair form:first-child button")(page, stage)
    page.wait_for_url("**/t/**")
    no = page.url.split("/t/")[1].split("/")[0]
    stage.login(page, "L1")
    page.goto(f"{stage.url}/desk/m/{no}")


def _click(page: Page, selectors: tuple[str, ...]) -> None:
    for selector in selectors:
        page.locator(selector).locator("visible=true").first.click()
        page.wait_for_load_state("networkidle" if selector == "summary" else "load")


PORTAL: dict[str, Scene] = {
    "portal-home": at("/"),
    "portal-bills": at("/", "summary"),
    **{f"portal-{situation}": found(situation) for situation in SITUATIONS},
    "portal-key": found("platform_failed", "button[value=reissue]"),
    "portal-refund": found("out_of_stock", "button[value=refund]"),
    "portal-shown": found("delivered", "button[value=show]"),
    "portal-settled": found("platform_failed", "button[value=reissue]", ".pair form:last-child button"),
    "portal-not-solved": found("platform_failed", "button[value=reissue]", ".pair form:first-child button"),
    "portal-proof": proof(),
    "portal-code": proof("button[value=code]"),
    "portal-receipt": complained(),
    "portal-matter": complained(".bar .btn"),
    "portal-track": at("/track"),
    "portal-person": at("/person"),
    "portal-complain": at("/complain"),
    "portal-outside": at("/outside"),
    "portal-official": at("/official"),
    "portal-404": at("/nonsense"),
    "portal-contact-block": at("/contact-block"),
}
DESK: dict[str, Scene] = {
    "desk-login": at("/desk/login"),
    "desk-list": list_at_the_desk,
    "desk-case": case_at_the_desk,
}
LIVE: dict[str, Scene] = {"live-chat": chat, "live-desk": desk_chat, "live-wallboard": wallboard}
ALL = {**PORTAL, **DESK, **LIVE}
SCREENS = {
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
    "desktop-light": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "wall": (WALL, "dark"),
}


def _address_of_its_own() -> dict[str, str]:
    """Limits count by address: each picture is somebody else's phone."""
    host = next(_hosts)
    return {"X-Forwarded-For": f"10.{host >> 8}.{host % 256}.1"}


def take(browser: Browser, stage: Stage, scene: str, screen: str, *, whole: bool) -> Path:
    """One picture. A fresh browser each time: no scene depends on another."""
    size, scheme = SCREENS[screen]
    context = browser.new_context(
        extra_http_headers=_address_of_its_own(),
        viewport=size,
        color_scheme="dark" if scheme == "dark" else "light",
        locale="zh-CN",
        device_scale_factor=2,
    )
    page = context.new_page()
    ALL[scene](page, stage)
    page.evaluate("document.fonts.ready")
    path = TARGET / f"{scene}-{screen}.png"
    page.screenshot(path=path, full_page=whole)
    context.close()
    return path


def _screens_of(scene: str) -> list[str]:
    """The board hangs on a wall, everything else is held or stands on a table."""
    return [screen for screen in SCREENS if screen != "wall" or scene == "live-wallboard"]


def shrink(picture: Path, name: str) -> None:
    """The picture as WebP for the README, as good as 60 kB allow."""
    SHOWN.mkdir(parents=True, exist_ok=True)
    with Image.open(picture) as image:
        small = image.resize((image.width * 2 // 3, image.height * 2 // 3))
    for quality in range(90, 20, -10):
        small.save(SHOWN / f"{name}.webp", quality=quality, method=6)
        if (SHOWN / f"{name}.webp").stat().st_size <= LARGEST:
            return


def main() -> None:
    """Take what is asked for; everything without arguments."""
    parser = argparse.ArgumentParser(prog="./run docs")
    parser.add_argument("--readme", action="store_true", help="renew the pictures of the README only")
    parser.add_argument("--only", default="", help="scenes whose name begins so")
    asked = parser.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    from_anywhere = {"HUIYIN_TRUSTED_PROXIES": "127.0.0.0/8"}
    with running_instance(extra=from_anywhere) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        stage = Stage(running.ready, running.var)
        if asked.readme:
            for name, (scene, screen) in README.items():
                shrink(take(browser, stage, scene, screen, whole=False), name)
        else:
            for scene in (name for name in ALL if name.startswith(asked.only)):
                for screen in _screens_of(scene):
                    taken = take(browser, stage, scene, screen, whole=True)
                    sys.stdout.write(f"{taken.relative_to(ROOT)}\n")
        browser.close()


if __name__ == "__main__":
    main()
