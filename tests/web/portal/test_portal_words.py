"""Every code has its words, and Chinese beside Latin is set with care."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from huiyin.domain.orders.models import Finding
from huiyin.domain.orders.situations import _TABLE
from huiyin.domain.promises.promises import Kind
from huiyin.lib.errors import Refusal
from huiyin.web.ui import times, words, words_api, words_desk
from huiyin.web.ui.templatetags.huiyin import typeset
from huiyin.web.ui.words_orders import SITUATIONS
from huiyin.web.ui.words_refusals import _UNKNOWN

HUIYIN = Path(words.__file__).resolve().parents[2]
PARAMETERS: dict[str, object] = {
    "at": "…", "allowed": "…", "limit": 1, "seconds": 60, "event": "…", "events": "…", "agent": "…",
}  # fmt: skip
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def refusals() -> set[str]:
    """Every code some `Refusal("…")` in the product carries."""
    codes = set()
    for path in HUIYIN.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                codes |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return {str(code) for code in codes}


@pytest.mark.parametrize("code", sorted(refusals()))
def test_op3_every_refusal_says_what_to_do(code: str) -> None:
    faces = (words.refusal_text, words_desk.refusal_at_desk, words_api.refusal)
    with translation.override("en"):
        assert any(says(Refusal(code, **PARAMETERS)) != _UNKNOWN for says in faces)


def test_cp8_a_refused_wait_names_the_thing_and_not_its_code() -> None:
    with translation.override("zh-hans"):
        assert words.refusal_text(Refusal("pause_already_held", item="chat")) == "“聊天记录”已经有了，不用等。"


def test_rm2_every_situation_and_each_of_its_options_has_words() -> None:
    assert set(SITUATIONS) == set(_TABLE)
    for situation, (fault, options) in _TABLE.items():
        finding = Finding(verdict={"situation": situation, "fault": fault, "values": {}, "by": None})
        for language in ("en", "zh-hans"):
            with translation.override(language):
                assert words.says(finding)
                assert all(words.option_label(option, finding) for option in options)


def test_cp8_every_kind_of_promise_has_words() -> None:
    assert all(words.promise_what(kind) != kind.value for kind in Kind)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-22T10:00:00+00:00", "今天 18:00"),
        ("2026-11-22T17:30:00+00:00", "明天 01:30"),
        ("2026-11-21T15:54:00+00:00", "昨天 23:54"),
        ("2026-11-25T10:00:00+00:00", "11 月 25 日 18:00"),
        ("2027-01-02T10:00:00+00:00", "2027 年 1 月 2 日 18:00"),
    ],
)
def test_op3_times_are_told_as_people_tell_them(at: str, told: str) -> None:
    with translation.override("zh-hans"):
        assert times.deadline(at, NOON) == told


def test_op3_amounts_and_times_never_break() -> None:
    assert typeset("今天 18:00 前退 100.00 元") == "今天\u202f18:00\u202f前退\u2009100.00\u202f元"


def test_op3_what_a_buyer_wrote_stays_text() -> None:
    assert typeset("<b>买了 1 张") == "&lt;b&gt;买了\u20091\u202f张"
