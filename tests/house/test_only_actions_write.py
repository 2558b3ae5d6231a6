"""Only `actions.py` writes tables: whoever looks for a change of state has one place to look."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import modules

# Names that only a row or a query set has …
ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "aupdate", "acreate", "asave", "adelete"}
# of lib/postgresql/often.py, called by these names or as `often.…`
OFTEN = {"insert", "insert_unless_there", "change", "change_all"}
# … and names that dictionaries, hashes and others have too: writing only after one of these.
SOMETIMES = {"create", "update", "delete"}
QUERIES = re.compile(r"\.objects\b|\.(filter|exclude|all|select_for_update|using)\(")
# The queue of jobs belongs to procrastinate; what our worker mends there is no state of the business.
SQL = re.compile(
    r"\s*(insert\s+into|update|delete\s+from|truncate)\s+(?!procrastinate_)\w+(\s+(set|values|where|\()|;|$)",
    re.IGNORECASE,
)
PLACES = ("huiyin/domain", "huiyin/web", "huiyin/adapters", "huiyin/daemons")


def test_only_actions_write() -> None:
    writers = [
        f"{name}:{line}"
        for place in PLACES
        for name, tree in modules(place)
        if not _is_actions(name)
        for line in _writes(tree)
    ]
    assert writers == []


def _is_actions(name: str) -> bool:
    return name.endswith("/actions.py") or "/actions/" in name


def _writes(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_write(node):
            yield node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield node.lineno


def _is_write(call: ast.Call) -> bool:
    called = call.func
    assert isinstance(called, ast.Attribute)
    if called.attr == "save":  # rows are saved by keywords only; a picture is saved to somewhere
        return "form" not in ast.unparse(called.value) and not call.args
    if called.attr in ALWAYS or (called.attr in OFTEN and ast.unparse(called.value) == "often"):
        return True
    return called.attr in SOMETIMES and QUERIES.search(ast.unparse(called.value) + ".") is not None
