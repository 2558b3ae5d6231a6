"""HL4, HL10: callers who speak instead of pressing, and what was said in a talk; over a real Asterisk, and what is
recognised are tones."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from huiyin.daemons.ephemeral import running_instance
from tests.voice import doing, noticing, on_record, speaking
from tests.voice.centre import Centre
from tests.voice.sentences import carry_out
from tests.voice.stage import stage

__all__ = ["doing", "noticing", "on_record"]  # what can be said
SCENARIOS = sorted((Path(__file__).parent / "spoken").glob("*.toml"))


@pytest.fixture(scope="module")
def attentive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre that understands speech."""
    folder = tmp_path_factory.mktemp("attentive")
    extra = {"HUIYIN_SPEECH_MODEL": str(speaking.model(folder / "model"))}
    with running_instance(folder / "var", extra=extra) as running:
        centre = Centre(running)
        assert centre.until(lambda: speaking.understands(centre), "recogniser")
        yield centre


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path, attentive: Centre, tmp_path: Path) -> None:
    """Each step holds, in order; of what was said in the menu there is nothing on the disk."""
    scenario = tomllib.loads(path.read_text())
    with stage(attentive, tmp_path, scenario["callers"], scenario.get("agents", [])) as played:
        for number, sentence in enumerate(scenario["steps"], start=1):
            try:
                carry_out(played, sentence)
            except AssertionError as no:
                heard = {name: str(one.phone.heard()) for name, one in played.players.items()}
                raise AssertionError(f"step {number}, “{sentence}”: {no}\nheard: {heard}") from no
    recordings = attentive.var / "voice" / "recordings"
    attentive.until(lambda: not any(one.is_file() for one in recordings.rglob("*")) or None, "files put away")


def test_nothing_of_the_listening_is_left_behind(attentive: Centre) -> None:
    """No leg, no bridge, and no word that was understood in any log."""
    attentive.until(lambda: not attentive.ari("channels") or None, "end of all legs")
    assert attentive.ari("bridges") == []
    logs = "".join(file.read_text(errors="replace") for file in (attentive.var / "log").glob("*.log"))
    assert not [word for word in speaking.WORDS if word in logs]
