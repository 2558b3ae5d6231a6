"""docs/reference/webhooks.md says what the code says, and the code tells only what facts carry."""

import dataclasses
import re

from huiyin.domain.journal.events import Event
from huiyin.domain.notices.hooks.rules import EVENTS, PING, WAITS_S
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "webhooks.md"


def _facts() -> dict[str, set[str]]:
    """Name of each fact → its fields."""
    waiting, found = [Event], dict[str, set[str]]()
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        found[one.name] = {field.name for field in dataclasses.fields(one)}
    return found


def test_what_goes_out_is_in_the_facts() -> None:
    known = _facts()
    strange = {name: set(fields) - known.get(name, {"no such fact"}) for name, fields in EVENTS.items()}
    assert {name: fields for name, fields in strange.items() if fields} == {}
    assert set(EVENTS) <= set(known)


def test_the_page_of_webhooks_has_every_event_and_its_fields() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", PAGE.read_text(), re.MULTILINE)
    told = {name: tuple(re.findall(r"`([a-z_]+)`", fields)) for name, fields in rows}
    assert told == {**{name: tuple(fields) for name, fields in EVENTS.items()}, PING: ()}


def test_the_page_of_webhooks_names_the_pauses() -> None:
    said = ", ".join(f"{seconds} s" for seconds in WAITS_S)
    assert said in PAGE.read_text()
