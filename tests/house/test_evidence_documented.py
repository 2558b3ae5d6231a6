"""docs/reference/evidence.md says what the code says."""

from huiyin.domain.cases.evidence import CHAINS, POINTS, TYPE_OF, Link, may_be_asked
from huiyin.domain.orders.situations import Situation
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "evidence.md"


def test_the_page_of_evidence_has_every_chain() -> None:
    lines = [f"| `{category}` | {_chain(category, links)} | {_shown(links)} |" for category, links in CHAINS.items()]
    assert _table("What proves which problem") == lines


def test_the_page_of_evidence_has_every_point() -> None:
    lines = [f"| `{what}` | {TYPE_OF[what]} | {', '.join(points)} |" for what, points in POINTS.items()]
    assert _table("What it shows, and what must be legible") == lines


def _table(section: str) -> list[str]:
    body = PAGE.read_text().split(f"## {section}\n")[1].split("\n## ")[0]
    return [line for line in body.splitlines() if line.startswith("| `")]


def _chain(category: str, links: tuple[Link, ...]) -> str:
    asked = may_be_asked(category)
    named = (" or ".join(f"`{w}`" if w in asked else f"(`{w}`)" for w in link.any_of) for link in links)
    return " · ".join(named) or "nothing"


def _shown(links: tuple[Link, ...]) -> str:
    known = {situation for link in links for situation in link.shown_by}
    return " ".join(f"`{one}`" for one in Situation if one in known)
