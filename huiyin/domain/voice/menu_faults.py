"""What can be wrong with the table of a menu (pure): everything that would leave a caller without a way on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

AGAIN: Final = "@again"  # a key that plays the same once more
KEYS: Final = frozenset("123456789*#")  # 0 is a person, everywhere
LISTENS: Final = frozenset({"choice", "digits"})
# what a self-service can do without: the level of members is said to whoever has proven an order before, too
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {"membership": ("bill", "amount")}
ENDS: Final = frozenset({"queue", "voicemail", "callback", "hang_up"})
_NEEDS: Final[Mapping[str, tuple[tuple[str, type], ...]]] = {
    "choice": (("say", list), ("keys", dict)),
    "digits": (("say", list), ("as", str), ("least", int), ("most", int), ("next", str)),
    "ask": (("action", str), ("answers", dict)),
    "say": (("say", list), ("next", str)),
    "set": (("next", str),),
    "queue": (("queue", str),),
    "voicemail": (),
    "callback": (),
    "hang_up": (),
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_sentences(value: Any) -> bool:
    """Slugs of prompts, or the table's own words by language."""
    return isinstance(value, list) and all(isinstance(one, str) or _is_named_texts(one) for one in value)


def _is_named_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values())


def _is_ways(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values())


def _is_words(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_is_texts(one) for one in value.values())


def _is_yes_or_no(value: Any) -> bool:
    return isinstance(value, bool)


# what a node may have beside, and must then be like
_MAY: Final = {
    "next": _is_text, "say": _is_sentences, "title": _is_named_texts, "inputs": _is_texts, "keys": _is_ways,
    "answers": _is_ways, "words": _is_words, "queue": _is_text, "tier": _is_text, "language": _is_text,
    "secret": _is_yes_or_no, "elderly": _is_yes_or_no, "urgent": _is_yes_or_no,
}  # fmt: skip
LANGUAGES: Final = ("zh-hans", "en")
MOST_WORDS: Final = 600  # characters of one sentence: a minute and a half
MOST_DIGITS: Final = 32
MOST_NODES: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a code, where, and with what."""

    code: str
    node: str = ""
    what: str = ""


class MenuFault(Exception):
    """The table cannot be a menu."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{one.node}: {one.code} {one.what}".strip() for one in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Known:
    """What there is; None: whatever a table names."""

    prompts: frozenset[str] | None = None
    actions: frozenset[str] | None = None
    queues: frozenset[str] | None = None


def faults_in(table: Mapping[str, Any], known: Known) -> list[Fault]:
    """Everything that is wrong, in the order of the table. Shapes first: ways are looked at where those are right."""
    nodes = table.get("nodes") if isinstance(table, Mapping) else None
    if not isinstance(nodes, Mapping) or not nodes:
        return [Fault("no_nodes")]
    if len(nodes) > MOST_NODES:
        return [Fault("too_many_nodes", what=str(MOST_NODES))]
    shapes = [fault for name, node in nodes.items() for fault in _shape(str(name), node)]
    shapes += list(_frame(table, nodes))
    if shapes:
        return shapes
    return [*_targets(nodes), *_unknown_frame(table, known), *_unknown(nodes, known), *_ways(table, nodes)]


