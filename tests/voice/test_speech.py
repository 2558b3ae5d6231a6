"""HL4, HL10: callers who speak instead of pressing, and what was said in a talk; over a real Asterisk, with
the real library and a model that understands tones."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from huiyin.daemons.ephemeral import running_instance
from tests.journeys.desks import SCREEN, sign_in
from tests.tiny_models import zipformer
from tests.voice import speaking
from tests.voice.centre import Centre
from tests.voice.playing import play

SPOKEN = Path(__file__).parent / "spoken"
SCENARIOS = sorted(SPOKEN.glob("*.toml"))


@pytest.fixture(scope="module")
def attentive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre that understands speech."""
    folder = tmp_path_factory.mktemp("attentive")
    extra = {"HUIYIN_SPEECH_MODEL": str(zipformer(folder / "tiny"))}
    with running_instance(folder / "var", extra=extra) as running:
        centre = Centre(running)
        assert centre.until(lambda: speaking.understands(centre), "recogniser")
        yield centre


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path, attentive: Centre, tmp_path: Path) -> None:
    """Each step holds, in order; of what was said in the menu there is nothing on the disk."""
    play(path, attentive, tmp_path)
    recordings = attentive.var / "voice" / "recordings"
    attentive.until(lambda: not any(one.is_file() for one in recordings.rglob("*")) or None, "files put away")


def test_hl10_what_each_side_said_is_played_by_a_press(attentive: Centre, browser: Browser, tmp_path: Path) -> None:
    """A talk is written down; at the desk a line of it plays from its place and is marked."""
    callers = play(SPOKEN / "talks" / "hl10_what_was_said.toml", attentive, tmp_path)
    no = attentive.number_of(callers["buyer"])
    with browser.new_context(viewport=SCREEN, locale="zh-CN") as context:
        page = context.new_page()
        sign_in(page, attentive.running, "1024")
        page.goto(f"{attentive.running.ready['url']}/desk/c/{no}")
        page.locator(".sound-words summary").click()
        lines = page.locator(".sound-words li")
        expect(lines.filter(has_text="买家")).to_have_text([re.compile("卡密"), re.compile("人工")])
        line = lines.filter(has_text=re.compile("客服.*密工$"))
        begins = float(line.get_attribute("data-from") or "")
        line.locator("button").click()
        expect(line).to_have_attribute("aria-current", "true")
        assert page.locator("hy-sound audio").evaluate("one => one.currentTime") >= begins
        expect(lines.last).to_have_attribute("aria-current", "true", timeout=15_000)  # it goes on with the sound


def test_nothing_of_the_listening_is_left_behind(attentive: Centre) -> None:
    """No leg, no bridge, and no word that was understood in any log."""
    attentive.until(lambda: not attentive.ari("channels") or None, "end of all legs")
    assert attentive.ari("bridges") == []
    logs = "".join(file.read_text(errors="replace") for file in (attentive.var / "log").glob("*.log"))
    assert not [word for word in speaking.WORDS if word in logs]
