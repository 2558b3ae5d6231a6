"""The table of a menu as people read and change it (pure): its tree, what leads where, what differs."""

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from huiyin.domain.voice.menu_faults import AGAIN, Fault, targets_of

Table = Mapping[str, Any]
Node = Mapping[str, Any]
# what each self-service takes of what was keyed before
INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "order_by_bill": ("bill", "amount"), "order_by_code": ("code",), "order_status": ("bill", "amount"),
    "case_progress": ("case", "secret"), "membership": ("bill", "amount"),
}  # fmt: skip
ANSWERS: Final = ("not_found", "person", "other")  # what a self-service can end with; `other`: all the rest


@dataclass(frozen=True, slots=True)
class Way:
    """One way on: what takes it (a key, an answer, nothing) and where it leads."""

    by: str
    to: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree. `is_again`: told further up already, and not unfolded once more."""

    depth: int
    by: str
    node: str
    is_again: bool = False


def own_slug(words: str) -> str:
    """The name of a table's own words: other words have another name, so that no recording outlives what it says."""
    return f"own.{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def fingerprint(value: Any) -> str:
    """Tells one state of a node, a frame or a line from another; empty for nothing."""
    if value is None:
        return ""
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def ways_of(node: Node) -> list[Way]:
    """Where one can go from here, in the order of the keypad; keys that play the same again lead nowhere else."""
    order = "1234567890*#"
    keys = sorted(dict(node.get("keys", {})).items(), key=lambda one: order.find(one[0]))
    ways = [Way(key, str(to)) for key, to in keys] + [Way(f"={c}", str(to)) for c, to in _answers(node)]
    return ways + ([Way("", str(node["next"]))] if "next" in node else [])


def _answers(node: Node) -> Iterator[tuple[str, Any]]:
    told = dict(node.get("answers", {}))
    yield from ((code, told.pop(code)) for code in ANSWERS if code in told)
    yield from told.items()


def tree(table: Table, beginnings: list[str]) -> list[Branch]:
    """Everything one can come to, in the order of the keypad. Each node is unfolded once, where fewest keys lead to it;
    what nobody comes to stands at the end."""
    nodes: Mapping[str, Node] = table["nodes"]
    roots, first = _nearest(nodes, [str(table.get("start")), *beginnings, str(table.get("closed")), *nodes])
    found: list[Branch] = []

    def unfold(name: str, way: Way, depth: int, *, is_again: bool) -> None:
        found.append(Branch(depth, way.by, name, is_again))
        if is_again or name not in nodes:
            return
        for one in ways_of(nodes[name]):
            if one.to != AGAIN:
                unfold(one.to, one, depth + 1, is_again=one.to in nodes and first.get(one.to) != (name, one.by))

    for name in roots:
        unfold(name, Way("", name), 0, is_again=False)
    return found


def _nearest(nodes: Mapping[str, Node], begin: list[str]) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """Where callers begin, and for every other node the node and the way by which it is first come to."""
    first: dict[str, tuple[str, str]] = {}
    roots: list[str] = []
    seen: set[str] = set()
    for root in begin:
        if root not in nodes or root in seen:
            continue
        roots.append(root)
        seen.add(root)
        ahead = deque([root])
        while ahead:
            name = ahead.popleft()
            fresh = [way for way in ways_of(nodes[name]) if way.to in nodes and way.to not in seen]
            for way in fresh:
                if way.to not in seen:
                    seen.add(way.to)
                    first[way.to] = (name, way.by)
                    ahead.append(way.to)
    return roots, first


def reached(table: Table, beginnings: list[str]) -> set[str]:
    """Nodes that somebody can come to."""
    nodes: Mapping[str, Node] = table["nodes"]
    ahead = [str(table.get("start")), str(table.get("closed")), *beginnings]
    seen: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name in nodes and name not in seen:
            seen.add(name)
            ahead += targets_of(nodes[name])
    return seen


def leading_to(table: Table, name: str) -> list[str]:
    """Nodes that lead to this one."""
    return [one for one, node in table["nodes"].items() if name in targets_of(node)]


def differences(old: Table, new: Table) -> dict[str, str]:
    """Nodes that are not the same: node → added | changed | removed; `` (no name): the frame."""
    before, after = old["nodes"], new["nodes"]
    found = {name: "removed" for name in before if name not in after}
    found |= {name: "added" for name in after if name not in before}
    found |= {name: "changed" for name in after if name in before and before[name] != after[name]}
    return found | ({"": "changed"} if frame_of(old) != frame_of(new) else {})


def frame_of(table: Table) -> dict[str, Any]:
    """What holds for the whole menu."""
    return {
        "start": table.get("start", ""), "closed": table.get("closed", ""), "queue": table.get("queue", "general"),
        "tries": table.get("tries", 2),
    }  # fmt: skip


def own_words(table: Table) -> Iterator[tuple[str, str, str]]:
    """Sentences that stand in the table itself: name, language, words."""
    for node in table["nodes"].values():
        for one in node.get("say", []):
            if isinstance(one, Mapping):
                yield from ((own_slug(words), language, words) for language, words in one.items())


def lines_faults(table: Table, beginnings: Mapping[str, str]) -> list[Fault]:
    """Lines (number → node) that would begin nowhere: their callers would hear the usual menu."""
    nodes = table["nodes"]
    return [Fault("line_begins_nowhere", node, line) for line, node in beginnings.items() if node not in nodes]
