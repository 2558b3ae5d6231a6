"""How much one person can do at once."""

import ast
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.routing import capacity, matching
from huiyin.domain.routing.capacity import Busy, Capacity, cleared, crowded_out, load, room

small = st.integers(0, 4)


def test_a_call_excludes_chats_and_chats_exclude_calls() -> None:
    assert room(Capacity(), Busy()) == {"call": 1, "callback": 1, "chat": 3, "case": 30}
    assert room(Capacity(), Busy(calls=1)) == {"call": 0, "callback": 0, "chat": 0, "case": 0}
    assert room(Capacity(), Busy(chats=1)) == {"call": 0, "callback": 0, "chat": 2, "case": 30}


def test_what_somebody_never_takes_is_not_named() -> None:
    assert room(Capacity(chats=0), Busy()) == {"call": 1, "callback": 1, "case": 30}


def test_more_in_hand_than_agreed_is_no_room_not_less_than_none() -> None:
    assert room(Capacity(chats=1, cases=2), Busy(chats=3, cases=9)) == {
        "call": 0, "callback": 0, "chat": 0, "case": 0,
    }  # fmt: skip


def test_load_is_a_share_of_what_one_can_carry() -> None:
    assert load(Capacity(), Busy()) == 0.0
    assert load(Capacity(chats=2), Busy(chats=1)) == 0.5
    assert load(Capacity(), Busy(calls=1)) == 1.0
    assert load(Capacity(cases=10), Busy(cases=5)) == 0.1
    assert load(Capacity(chats=0, cases=0), Busy(chats=1, cases=1)) == 0.0


@given(st.builds(Capacity, small, small, small), st.builds(Busy, small, small, small))
def test_who_takes_one_more_has_one_place_less_and_never_less_load(able: Capacity, busy: Busy) -> None:
    one_more = Busy(busy.chats + 1, busy.calls, busy.cases)
    before, after = room(able, busy), room(able, one_more)
    assert all(after[kind] <= free for kind, free in before.items())
    assert load(able, one_more) >= load(able, busy)


def test_a_desk_is_cleared_of_chats_only_when_they_alone_stand_in_the_way() -> None:
    assert crowded_out({"chat": 2, "call": 0, "callback": 0}) == ["call", "callback"]
    assert crowded_out({"chat": 0, "call": 0}) == []
    assert crowded_out({"chat": 2}) == []
    assert cleared({"chat": 2, "case": 5, "call": 0}) == {"case": 5, "call": 0}


def test_matching_and_capacity_are_pure() -> None:
    """No Django, no clock, no chance: what they need is passed in."""
    folder = Path(matching.__file__ or "").parent
    for path in [*folder.glob("*.py"), Path(capacity.__file__)]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name is not None
                allowed = name.startswith(("huiyin.domain.routing.matching", "huiyin.domain.routing"))
                assert allowed or name in PURE, (path.name, name)


PURE = {"bisect", "collections", "collections.abc", "dataclasses", "enum", "heapq", "math", "typing"}
