"""Plays a scenario: a file with who takes part and what they do and notice, each sentence over a real Asterisk."""

import tomllib
from pathlib import Path

from tests.voice import changing, doing, in_writing, noticing, on_record, speaking
from tests.voice.centre import Centre
from tests.voice.sentences import carry_out
from tests.voice.stage import stage

__all__ = ["changing", "doing", "in_writing", "noticing", "on_record", "play", "speaking"]  # what can be said


def play(path: Path, centre: Centre, directory: Path) -> dict[str, str]:
    """Each step holds, in order. The telephone numbers of those who called. Raises AssertionError with the step."""
    scenario = tomllib.loads(path.read_text())
    with stage(centre, directory, scenario.get("callers", []), scenario.get("agents", [])) as played:
        for number, sentence in enumerate(scenario["steps"], start=1):
            try:
                carry_out(played, sentence)
            except AssertionError as no:
                heard = {name: str(one.phone.heard()) for name, one in played.players.items()}
                raise AssertionError(f"step {number}, “{sentence}”: {no}\nheard: {heard}") from no
        return {name: player.number for name, player in played.players.items() if player.number}
