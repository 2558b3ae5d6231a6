"""docs/explanation/calls.md says what can follow what in a call as calls.py says it."""

import re

from huiyin.domain.voice.calls import TABLE
from tests.house.tree import ROOT

ROW = re.compile(r"^\| `(\w+)` \| ((?:`\w+` ?)+) \| `(\w+)` \|$", re.MULTILINE)


def test_the_page_of_calls_has_the_whole_table() -> None:
    body = (
        (ROOT / "docs" / "explanation" / "calls.md").read_text().split("## What can follow what")[1].split("\n## ")[0]
    )
    told = {(state, verb, then) for state, verbs, then in ROW.findall(body) for verb in re.findall(r"`(\w+)`", verbs)}
    assert told == {
        (state.value, verb.value, then.value) for state, ways in TABLE.items() for verb, then in ways.items()
    }
