"""Every scenario of `scenarios/`, one file a requirement: real calls over a real Asterisk."""

import tomllib
from pathlib import Path

import pytest

from tests.voice import changing, doing, in_writing, noticing, on_record
from tests.voice.centre import Centre
from tests.voice.sentences import carry_out
from tests.voice.stage import stage

__all__ = ["changing", "doing", "in_writing", "noticing", "on_record"]  # what can be said
SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path, centre: Centre, tmp_path: Path) -> None:
    """Each step holds, in order."""
    scenario = tomllib.loads(path.read_text())
    with stage(centre, tmp_path, scenario.get("callers", []), scenario.get("agents", [])) as played:
        for number, sentence in enumerate(scenario["steps"], start=1):
            try:
                carry_out(played, sentence)
            except AssertionError as no:
                heard = {name: str(one.phone.heard()) for name, one in played.players.items()}
                raise AssertionError(f"step {number}, “{sentence}”: {no}\nheard: {heard}") from no
