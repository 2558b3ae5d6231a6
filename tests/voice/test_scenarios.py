"""Every scenario of `scenarios/`, one file a requirement: real calls over a real Asterisk."""

from pathlib import Path

import pytest

from tests.voice.centre import Centre
from tests.voice.playing import play

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path, centre: Centre, tmp_path: Path) -> None:
    """Each step holds, in order."""
    play(path, centre, tmp_path)
