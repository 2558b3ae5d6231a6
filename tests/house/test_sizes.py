"""The limits of size. They are limits, not aims: at the limit a file becomes a package, split by noun or verb."""

import ast
from collections.abc import Iterator

from tests.house.tree import files, functions, modules, name_of

PYTHON = ("huiyin", "bench", "tests")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LONGEST_VIEW = 20
LONGEST_TEMPLATE = 150
LONGEST_SCRIPT = 150


def test_no_module_is_longer_than_its_limit() -> None:
    assert list(_longer_files(".py", LONGEST_MODULE, *PYTHON)) == []


def test_no_template_is_longer_than_its_limit() -> None:
    assert list(_longer_files(".html", LONGEST_TEMPLATE, "huiyin")) == []


def test_no_script_is_longer_than_its_limit() -> None:
    assert list(_longer_files(".js", LONGEST_SCRIPT, "huiyin")) == []


def test_no_function_is_longer_than_its_limit() -> None:
    too_long = [
        f"{name}:{function.lineno} {function.name}"
        for under in PYTHON
        for name, tree in modules(under)
        for function in functions(tree)
        if _lines(function) > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_view_is_longer_than_its_limit() -> None:
    too_long = [
        f"{name}:{function.lineno} {function.name}"
        for name, tree in modules("huiyin/web")
        for function in functions(tree)
        if _is_view(function) and _body_lines(function) > LONGEST_VIEW
    ]
    assert too_long == []


def test_a_package_file_only_says_what_lives_there() -> None:
    busy = [name for name, tree in modules("huiyin") if name.endswith("__init__.py") and not _is_quiet(tree)]
    assert busy == []


def _longer_files(ending: str, limit: int, *folders: str) -> Iterator[str]:
    for folder in folders:
        for path in files(ending, under=folder):
            if "migrations" not in path.parts and len(path.read_text().splitlines()) > limit:
                yield name_of(path)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def _is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "request"


def _is_quiet(tree: ast.Module) -> bool:
    """A docstring and re-exports, nothing that runs."""
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"__all__", "__version__"})
        for node in tree.body
    )
