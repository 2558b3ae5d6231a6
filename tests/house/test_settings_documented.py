"""docs/reference/settings.md names every environment variable that the program reads, and no other."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import ROOT, modules

PAGE = ROOT / "docs" / "reference" / "settings.md"


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    read = {variable for _, tree in modules("huiyin") for variable in _variables(tree)}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert documented == read


def _variables(tree: ast.Module) -> Iterator[str]:
    """Names like HUIYIN_VAR that the code mentions as whole strings: read by it or set for a child."""
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.fullmatch(r"HUIYIN_[A-Z_]+|DATABASE_URL", text):
            yield text
