"""What the house tests look at: our own files, as text and as syntax trees."""

import ast
import functools
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "var", "node_modules", "dist", "build", "__pycache__", ".hypothesis", "huiyin.egg-info"}


def files(*endings: str, under: str = ".") -> Iterator[Path]:
    """Our files with one of these endings (all, if none is given), never what tools made."""
    for folder, folders, names in os.walk(ROOT / under):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.endswith("_cache"))
        yield from (Path(folder) / name for name in sorted(names) if not endings or name.endswith(endings))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def modules(under: str) -> Iterator[tuple[str, ast.Module]]:
    """Name and syntax tree of each Python file, migrations left out."""
    for path in files(".py", under=under):
        if "migrations" not in path.parts:
            yield name_of(path), tree_of(path)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def subjects_from_the_top() -> list[list[str]]:
    """The layers of the domain as pyproject.toml states them for imports: one home for the order."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = configuration["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["huiyin.domain"])
    return [[name.strip(" ()") for name in layer.split("|")] for layer in layers]
