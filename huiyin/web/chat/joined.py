"""The modules of the chat as one classic script, so that a page needs one tag, one request and no rule for modules.

Our modules keep to a narrow form (whole-line imports of names or of a module, exports in front of a declaration), so
that joining them is a matter of lines: each becomes a function that returns what it exports, what it needs before it.
Anything else is refused here, not in a buyer's browser. Comments of their own lines stay at home.
"""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MODULES = Path(__file__).parent / "static" / "chat"
TOKENS = Path(__file__).parent.parent / "ui" / "static" / "ui" / "tokens.css"
_WHAT = r"(?:\* as (?P<all>\w+)|\{ (?P<names>[\w, ]+) \})"
_IMPORT = re.compile(rf'^import {_WHAT} from "\./(?P<module>\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?P<declares>(?:async )?(?:function|class|const) (?P<name>\w+))", re.MULTILINE)
_REMARK = re.compile(r"^[ ]*/\*.*?\*/\n", re.MULTILINE | re.DOTALL)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """A joined script, as it is and compressed; `version` changes with any byte of it."""

    text: bytes
    packed: bytes
    version: str


@cache
def script(entry: str) -> Script:
    """The module `entry` and everything it needs. Raises ValueError for a form we do not join."""
    done: dict[str, str] = {}
    _join(entry, done, ())
    text = '(() => {\n"use strict";\n' + "".join(done.values()) + "})();\n"
    raw = text.encode()
    return Script(raw, gzip.compress(raw, 9, mtime=0), hashlib.sha256(raw).hexdigest()[:16])


def _join(name: str, done: dict[str, str], waiting: tuple[str, ...]) -> None:
    if name in done:
        return
    if name in waiting:
        raise ValueError(f"modules need each other in a circle: {' → '.join((*waiting, name))}")
    source = _REMARK.sub("", _source(name))
    for needed in _IMPORT.finditer(source):
        _join(needed["module"], done, (*waiting, name))
    exported = [found["name"] for found in _EXPORT.finditer(source)]
    body = _EXPORT.sub(lambda found: found["declares"], _IMPORT.sub(_taken, source))
    if (left := _LEFT.search(body)) is not None:
        raise ValueError(f"{name}.js: cannot join {left[0]!r}")
    done[name] = f"const ${name} = (() => {{\n{body.strip()}\nreturn {{ {', '.join(exported)} }};\n}})();\n"


def _taken(found: re.Match[str]) -> str:
    return f"const {found['all'] or '{ ' + found['names'] + ' }'} = ${found['module']};"


def _source(name: str) -> str:
    if name == "styles":  # the sheets, as text
        sheets = {"tokens": TOKENS.read_text(), "own": (MODULES / "chat.css").read_text()}
        return "".join(f"export const {key} = {json.dumps(_tight(css))};\n" for key, css in sheets.items())
    return (MODULES / f"{name}.js").read_text()


def _tight(css: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()
