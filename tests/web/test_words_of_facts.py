"""Whatever stands on the time line of a case is told in words, in both languages; never as the name of a fact."""

import dataclasses
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from huiyin.domain.journal.events import Event
from huiyin.domain.journal.models import Fact
from huiyin.web.ui.words_steps import event_text
from tests.fakes import MIDNIGHT

# of people, screens, programs and the centre itself: these are on no case; messages stand there as themselves
ELSEWHERE = {
    "", "duty_changed", "hook_made", "hook_removed", "hook_replayed", "hook_stopped", "hours_changed",
    "message_written", "mode_changed", "password_set", "person_hired", "presence_changed", "wall_made", "wall_revoked",
}  # fmt: skip


SETTING_UP = "huiyin.domain.voice.hotline."  # lines, menus and sentences stand with whoever set them up
# where only some words are possible
SAID = {
    "items_decided": {"decision": "accepted"}, "item_arrived": {"verified": "shop"},
    "evidence_added": {"source": "buyer"},
}  # fmt: skip


def _events() -> list[type[Event]]:
    waiting, found = [Event], dict[str, type[Event]]()
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        found[one.name] = one
    known = [found[name] for name in sorted(found.keys() - ELSEWHERE)]
    return [one for one in known if not one.__module__.startswith(SETTING_UP)]


def _value(kind: Any) -> Any:
    if kind is bool or kind == "bool":
        return False
    if kind is datetime or "datetime" in str(kind):
        return MIDNIGHT.isoformat()
    if "tuple" in str(kind) or "list" in str(kind):
        return []
    return 1 if kind in (int, "int") or str(kind).startswith("int") else "1"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("event", _events(), ids=lambda one: one.name)
def test_every_fact_on_a_time_line_has_words(event: type[Event], language: str) -> None:
    data = {field.name: _value(field.type) for field in dataclasses.fields(event)}
    data |= SAID.get(event.name, {})
    with translation.override(language):
        said = event_text(Fact(name=event.name, at=MIDNIGHT, data=data))
    assert said
    assert said != event.name


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("item_agreed", {"item": 15, "no": 1}, "第 1 项已商定"),
        ("item_failed", {"no": 1, "reason": "amount_above", "state": ""}, "超过还能退的金额"),
        ("evidence_spoiled", {"no": 2, "sha256": "", "how": "damaged"}, "磁盘上的内容和收到时不一样"),
        ("evidence_spoiled", {"no": 2, "sha256": "", "how": "gone"}, "磁盘上找不到"),
        ("case_closed", {"outcome": "confirmed"}, "商定的都已到位"),
        ("promise_made", {"kind": "buyer_material", "due": MIDNIGHT.isoformat()}, "请买家在"),
        ("evidence_added", {"source": "buyer", "items": [{"no": 1, "what": "error"}]}, "店铺程序添加"),
    ],
)
def test_a_fact_is_told_by_its_words_and_not_by_its_codes(name: str, data: dict[str, Any], expected: str) -> None:
    with translation.override("zh-hans"):
        assert expected in event_text(Fact(name=name, by="api:9", at=MIDNIGHT, data=data))
