"""A node of the menu as a form, and back: what a form says of an unchanged node is that node."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from django.http import QueryDict

from huiyin.adapters.speech.prompts import LANGUAGES
from huiyin.domain.routing.models import Queue
from huiyin.domain.voice.hotline.tables import ANSWERS, INPUTS
from huiyin.domain.voice.menu_faults import MOST_WORDS
from huiyin.web.console.hotline_parts import clean, words_of

KEYS: Final = "123456789*#"
MOST_SENTENCES: Final = 12
USUAL_SECONDS: Final = 6
TO_QUEUE: Final = "queue:"  # a way on that makes its node by itself
BEGINNINGS: Final[Mapping[str, dict[str, Any]]] = {
    "choice": {"kind": "choice", "say": [], "keys": {}},
    "digits": {"kind": "digits", "say": [], "as": "bill", "least": 8, "most": 8, "next": ""},
    "ask": {"kind": "ask", "action": "order_by_bill", "inputs": ["bill", "amount"], "answers": {}},
    "say": {"kind": "say", "say": [], "next": ""},
    "set": {"kind": "set", "next": ""},
    "queue": {"kind": "queue", "queue": "general"},
    "voicemail": {"kind": "voicemail"},
    "callback": {"kind": "callback"},
    "hang_up": {"kind": "hang_up", "say": []},
}
Node = dict[str, Any]


@dataclass
class Read:
    """What a form says: the node, and nodes that it needs beside."""

    node: Node
    beside: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the form of one node; `nodes` are those of the table."""

    typed: QueryDict
    nodes: Mapping[str, Any]
    made: dict[str, Node] = field(default_factory=dict)

    def text(self, name: str, most: int = 60) -> str:
        return clean(self.typed.get(name, ""), most)

    def number(self, name: str) -> int:
        """0 for what is no number: the check says what is right."""
        text = self.text(name, 4)
        return int(text) if text.isascii() and text.isdigit() else 0

    def way(self, name: str) -> str:
        """Where it leads; a queue that no plain node leads to gets one."""
        to = self.text(name, 40)
        if not to.startswith(TO_QUEUE):
            return to
        queue = to.removeprefix(TO_QUEUE)
        found = next((one for one, node in self.nodes.items() if _is_plain_way_to(queue, node)), None)
        if found:
            return found
        base = re.sub(r"[^a-z0-9_]", "_", f"to_{queue.lower()}")[:28]
        fresh = next(name for name in _names(base) if name not in self.nodes)
        self.made[fresh] = {"kind": "queue", "queue": queue, **_title_of(queue)}
        return fresh


def _is_plain_way_to(queue: str, node: Mapping[str, Any]) -> bool:
    return {**node, "title": {}} == {"kind": "queue", "queue": queue, "title": {}}


def _title_of(queue: str) -> Node:
    known = Queue.objects.filter(slug=queue).first()
    return {"title": {"zh-hans": f"转人工：{known.title}"[:40], "en": f"To: {known.title_en}"[:40]}} if known else {}


def _names(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}_{number}" for number in count(2))


def read(typed: QueryDict, before: Mapping[str, Any], nodes: Mapping[str, Any]) -> Read:
    """The node that a form describes; its kind stays."""
    reader = Reader(typed, nodes)
    kind = str(before.get("kind", ""))
    node: Node = {"kind": kind}
    titles = {language: text for language in LANGUAGES if (text := reader.text(f"title_{language}", 40))}
    node |= {"title": titles} if titles else {}
    said = _sentences(reader)
    node |= {"say": said} if said or "say" in BEGINNINGS.get(kind, {}) else {}
    node |= dict(_OF[kind](reader, before)) if kind in _OF else {}
    return Read(node, reader.made)


def _choice(reader: Reader, _before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "keys", {key: to for key in KEYS if (to := reader.way(f"key_{key}"))}
    words = {key: said for key in KEYS if (said := _words(reader.text(f"words_{key}", 300)))}
    if words:
        yield "words", words
    yield from _listening(reader)


def _digits(reader: Reader, _before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from (("as", reader.text("as", 24)), ("next", reader.way("next")))
    yield from (("least", reader.number("least")), ("most", reader.number("most")))
    if reader.text("secret"):
        yield "secret", True
    yield from _listening(reader)


def _ask(reader: Reader, before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    action = reader.text("action", 40)
    yield "action", action
    yield "inputs", list(before.get("inputs", ())) if action == before.get("action") else list(INPUTS.get(action, ()))
    codes = [*ANSWERS, *(one for one in before.get("answers", {}) if one not in ANSWERS)]
    yield "answers", {code: to for code in codes if (to := reader.way(f"answer_{code}"))}
    if queue := reader.text("queue", 24):
        yield "queue", queue


def _say(reader: Reader, _before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "next", reader.way("next")


def _set(reader: Reader, _before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "next", reader.way("next")
    if language := reader.text("language", 8):
        yield "language", language
    if reader.text("elderly"):
        yield "elderly", True


def _queue(reader: Reader, _before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "queue", reader.text("queue", 24)
    if tier := reader.text("tier", 12):
        yield "tier", tier
    if reader.text("urgent"):
        yield "urgent", True


def _listening(reader: Reader) -> Iterator[tuple[str, Any]]:
    seconds = reader.number("seconds")
    if seconds != USUAL_SECONDS:
        yield "seconds", seconds
    if queue := reader.text("queue", 24):
        yield "queue", queue


_OF = {"choice": _choice, "digits": _digits, "ask": _ask, "say": _say, "set": _set, "queue": _queue}


def _words(text: str) -> list[str]:
    return [one for one in map(str.strip, re.split(r"[,，、;；]", text)) if one][:20]


def _sentences(reader: Reader) -> list[str | dict[str, str]]:
    """In their order; a ready sentence whose words were changed becomes the node's own."""
    found: list[tuple[int, int, str | dict[str, str]]] = []
    for at in range(MOST_SENTENCES):
        slug = reader.text(f"say_{at}_slug", 64)
        if reader.text(f"say_{at}_gone"):
            continue
        words = {one: reader.text(f"say_{at}_{one}", MOST_WORDS + 1) for one in LANGUAGES}
        ready = words_of(slug)
        is_ready = bool(slug) and words in (ready, dict.fromkeys(LANGUAGES, ""))
        if is_ready or any(words.values()):
            found.append((reader.number(f"say_{at}_place") or MOST_SENTENCES, at, slug if is_ready else words))
    return [one for _place, _at, one in sorted(found, key=lambda one: one[:2])]
