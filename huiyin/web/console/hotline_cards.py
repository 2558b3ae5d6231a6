"""The table of a menu as it is shown: its tree, a card for each node, what is wrong with it and what is new."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from huiyin.domain.voice.hotline.queries import beginnings
from huiyin.domain.voice.hotline.tables import Table, leading_to, reached, tree, ways_of
from huiyin.domain.voice.menu_faults import AGAIN, Fault
from huiyin.web.console.hotline_parts import queues, words_of
from huiyin.web.ui.words_menu import ACTIONS, INPUTS, TIERS, VOICES, fault_text, kind_words, node_title, way_words, word

Card = dict[str, Any]
DEEPEST = 6  # further in than this is drawn no further in


def overview(table: Table) -> list[Card]:
    """The tree, a line for each way."""
    begin = list(beginnings().values())
    return [
        {
            "depth": min(one.depth, DEEPEST), "by": way_words(one.by), "is_key": len(one.by) == 1, "name": one.node,
            "title": node_title(table, one.node), "is_again": one.is_again,
            "kind": kind_words(str(table["nodes"].get(one.node, {}).get("kind", "")))["name"],
        }
        for one in tree(table, begin)
    ]  # fmt: skip


def cards(table: Table, faults: list[Fault], news: Mapping[str, str]) -> list[Card]:
    """Every node, in the order of the tree."""
    wrong: dict[str, list[str]] = defaultdict(list)
    for fault in faults:
        wrong[fault.node].append(fault_text(fault))
    begin = list(beginnings().values())
    order = list(dict.fromkeys(one.node for one in tree(table, begin) if one.node in table["nodes"]))
    seen = reached(table, begin)
    names = dict(queues())
    return [
        card(table, name, names) | {"faults": wrong[name], "is_lost": name not in seen, "news": news.get(name, "")}
        for name in order
    ]  # fmt: skip


def card(table: Table, name: str, names: Mapping[str, str]) -> Card:
    """One node."""
    node = table["nodes"][name]
    node = node if isinstance(node, Mapping) else {}
    return {
        "name": name, "title": node_title(table, name), "kind": kind_words(str(node.get("kind", ""))),
        "says": [sentence(one) for one in node.get("say", [])], "node": node,
        "ways": [
            {"by": way_words(way.by), "is_key": len(way.by) == 1, "name": way.to, "title": node_title(table, way.to),
             "is_again": way.to == AGAIN, "words": "、".join(node.get("words", {}).get(way.by, [])),
             "is_there": way.to == AGAIN or way.to in table["nodes"]}
            for way in ways_of(node)
        ],
        "queue": names.get(str(node.get("queue", "")), node.get("queue", "")),
        "action": word(ACTIONS, str(node.get("action", ""))), "means": word(INPUTS, str(node.get("as", ""))),
        "tier": word(TIERS, node["tier"]) if node.get("tier") else "",
        "language": word(VOICES, node["language"]) if node.get("language") else "",
        "from": [{"name": one, "title": node_title(table, one)} for one in leading_to(table, name)],
    }  # fmt: skip


def sentence(one: Any) -> dict[str, str]:
    """What is said, in both languages."""
    if isinstance(one, Mapping):
        return {"slug": "", "zh": str(one.get("zh-hans", "")), "en": str(one.get("en", ""))}
    words = words_of(str(one))
    return {"slug": str(one), "zh": words.get("zh-hans", ""), "en": words.get("en", "")}


def named_faults(table: Table, faults: list[Fault]) -> list[dict[str, str]]:
    """What is wrong, each with the node where it is."""
    nodes = table.get("nodes", {})
    return [
        {"name": one.node if one.node in nodes else "", "text": fault_text(one),
         "title": node_title(table, one.node) if one.node in nodes else ""}
        for one in faults
    ]  # fmt: skip
