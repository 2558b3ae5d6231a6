"""The shop's versions of goods pages, promotions, fees and refund rules as values of the port."""

import json
from collections.abc import Mapping
from typing import Any

from huiyin.adapters.shop.parse import Malformed, Node
from huiyin.domain.orders.shop import Terms, TermsKind

LONGEST_PAGE = 20_000
LONGEST_RULE = 4_000


def terms(node: Node) -> tuple[Terms, ...]:
    """The answer to a question for terms."""
    if "terms" not in node.value:
        raise Malformed("terms is missing")
    return node.nodes("terms", _one)


def _one(node: Node) -> Terms:
    title, version = node.text("title", default=None), node.text("version", default=None)
    if not version or len(version) > 40 or len(title) > 200 or len(node.text("sku")) > 100:
        raise Malformed(f"{node.path}: version or title is missing or too long")
    return Terms(
        kind=node.one_of("kind", TermsKind),
        sku=node.text("sku"),
        version=version,
        title=title,
        text=_page(node),
        valid_from=node.time("valid_from"),
        valid_until=node.time_or_none("valid_until"),
        rule=_rule(node),
    )


def _page(node: Node) -> str:
    """A long text, which `Node.text` would refuse."""
    text = node.value.get("text") or ""
    if not isinstance(text, str) or len(text) > LONGEST_PAGE or not _can_be_kept(text):
        raise Malformed(f"{node.path}: text is not a text of at most {LONGEST_PAGE} letters")
    return text


def _rule(node: Node) -> Mapping[str, Any]:
    """Any JSON object of moderate size: what it means is for `promotions.py` to say."""
    rule = node.value.get("rule") or {}
    if not isinstance(rule, dict):
        raise Malformed(f"{node.path}: rule is not an object")
    try:
        body = json.dumps(rule, ensure_ascii=False)
    except RecursionError as fault:
        raise Malformed(f"{node.path}: rule is nested too deeply") from fault
    if len(body) > LONGEST_RULE or not _can_be_kept(body):
        raise Malformed(f"{node.path}: rule is too long or cannot be kept")
    return rule


def _can_be_kept(text: str) -> bool:
    """PostgreSQL keeps no NUL and no half of a surrogate pair."""
    if "\x00" in text or "\\u0000" in text:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