def _frame(table: Mapping[str, Any], nodes: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("start", "closed"):
        if str(table.get(name)) not in nodes:
            yield Fault("node_unknown", name, str(table.get(name, "")))
    if not isinstance(table.get("queue", "general"), str):
        yield Fault("wrong_type", "queue")
    tries = table.get("tries", 2)
    if not isinstance(tries, int) or isinstance(tries, bool) or not 1 <= tries <= 5:
        yield Fault("tries_out_of_range", "tries", str(tries))


def _shape(name: str, node: Any) -> Iterator[Fault]:
    if not isinstance(node, Mapping) or str(node.get("kind")) not in _NEEDS:
        yield Fault("kind_unknown", name, str(node.get("kind", "")) if isinstance(node, Mapping) else "")
        return
    for field, kind in _NEEDS[node["kind"]]:
        if field not in node:
            yield Fault("missing", name, field)
        elif not isinstance(node[field], kind) or isinstance(node[field], bool):
            yield Fault("wrong_type", name, field)
    for field, is_right in _MAY.items():
        if field in node and not is_right(node[field]):
            yield Fault("wrong_type", name, field)
    yield from _shape_of_words(name, node)
    if node.get("language", LANGUAGES[0]) not in LANGUAGES:
        yield Fault("wrong_type", name, "language")  # its prompts would be silence
    seconds = node.get("seconds", 6)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 1 <= seconds <= 60:
        yield Fault("seconds_out_of_range", name, str(seconds))
    yield from _shape_of_listening(name, node)


def _shape_of_words(name: str, node: Mapping[str, Any]) -> Iterator[Fault]:
    """Whoever presses 7 must not hear silence: own words are there in every language."""
    sentences = node.get("say", [])
    for words in [one for one in sentences if isinstance(one, Mapping)] if isinstance(sentences, list) else []:
        yield from (Fault("words_missing", name, one) for one in LANGUAGES if not str(words.get(one, "")).strip())
        yield from (Fault("words_too_long", name, one) for one in words if len(str(words[one])) > MOST_WORDS)
        yield from (Fault("wrong_type", name, "say") for one in words if one not in LANGUAGES)


def _is_range(least: Any, most: Any) -> bool:
    """One digit alone is 0, a person."""
    return isinstance(least, int) and isinstance(most, int) and 2 <= least <= most <= MOST_DIGITS


def _shape_of_listening(name: str, node: Mapping[str, Any]) -> Iterator[Fault]:
    keys = node.get("keys")
    if node["kind"] == "choice" and isinstance(keys, Mapping):
        yield from (Fault("key_invalid", name, str(key)) for key in keys if key not in KEYS)
        if not keys:
            yield Fault("no_keys", name)
    if node["kind"] == "digits" and not _is_range(node.get("least"), node.get("most")):
        yield Fault("digits_out_of_range", name, f"{node.get('least')}–{node.get('most')}")
    if node["kind"] == "ask" and isinstance(node.get("answers"), Mapping) and "other" not in node["answers"]:
        yield Fault("no_other_answer", name)


def targets_of(node: Mapping[str, Any]) -> list[str]:
    """Where one can go from here."""
    ways = [*node.get("keys", {}).values(), *node.get("answers", {}).values()]
    return [str(one) for one in [*ways, *([node["next"]] if "next" in node else [])] if one != AGAIN]


def hanging_up(node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The keys of a node that end the call."""
    return [key for key, to in node.get("keys", {}).items() if to in nodes and nodes[to]["kind"] == "hang_up"]


def _targets(nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    for name, node in nodes.items():
        yield from (Fault("node_unknown", name, one) for one in targets_of(node) if one not in nodes)
        if node["kind"] == "choice" and set(node["keys"].values()) == {AGAIN}:
            yield Fault("dead_end", name)


def _unknown_frame(table: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    queue = table.get("queue", "general")
    if known.queues is not None and queue not in known.queues:
        yield Fault("queue_unknown", "queue", str(queue))


def _unknown(nodes: Mapping[str, Mapping[str, Any]], known: Known) -> Iterator[Fault]:
    typed = {node["as"] for node in nodes.values() if node["kind"] == "digits"}
    for name, node in nodes.items():
        if known.prompts is not None:
            slugs = [one for one in node.get("say", []) if isinstance(one, str)]
            yield from (Fault("prompt_unknown", name, one) for one in slugs if one not in known.prompts)
        if known.actions is not None and node["kind"] == "ask" and node["action"] not in known.actions:
            yield Fault("action_unknown", name, node["action"])
        if known.queues is not None and "queue" in node and node["queue"] not in known.queues:
            yield Fault("queue_unknown", name, str(node["queue"]))
        spared = {*typed, *OPTIONAL.get(str(node.get("action")), ())}
        yield from (Fault("input_unknown", name, str(one)) for one in node.get("inputs", []) if one not in spared)


def _ways(table: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    if any(one not in nodes for node in nodes.values() for one in targets_of(node)):
        return  # said already
    for name, node in nodes.items():
        if node["kind"] not in LISTENS | ENDS and _goes_round(name, nodes):
            yield Fault("endless", name)
        if node["kind"] != "choice" and any(nodes[one]["kind"] == "hang_up" for one in targets_of(node)):
            yield Fault("hangs_up_unasked", name)  # nobody could have pressed 0
    if nodes[table["start"]]["kind"] == "hang_up":
        yield Fault("hangs_up_unasked", table["start"])
    closed = nodes[table["closed"]]
    after = {nodes[one]["kind"] for one in targets_of(closed)} | {closed["kind"]}
    if not after & {"voicemail", "callback"}:
        yield Fault("closed_leads_nowhere", table["closed"])


def _goes_round(name: str, nodes: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether one comes back here without being asked anything on the way."""
    seen: set[str] = set()
    ahead = targets_of(nodes[name])
    while ahead:
        one = ahead.pop()
        if one == name:
            return True
        if one not in seen and nodes[one]["kind"] not in LISTENS:
            seen.add(one)
            ahead += targets_of(nodes[one])
    return False


def faults_of_words(table: Mapping[str, Any]) -> list[Fault]:
    """Words that nothing is taken by, and words for the end of a call that stand for a way on as well, in a table that
    is right otherwise. Nobody is lost by them: a menu that is heard already goes on being heard."""
    return [fault for name, node in table["nodes"].items() for fault in _words(name, node, table["nodes"])]


def _words(name: str, node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    words, keys, ends = node.get("words", {}), node.get("keys", {}), hanging_up(node, nodes)
    yield from (Fault("word_without_key", name, str(key)) for key in words if key not in keys)
    others = {word for key, said in words.items() if key not in ends for word in said}
    twice = [word for key in ends for word in words.get(key, []) if word in others]
    yield from (Fault("end_means_more", name, word) for word in dict.fromkeys(twice))
